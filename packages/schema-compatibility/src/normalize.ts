import { formats } from './formats.ts';
import { keywords } from './keywords.ts';

/** A JSON Schema as this package reads it: an object of keywords, or `true` (anything) and `false` (nothing). */
export type Schema = boolean | { [keyword: string]: unknown };
export type Keywords = { [keyword: string]: unknown };

/**
 * The same schema without annotations, and with the target of each `$ref` in its place. A `$ref` that leads back to
 * itself, out of the file, or to an `$id` stays, and is undecided. Its text gets the part of the schema that it may
 * point to, so that it differs from the same `$ref` in another schema.
 */
export function normalize(root: unknown): Schema {
  return visit(root as Schema, []);

  function visit(schema: Schema, refs: string[]): Schema {
    if (typeof schema !== 'object' || schema === null) return schema;
    const result: Keywords = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (isSilent(keyword, value)) continue;
      result[keyword] = mapInner(keyword, value, (inner) => visit(inner, refs));
    }
    // Ajv obeys OpenAPI's keyword.
    if (result.nullable === true && 'type' in result)
      result.type = [...new Set([result.type, 'null'].flat())];
    delete result.nullable;
    // Ajv ignores a field of this name.
    if (hasOwn(result.properties, '__proto__')) {
      const { ['__proto__']: _, ...others } = result.properties;
      result.properties = others;
    }
    const { $ref: ref, ...rest } = result;
    if (typeof ref !== 'string') return result;
    const target = refs.includes(ref) ? undefined : resolve(ref);
    if (target === undefined) return { ...result, $ref: `${ref} in ${surroundingsOf(ref)}` };
    const inlined = visit(target, [...refs, ref]);
    return Object.keys(rest).length === 0 ? inlined : { allOf: [inlined, rest] };
  }

  function surroundingsOf(ref: string): string {
    const { definitions, $defs } = root as Keywords;
    return JSON.stringify(/^#\/(definitions|\$defs)\//.test(ref) ? { definitions, $defs } : root);
  }

  function resolve(ref: string): Schema | undefined {
    if (ref !== '#' && !ref.startsWith('#/')) return undefined;
    let at: unknown = root;
    for (const part of ref.split('/').slice(1)) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
      at = (at as Keywords)[key];
    }
    return at as Schema;
  }
}

/** The value of a keyword, with each schema directly inside it changed. */
export function mapInner(keyword: string, value: unknown, change: (inner: Schema) => Schema): unknown {
  switch (keywords.get(keyword)?.inner) {
    case 'one':
      return change(value as Schema);
    case 'list':
      return (value as Schema[]).map(change);
    case 'one or list':
      return Array.isArray(value) ? value.map(change) : change(value as Schema);
    case 'map': {
      const entries = Object.entries(value as Record<string, Schema>);
      return Object.fromEntries(entries.map(([name, inner]) => [name, change(inner)]));
    }
    default:
      return value;
  }
}

/** Annotations, and a format that nothing checks. */
const isSilent = (keyword: string, value: unknown) =>
  keyword.startsWith('x-') ||
  keywords.get(keyword)?.isAnnotation === true ||
  keyword === '$defs' ||
  (keyword === 'format' && !Object.hasOwn(formats, value as string));

const hasOwn = (object: unknown, name: string): object is Record<string, unknown> =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name);
