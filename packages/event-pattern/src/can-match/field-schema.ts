import {
  declaredNames,
  isOpen,
  type Keywords,
  mayBe,
  type Schema,
  type Shape,
  shapeOfField,
  shapeOfItems,
} from '@orders/schema-compatibility';
import type { Field } from '../pattern.ts';
import { anything, schemaOf, undecidable } from './test-schema.ts';

const scalarTypes = ['string', 'number', 'boolean', 'null'];

/** Arrays in arrays are followed this far, because a schema may refer to itself. A deeper array stays undecided. */
const maxArrays = 3;

/**
 * Translates fields of a pattern to JSON Schemas. An event of the shape matches the fields if and only if all of the
 * schemas accept it. What this can't tell stays undecided.
 *
 * A field is found as EventBridge finds it: an array counts as its elements, and all fields match in the same element.
 * `a.b` is a field of this name as well as the field `b` of `a`, if the shape declares one.
 */
export function schemasOf(fields: readonly Field[], shape: Shape): Schema[] {
  const present: Wish[] = [];
  const others: Schema[] = [];
  for (const { path, alternatives } of fields) {
    const steps = path.split('.');
    const wanted = alternatives.flatMap(({ test }) => (test.kind === 'absent' ? [] : [schemaOf(test)]));
    if (wanted.length === alternatives.length) {
      present.push({ steps, schema: { anyOf: wanted } });
      continue;
    }
    const missing = { not: holding([{ steps, schema: anything }], shape) };
    const found = wanted.map((schema) => holding([{ steps, schema }], shape));
    // A field that is missing from one element may be present in another, and the fields before it choose the element.
    const elsewhere = fields.length > 1 && isInItems(steps, shape) ? [undecidable] : [];
    others.push({ anyOf: [missing, ...found, ...elsewhere] });
  }
  return present.length > 0 ? [holding(present, shape), ...others] : others;
}

/** A scalar that has to be present, this many steps from here. */
interface Wish {
  readonly steps: readonly string[];
  readonly schema: Keywords;
}

/** The schema of the values of a shape that hold what is wished for. */
function holding(wishes: readonly Wish[], shape: Shape, depth = 0): Schema {
  const here = wishes.filter(({ steps }) => steps.length === 0);
  const below = wishes.filter(({ steps }) => steps.length > 0);
  const ways: Keywords[] = [];
  if (below.length === 0) ways.push({ type: scalarTypes, allOf: here.map(({ schema }) => schema) });
  if (here.length === 0) ways.push({ type: 'object', allOf: fieldsHolding(below, shape) });
  if (mayBe(shape, 'array')) {
    const items =
      depth < maxArrays ? { contains: holding(wishes, shapeOfItems(shape), depth + 1) } : undecidable;
    ways.push({ type: 'array', ...items });
  }
  const [way = false, ...others] = ways;
  return others.length === 0 ? way : { anyOf: ways };
}

function fieldsHolding(wishes: readonly Wish[], shape: Shape): Keywords[] {
  const byName = Map.groupBy(wishes, ({ steps }) => steps[0] as string);
  return [...byName].flatMap(([name, ofName]): Keywords[] => {
    const field = (of: readonly Wish[], length: number): Keywords => {
      const key = (of[0] as Wish).steps.slice(0, length).join('.');
      const rest = of.map(({ steps, schema }) => ({ steps: steps.slice(length), schema }));
      return { required: [key], properties: { [key]: holding(rest, shapeOfField(shape, key)) } };
    };
    const isDotted = declaredNames(shape).some((each) => each.startsWith(`${name}.`));
    if (!isDotted) return [field(ofName, 1)];
    return ofName.map((wish) => ({
      anyOf: namesOf(wish.steps, shape).map((length) => field([wish], length)),
    }));
  });
}

/** How many of the steps can be one name: the first step alone, and more steps where their name is declared. */
function namesOf(steps: readonly string[], shape: Shape): number[] {
  const names = declaredNames(shape);
  return steps.flatMap((_, index) =>
    index === 0 || names.includes(steps.slice(0, index + 1).join('.')) ? [index + 1] : [],
  );
}

/** Tells whether a field may be inside an item of an array. */
const isInItems = (steps: readonly string[], shape: Shape): boolean =>
  steps.length > 0 &&
  (mayBe(shape, 'array') ||
    namesOf(steps, shape).some((length) =>
      isInItems(steps.slice(length), shapeOfField(shape, steps.slice(0, length).join('.'))),
    ));

/** Tells whether a shape declares a field at a path. */
export const isDeclared = (shape: Shape, path: string): boolean => declaresSteps(path.split('.'), shape);

function declaresSteps(steps: readonly string[], shape: Shape): boolean {
  if (steps.length === 0) return true;
  return [shape, ...itemsOf(shape)].some(
    (place) =>
      mayBe(place, 'object') &&
      namesOf(steps, place).some((length) => {
        const name = steps.slice(0, length).join('.');
        const isKnown = isOpen(place) || declaredNames(place).includes(name);
        return isKnown && declaresSteps(steps.slice(length), shapeOfField(place, name));
      }),
  );
}

/** Lists the names of the fields that a shape declares at a path. The empty path is the top. */
export function fieldNames(shape: Shape, path: string): string[] {
  let places = [shape];
  for (const name of path === '' ? [] : path.split('.')) {
    places = places.flatMap((place) => [place, ...itemsOf(place)].map((each) => shapeOfField(each, name)));
  }
  return [...new Set(places.flatMap((place) => [place, ...itemsOf(place)]).flatMap(declaredNames))];
}

/** The items of an array, and their items if they are arrays. */
function itemsOf(shape: Shape, depth = 0): Shape[] {
  if (depth === maxArrays || !mayBe(shape, 'array')) return [];
  const items = shapeOfItems(shape);
  return [items, ...itemsOf(items, depth + 1)];
}
