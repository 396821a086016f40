import { mapInner, type Schema } from '@orders/schema-compatibility';

/** A union whose variants are told apart by a field of theirs, the tag. */
export interface TaggedUnion {
  readonly keyword: 'oneOf' | 'anyOf';
  /** The name of the field. */
  readonly tag: string;
  readonly variants: readonly { readonly values: readonly string[]; readonly schema: Schema }[];
}

type Keywords = Record<string, unknown>;

/**
 * Reads a schema as a tagged union: each variant is an object that requires the tag, and has texts for it that no other
 * variant has.
 *
 * @param root the document, which references within it lead through
 * @returns undefined for a schema that isn't one
 */
export function taggedUnionIn(schema: Keywords, root: Schema): TaggedUnion | undefined {
  const [keyword, ...others] = (['oneOf', 'anyOf'] as const).filter((each) => each in schema);
  if (keyword === undefined || others.length > 0 || (schema.type ?? 'object') !== 'object') return undefined;
  const variants = (schema[keyword] as Schema[]).map((variant) => target(variant, root));
  const [first, ...rest] = variants;
  if (!isObjectSchema(first) || rest.length === 0 || !rest.every(isObjectSchema)) return undefined;
  for (const tag of (first.required ?? []) as string[]) {
    const values = variants.map((variant) => valuesOf(variant as Keywords, tag));
    const all = values.flatMap((each) => each ?? []);
    if (!values.includes(undefined) && new Set(all).size === all.length) {
      return {
        keyword,
        tag,
        variants: variants.map((variant, index) => ({ schema: variant, values: values[index] ?? [] })),
      };
    }
  }
  return undefined;
}

const isObjectSchema = (schema: Schema | undefined): schema is Keywords =>
  typeof schema === 'object' && schema.type === 'object';

/** The texts that a variant allows for its tag; undefined if it may lack the tag or allows something else. */
function valuesOf({ required = [], properties = {} }: Keywords, tag: string): string[] | undefined {
  const field = Object.hasOwn(properties as object, tag)
    ? (properties as Record<string, Schema>)[tag]
    : undefined;
  if (typeof field !== 'object' || !(required as string[]).includes(tag)) return undefined;
  const values = 'const' in field ? [field.const] : ((field.enum ?? []) as unknown[]);
  const isText = values.length > 0 && values.every((value) => typeof value === 'string');
  return isText ? (values as string[]) : undefined;
}

/** The schema that a reference within the document leads to, or else the schema itself. */
function target(schema: Schema, root: Schema): Schema {
  if (typeof schema !== 'object' || Object.keys(schema).join() !== '$ref') return schema;
  const reference = String(schema.$ref);
  return reference.startsWith('#/') ? resolveReference(root, reference) : schema;
}

/** The schema that `#/…` leads to. Whoever compiled the document has checked that it is there. */
export const resolveReference = (root: Schema, reference: string): Schema =>
  reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, name) => (at as Keywords)[name], root) as Schema;

/**
 * Marks tagged unions with the keyword `discriminator`. It changes nothing in what the schema accepts. Ajv, with its option
 * of this name, then validates the one variant that the tag names, and reports only its faults.
 */
export function withDiscriminators(root: Schema): Schema {
  const mark = (schema: Schema): Schema => {
    if (typeof schema !== 'object') return schema;
    const marked: Keywords = Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [keyword, mapInner(keyword, value, mark)]),
    );
    const union = taggedUnionIn(schema, root);
    if (!union) return marked;
    const { [union.keyword]: variants, ...others } = marked;
    return { ...others, type: 'object', discriminator: { propertyName: union.tag }, oneOf: variants };
  };
  return mark(root);
}
