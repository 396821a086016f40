import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../src/index.ts';
import { compile } from './cases.ts';
import { runs } from './runs.ts';

/** An array of the event, and which of its elements a match is in. */
type Choice = ReadonlyMap<readonly JsonValue[], number>;

/** Lists every way to choose one element of each array in a value. */
function choicesOf(value: JsonValue): Choice[] {
  if (typeof value !== 'object' || value === null) return [new Map()];
  const inner = Object.values(value).map(choicesOf);
  const together = inner.reduce<Choice[]>(
    (combined, choices) => combined.flatMap((one) => choices.map((other) => new Map([...one, ...other]))),
    [new Map()],
  );
  if (!Array.isArray(value) || value.length === 0) return together;
  return together.flatMap((choice) => value.map((_, index) => new Map([...choice, [value, index]])));
}

/** Lists the scalars at a path, in the chosen elements. Scalars in an array belong to every choice. */
function scalarsAt(value: JsonValue, path: readonly string[], choice: Choice): JsonValue[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const isScalar = typeof item !== 'object' || item === null;
      return isScalar || choice.get(value) === index ? scalarsAt(item, path, choice) : [];
    });
  }
  if (typeof value === 'object' && value !== null) {
    const [name, ...rest] = path;
    return name !== undefined && Object.hasOwn(value, name)
      ? scalarsAt(value[name] as JsonValue, rest, choice)
      : [];
  }
  return path.length === 0 ? [value] : [];
}

type Fields = Record<string, JsonValue[]>;
const pathsOf: Record<string, string[]> = {
  a: ['a'],
  'b.a': ['b', 'a'],
  'b.c': ['b', 'c'],
  'b.c.a': ['b', 'c', 'a'],
};

/** The definition of a match, without a thought of speed: one choice of elements under which every field has a value. */
const oracle = (fields: Fields, event: JsonObject) =>
  choicesOf(event).some((choice) =>
    Object.entries(fields).every(([path, values]) =>
      scalarsAt(event, pathsOf[path] as string[], choice).some((scalar) => values.includes(scalar)),
    ),
  );

const scalar = fc.constantFrom<JsonValue>('x', 'y', null);
const fields = fc.dictionary(
  fc.constantFrom(...Object.keys(pathsOf)),
  fc.array(scalar, { minLength: 1, maxLength: 2 }),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

/** A value, alone or in arrays. */
const orArray = (one: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.oneof(one, fc.array(one, { maxLength: 3 }), fc.array(fc.array(one, { maxLength: 2 }), { maxLength: 2 }));
/** An object with all of the fields as often as with some: what has few fields seldom matches. */
const objectOf = (names: Record<string, fc.Arbitrary<JsonValue>>) =>
  fc.oneof(
    fc.record(names, { noNullPrototype: true }),
    fc.record(names, { requiredKeys: [], noNullPrototype: true }),
  ) as fc.Arbitrary<JsonObject>;
const innermost = orArray(fc.oneof(scalar, objectOf({ a: orArray(scalar) })));
const event = objectOf({
  a: orArray(scalar),
  b: orArray(fc.oneof(scalar, objectOf({ a: orArray(scalar), c: innermost }))),
});

test('a pattern of plain values matches by its definition, whatever arrays the event has', () => {
  let matched = 0;
  fc.assert(
    fc.property(fields, event, (pattern, occurrence) => {
      const expected = oracle(pattern, occurrence);
      if (expected) matched++;
      return compile(pattern)(occurrence) === expected;
    }),
    { numRuns: runs(2000) },
  );
  expect(matched).toBeGreaterThan(100);
});

test('an $or of such patterns matches when one of them does', () => {
  fc.assert(
    fc.property(fc.array(fields, { minLength: 2, maxLength: 3 }), event, (branches, occurrence) => {
      const expected = branches.some((branch) => oracle(branch, occurrence));
      return compile({ $or: branches })(occurrence) === expected;
    }),
    { numRuns: runs(1000) },
  );
});
