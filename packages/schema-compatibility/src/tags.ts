import type { Keywords, Schema } from './normalize.ts';

/** The values, as JSON text, that a schema leaves a field, by the field's name. */
type Tags = ReadonlyMap<string, ReadonlySet<string>>;

const known = new WeakMap<object, { tags: Tags; required: ReadonlySet<string>; isObject: boolean }>();

/**
 * Whether every document that `held` accepts is one that `other` refuses, because the first requires a field with a value
 * that the second doesn't allow: variants of a union that a constant tells apart. False says nothing.
 */
export function excludes(held: Keywords, other: Schema): boolean {
  if (typeof other === 'boolean') return !other;
  const { tags, required, isObject } = readTags(held);
  if (!isObject) return false;
  const { tags: otherTags } = readTags(other);
  for (const [name, values] of otherTags) {
    const mine = required.has(name) ? tags.get(name) : undefined;
    if (mine && [...mine].every((value) => !values.has(value))) return true;
  }
  return false;
}

function readTags(schema: Keywords) {
  const read = known.get(schema);
  if (read) return read;
  const parts = partsOf(schema);
  const tags = new Map<string, ReadonlySet<string>>();
  for (const { properties } of parts) {
    for (const [name, field] of Object.entries((properties ?? {}) as Record<string, Schema>)) {
      const values = valuesOf(field);
      if (values) tags.set(name, values);
    }
  }
  const result = {
    tags,
    required: new Set(parts.flatMap(({ required }) => (required ?? []) as string[])),
    isObject: parts.some(({ type }) => type === 'object'),
  };
  known.set(schema, result);
  return result;
}

/** The schema, and the schemas in its `allOf`. */
const partsOf = (schema: Schema): Keywords[] =>
  typeof schema === 'boolean' ? [] : [schema, ...((schema.allOf ?? []) as Schema[]).flatMap(partsOf)];

function valuesOf(schema: Schema): ReadonlySet<string> | undefined {
  if (typeof schema === 'boolean') return undefined;
  const values = 'const' in schema ? [schema.const] : (schema.enum as unknown[] | undefined);
  // The text of an object depends on the order of its fields.
  if (!values || values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return new Set(values.map((value) => JSON.stringify(value)));
}
