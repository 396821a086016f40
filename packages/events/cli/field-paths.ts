import type { JsonSchema } from '@orders/contract';
import {
  declaredNames,
  type Shape,
  shapeOfField,
  shapeOfItems,
  writerOf,
} from '@orders/schema-compatibility';

/** Fields inside fields are listed this deep, because a schema may refer to itself. */
const deepest = 6;

/** Lists the fields that a schema declares, each by the names that lead to it, joined by dots. A list counts as its items. */
export const fieldPaths = (schema: JsonSchema): string[] => pathsIn(writerOf(schema).shape, '', 1);

function pathsIn(shape: Shape, before: string, depth: number): string[] {
  if (depth > deepest || shape.length === 0) return [];
  const names = [...new Set(declaredNames(shape))];
  const ofFields = names.flatMap((name) => [
    before + name,
    ...pathsIn(shapeOfField(shape, name), `${before}${name}.`, depth + 1),
  ]);
  return [...new Set([...ofFields, ...pathsIn(shapeOfItems(shape), before, depth + 1)])];
}
