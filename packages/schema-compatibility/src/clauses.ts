import type { Keywords, Schema } from './normalize.ts';
import { pathOfField } from './path.ts';

/** One demand of a schema at one place. The schema accepts a document if and only if the document meets every clause. */
export interface Clause {
  /** JSON path of the place: `$.OrderDetails.value`, `$.lines[*].sku`, `$.*` for any field without a name of its own. */
  path: string;
  keyword: string;
  /** A schema that makes this demand and no other. */
  schema: Schema;
}

/** Schemas for the first items that demand nothing. */
const any = (count: number): Schema[] => Array.from({ length: count }, () => true);

/** Splits a schema into its demands. */
export function clausesOf(schema: Schema, path = '$'): Clause[] {
  if (schema === true) return [];
  if (schema === false) return [{ path, keyword: 'false', schema }];
  return Object.keys(schema).flatMap((keyword) => clausesOfKeyword(keyword, schema, path));
}

function clausesOfKeyword(keyword: string, schema: Keywords, path: string): Clause[] {
  const value = schema[keyword];
  const within = (inner: Schema, at: string, wrap: (clause: Schema) => Schema): Clause[] =>
    clausesOf(inner, at).map((clause) => ({ ...clause, schema: wrap(clause.schema) }));
  const only = (...keywords: string[]): Keywords =>
    Object.fromEntries(keywords.flatMap((one) => (one in schema ? [[one, schema[one]]] : [])));

  switch (keyword) {
    case 'allOf':
      return (value as Schema[]).flatMap((inner) => clausesOf(inner, path));
    case 'properties':
      return Object.entries(value as Record<string, Schema>).flatMap(([name, inner]) =>
        within(inner, pathOfField(path, name), (clause) => ({ properties: { [name]: clause } })),
      );
    case 'required':
      return (value as string[]).map((name) => ({
        path: pathOfField(path, name),
        keyword,
        schema: { required: [name] },
      }));
    case 'additionalProperties': {
      // A field that a name or a pattern covers isn't additional, and its value is a demand of its own.
      const namesIn = (one: string) =>
        one in schema
          ? { [one]: Object.fromEntries(Object.keys(schema[one] as object).map((name) => [name, true])) }
          : {};
      return within(value as Schema, `${path}.*`, (clause) => ({
        ...namesIn('patternProperties'),
        ...namesIn('properties'),
        additionalProperties: clause,
      })).map((clause) => (clause.keyword === 'false' ? { ...clause, keyword } : clause));
    }
    case 'items':
      if (Array.isArray(value)) {
        return value.flatMap((inner, position) =>
          within(inner, `${path}[${position}]`, (clause) => ({ items: [...any(position), clause] })),
        );
      }
      return within(value as Schema, `${path}[*]`, (clause) => ({ items: clause }));
    case 'additionalItems':
      // Beside one schema for all items, it means nothing.
      return Array.isArray(schema.items)
        ? [{ path, keyword, schema: { items: any(schema.items.length), additionalItems: value } }]
        : [];
    case 'if':
      return [{ path, keyword, schema: only('if', 'then', 'else') }];
    case 'then':
    case 'else':
      return [];
    default:
      return [{ path, keyword, schema: only(keyword) }];
  }
}
