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
import type { EventSchema } from './event-schema.ts';
import { anything, undecidable } from './pattern-operators.ts';
import type { Leaf } from './read-pattern.ts';

const scalarTypes = ['string', 'number', 'boolean', 'null'];
/** Arrays in arrays are followed this far, as a schema may refer to itself; what is deeper isn't decided. */
const deepest = 3;

/**
 * What the leaves of a pattern ask of an event, as JSON Schemas: it accepts an event if and only if all of them do.
 *
 * A field is found as EventBridge finds it: an array stands for each of its elements, and what is asked of them is asked
 * of one and the same; and `a.b` is a field of that name as well as the field `b` of `a`, if the event declares one.
 */
export function schemasOf(leaves: readonly Leaf[], { writer }: EventSchema): Schema[] {
  const [present, others] = [[] as Wish[], [] as Schema[]];
  for (const { path, alternatives } of leaves) {
    const steps = path.split('.');
    const wanted = alternatives.flatMap((each) => (each.wanted === 'absent' ? [] : [each.wanted.schema]));
    if (wanted.length === alternatives.length) {
      present.push({ steps, schema: { anyOf: wanted } });
      continue;
    }
    const found = wanted.map((schema) => holding([{ steps, schema }], writer.shape));
    others.push({ anyOf: [{ not: holding([{ steps, schema: anything }], writer.shape) }, ...found] });
  }
  return present.length > 0 ? [holding(present, writer.shape), ...others] : others;
}

/** A scalar that has to be there, this many steps from here. */
interface Wish {
  steps: readonly string[];
  schema: Keywords;
}

/** The values at a place of this shape that hold what is wished for. */
function holding(wishes: readonly Wish[], shape: Shape, depth = 0): Schema {
  const [here, below] = [
    wishes.filter(({ steps }) => steps.length === 0),
    wishes.filter(({ steps }) => steps.length > 0),
  ];
  const ways: Keywords[] = [];
  if (below.length === 0) ways.push({ type: scalarTypes, allOf: here.map(({ schema }) => schema) });
  if (here.length === 0) ways.push({ type: 'object', allOf: fieldsHolding(below, shape) });
  if (mayBe(shape, 'array')) {
    const items =
      depth < deepest ? { contains: holding(wishes, shapeOfItems(shape), depth + 1) } : undecidable;
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

/** How many of the steps can be one name: the first alone, and more of them where that is a declared name. */
function namesOf(steps: readonly string[], shape: Shape): number[] {
  const names = declaredNames(shape);
  return steps.flatMap((_, index) =>
    index === 0 || names.includes(steps.slice(0, index + 1).join('.')) ? [index + 1] : [],
  );
}

/** Is there an event with such a field, as far as names go? */
export const isDeclared = ({ writer }: EventSchema, path: string): boolean =>
  declaresSteps(path.split('.'), writer.shape);

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

/** The names of the fields that are declared at a path, for error messages. */
export function fieldNames({ writer }: EventSchema, path: string): string[] {
  let places = [writer.shape];
  for (const name of path === '' ? [] : path.split('.')) {
    places = places.flatMap((place) => [place, ...itemsOf(place)].map((each) => shapeOfField(each, name)));
  }
  return [...new Set(places.flatMap((place) => [place, ...itemsOf(place)]).flatMap(declaredNames))];
}

/** The elements of an array, and theirs if they are arrays. */
function itemsOf(shape: Shape, depth = 0): Shape[] {
  if (depth === deepest || !mayBe(shape, 'array')) return [];
  const items = shapeOfItems(shape);
  return [items, ...itemsOf(items, depth + 1)];
}
