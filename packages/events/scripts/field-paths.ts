import type { JsonSchema } from '@orders/contract';
import {
  declaredNames,
  isOpen,
  mayBe,
  type Shape,
  shapeOfField,
  shapeOfItems,
  writerOf,
} from '@orders/schema-compatibility';

/** Fields inside fields are listed this deep, because a schema may refer to itself. */
const deepest = 6;

/**
 * Lists the fields that a schema declares, each by the names that lead to it, joined by dots. A list counts as its items.
 * `labels.*` are all fields of a map.
 */
export const fieldPaths = (schema: JsonSchema): string[] => [
  ...new Set(pathsIn(writerOf(schema).shape, '', 1)),
];

function pathsIn(shape: Shape, before: string, depth: number): string[] {
  const isObject = mayBe(shape, 'object');
  if (isObject && (isOpen(shape) || depth > deepest)) return [`${before}*`];
  const names = isObject ? [...new Set(declaredNames(shape))] : [];
  const ofFields = names.flatMap((name) => [
    before + name,
    ...pathsIn(shapeOfField(shape, name), `${before}${name}.`, depth + 1),
  ]);
  const ofItems =
    mayBe(shape, 'array') && depth <= deepest ? pathsIn(shapeOfItems(shape), before, depth + 1) : [];
  return [...ofFields, ...ofItems];
}
