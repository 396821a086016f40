import { describeWithExample, type Schema } from '@orders/schema-compatibility';

/**
 * Says in words what a schema allows, for the schema itself and each schema inside it that a value has to fit.
 *
 * @returns the words by JSON Pointer, with `*` for the items of a list and the fields of a map:
 *   `{ '/value': 'a number at least 0.000001, at most 5000000000, such as 300', '/tags/*': 'a string' }`
 */
export function describeAllowed(schema: Schema): Record<string, string> {
  const texts: Record<string, string> = {};
  const visit = (each: Schema, path: string, references: readonly string[]) => {
    if (typeof each !== 'object') return;
    const { $ref, allOf = [], properties = {}, items, additionalProperties } = each as Parts;
    if ($ref !== undefined) {
      // A schema inside itself has the same words at any depth, and would have no end.
      if ($ref.startsWith('#/') && !references.includes($ref))
        visit(resolve(schema, $ref), path, [...references, $ref]);
      return;
    }
    texts[path] ??= describeWithExample(each);
    for (const part of allOf) visit(part, path, references);
    for (const [name, property] of Object.entries(properties)) {
      visit(property, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, references);
    }
    for (const inner of [items, additionalProperties]) {
      if (typeof inner === 'object' && !Array.isArray(inner)) visit(inner, `${path}/*`, references);
    }
  };
  visit(schema, '', []);
  return texts;
}

interface Parts {
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema | Schema[];
  additionalProperties?: Schema;
}

/** The schema that a reference within the document leads to. Whoever compiled the document has checked that it is there. */
const resolve = (root: Schema, reference: string): Schema =>
  reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], root) as Schema;
