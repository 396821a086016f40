import { formats } from './formats.ts';
import { innerSchemas, keywords } from './keywords.ts';

/** A JSON Schema as this package reads it: an object of keywords, or `true` (anything) and `false` (nothing). */
export type Schema = boolean | { [keyword: string]: unknown };
export type Keywords = { [keyword: string]: unknown };

/**
 * The same schema without annotations, and with the target of each `$ref` in its place. A `$ref` that leads back to
 * itself or out of the file stays, and is undecided. Its text gets the part of the schema that it may point to, so that
 * it differs from the same `$ref` in another schema.
 */
export const normalize = (root: unknown): Schema => normalizeFrom(root, '#', {});

/** What to do with each `$ref` that leads back to itself. */
export interface Recursions {
  /** Those that keep their text, so that they equal the same `$ref` in another schema. */
  readonly same?: ReadonlySet<string>;
  /** Gets each of them. */
  readonly found?: (ref: string) => void;
}

/**
 * Normalizes a part of a schema.
 *
 * @param start the `$ref` that leads to the part
 */
export function normalizeFrom(root: unknown, start: string, { same, found }: Recursions): Schema {
  const ids = idsIn(root as Schema);
  const part = resolve(start, root) as Schema;
  return visit(part, { base: root, targets: start === '#' ? [] : [part] });

  function visit(schema: Schema, around: Surroundings): Schema {
    if (typeof schema !== 'object' || schema === null) return schema;
    const inside = ids.has(schema.$id) ? { ...around, base: schema } : around;
    const result: Keywords = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (isSilent(keyword, value)) continue;
      result[keyword] = mapInner(keyword, value, (inner) => visit(inner, inside));
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
    const target =
      ids.get(ref) ?? (ref === '#' || ref.startsWith('#/') ? resolve(ref, inside.base) : undefined);
    if (target === undefined || inside.targets.includes(target)) {
      const isRecursive = target !== undefined && inside.base === root && ref.startsWith('#');
      if (isRecursive) found?.(ref);
      return isRecursive && same?.has(ref) ? result : { ...result, $ref: `${ref} in ${surroundingsOf(ref)}` };
    }
    const inlined = visit(target, { ...inside, targets: [...inside.targets, target] });
    return Object.keys(rest).length === 0 ? inlined : { allOf: [inlined, rest] };
  }

  function surroundingsOf(ref: string): string {
    const { definitions, $defs } = root as Keywords;
    return JSON.stringify(/^#\/(definitions|\$defs)\//.test(ref) ? { definitions, $defs } : root);
  }
}

/** Where a schema is: what `#` means there, and the targets of references that it is inside of. */
interface Surroundings {
  readonly base: unknown;
  readonly targets: readonly unknown[];
}

/** The schemas inside a schema that have an `$id`. */
function idsIn(root: Schema): ReadonlyMap<unknown, Schema> {
  const ids = new Map<unknown, Schema>();
  const collect = (schema: unknown) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [, inner] of innerSchemas(schema)) {
      const { $id: id } = (inner ?? {}) as Keywords;
      if (typeof id === 'string' && typeof inner === 'object') ids.set(id, inner as Schema);
      collect(inner);
    }
  };
  collect(root);
  return ids;
}

/** The schema that a JSON Pointer leads to; undefined if there is none. */
function resolve(ref: string, base: unknown): Schema | undefined {
  let at: unknown = base;
  for (const part of ref.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Keywords)[key];
  }
  return at as Schema;
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
