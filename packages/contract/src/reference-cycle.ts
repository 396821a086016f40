import { innerSchemas } from '@orders/schema-compatibility';

/** The keywords whose schemas are about the same value as the schema around them. */
const ofSameValue = /^\/(allOf|anyOf|oneOf|not|if|then|else)(\/|$)/;

/**
 * Finds a `$ref` that leads back to itself with no field and no item in between. No value could be validated by it.
 *
 * @returns its JSON Pointer and text; undefined if there is none
 */
export function referenceCycle(root: object): Reference | undefined {
  const finished = new Set<object>();
  for (const [pointer, schema] of everySchema(root, '')) {
    const found = findCycle(schema, pointer, []);
    if (found) return found;
  }
  return undefined;

  /** @param around the schemas that are about the same value, from the outermost */
  function findCycle(schema: object, pointer: string, around: readonly object[]): Reference | undefined {
    if (finished.has(schema)) return undefined;
    const path = [...around, schema];
    const { $ref: ref } = schema as { $ref?: unknown };
    const target = typeof ref === 'string' ? targetOf(root, ref) : undefined;
    if (target && path.includes(target)) return { pointer: `${pointer}/$ref`, ref: String(ref) };
    const inner = [...innerSchemas(schema)].filter(([at]) => ofSameValue.test(at));
    for (const [at, each] of [...(target ? [['', target] as const] : []), ...inner]) {
      if (typeof each !== 'object' || each === null) continue;
      const found = findCycle(each, at === '' ? String(ref).slice(1) : pointer + at, path);
      if (found) return found;
    }
    finished.add(schema);
    return undefined;
  }
}

interface Reference {
  readonly pointer: string;
  readonly ref: string;
}

function* everySchema(schema: unknown, pointer: string): Generator<[pointer: string, schema: object]> {
  if (typeof schema !== 'object' || schema === null) return;
  yield [pointer, schema];
  for (const [inner, each] of innerSchemas(schema)) yield* everySchema(each, pointer + inner);
}

/** The schema that a reference within the document leads to; undefined if there is none. */
function targetOf(root: object, ref: string): object | undefined {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  let at: unknown = root;
  for (const part of ref.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? at[name as keyof typeof at]
        : undefined;
  }
  return typeof at === 'object' && at !== null ? at : undefined;
}
