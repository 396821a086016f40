import { describeSchema, describeWithExample, type Schema } from '@orders/schema-compatibility';
import { resolveReference, taggedUnionIn } from './tagged-unions.ts';

/**
 * Says in words what a schema allows, for the schema itself and each schema inside it that a value has to fit.
 *
 * @returns the words by JSON Pointer, with `*` for the items of a list and the fields of a map:
 *   `{ '/value': 'a number at least 0.000001, at most 5000000000, such as 300', '/tags/*': 'a string' }`. Of a union whose
 *   variants a tag tells apart, `/by~tag` is the name of the tag, and `/by~"card"/number` a field of the variant with the
 *   tag "card". A `~` before anything except 0 and 1 is in no JSON Pointer.
 */
export function describeAllowed(schema: Schema): Record<string, string> {
  const texts: Record<string, string> = {};
  const visit = (each: Schema, path: string, references: readonly string[]) => {
    if (typeof each !== 'object') return;
    const { $ref, allOf = [], properties = {}, items, additionalProperties } = each as Parts;
    if ($ref !== undefined) {
      // A schema inside itself has the same words at any depth, and would have no end.
      if ($ref.startsWith('#/') && !references.includes($ref))
        visit(resolveReference(schema, $ref), path, [...references, $ref]);
      return;
    }
    texts[path] ??= describeWithExample(each);
    for (const part of allOf) visit(part, path, references);
    const union = taggedUnionIn(each, schema);
    if (union) {
      const { tag, variants } = union;
      const { [union.keyword]: _, ...beside } = each;
      const name = pointerPart(tag);
      texts[`${path}~tag`] = name;
      texts[`${path}/${name}`] = describeSchema({
        enum: variants.flatMap(({ values }) => values),
      });
      for (const variant of variants) {
        for (const value of variant.values) {
          const place = `${path}~${JSON.stringify(value)}`;
          visit(variant.schema, place, references);
          // What is beside the union holds for each variant.
          visit(beside, place, references);
        }
      }
    }
    for (const [name, property] of Object.entries(properties)) {
      visit(property, `${path}/${pointerPart(name)}`, references);
    }
    for (const inner of [items, additionalProperties]) {
      if (typeof inner === 'object' && !Array.isArray(inner)) visit(inner, `${path}/*`, references);
    }
  };
  visit(schema, '', []);
  return texts;
}

const pointerPart = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

interface Parts {
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema | Schema[];
  additionalProperties?: Schema;
}
