/** A JSON Schema as this package reads it: an object of keywords, or `true` (anything) and `false` (nothing). */
export type Schema = boolean | { [keyword: string]: unknown };
export type Keywords = { [keyword: string]: unknown };

/** Keywords that don't change which documents a schema accepts. */
const annotations = new Set(
  '$schema $id $comment title description default examples readOnly writeOnly deprecated format'
    .concat(' contentEncoding contentMediaType definitions $defs')
    .split(' '),
);

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const holdsSchema = new Set(
  'additionalProperties not if then else contains propertyNames additionalItems'.split(' '),
);
const holdsList = new Set(['allOf', 'anyOf', 'oneOf']);
const holdsMap = new Set(['properties', 'patternProperties']);

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
      if (annotations.has(keyword) || keyword.startsWith('x-')) continue;
      result[keyword] = mapInner(keyword, value, (inner) => visit(inner, refs));
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
  if (holdsSchema.has(keyword)) return change(value as Schema);
  if (holdsList.has(keyword)) return (value as Schema[]).map(change);
  if (keyword === 'items') return Array.isArray(value) ? value.map(change) : change(value as Schema);
  if (holdsMap.has(keyword)) {
    const entries = Object.entries(value as Record<string, Schema>);
    return Object.fromEntries(entries.map(([name, inner]) => [name, change(inner)]));
  }
  return value;
}

/** Whether two JSON values are equal. The order of fields doesn't matter. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [ofLeft, ofRight] = [Object.entries(left), right as Keywords];
  return (
    ofLeft.length === Object.keys(right).length &&
    ofLeft.every(([key, value]) => Object.hasOwn(ofRight, key) && sameJson(value, ofRight[key]))
  );
}
