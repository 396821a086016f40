import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAjv } from '../src/ajv.ts';
import { compareSchemas } from '../src/compare-schemas.ts';
import { normalize } from '../src/normalize.ts';

import { mayWrite, shapeOf } from '../src/shape.ts';
import { stringWithin } from '../src/string.ts';

const runs = Number(process.env.COMPATIBILITY_RUNS) || 250;
const names = ['a', 'b', 'c', 'toString', 'constructor'];
const patterns = [
  '^[ab]+$',
  '^a',
  'b$',
  '^[a-c]{1,2}$',
  '^$',
  'a|b',
  '^(ab|c)*$',
  '^[^a]*$',
  '(^|c)a',
  'a\\b',
];
const small = fc.integer({ min: -2, max: 4 });
const bound = fc.oneof(small, fc.constantFrom(0.5, 1.5, -0.5));
const count = fc.integer({ min: 0, max: 3 });
const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    'a',
    'b',
    'ab',
    'abc',
    'c',
    0.5,
    1.5,
    [],
    {},
    { a: 1 },
    { a: 'a' },
    { toString: 1 },
    '2026-01-31',
    '127.0.0.1',
    0.3,
    0.07,
  ),
  small,
);
const some = (keywords: Record<string, fc.Arbitrary<unknown>>) => fc.record(keywords, { requiredKeys: [] });

/** A field may lead back to the whole schema. */
const fieldOf = (schema: fc.Arbitrary<object | boolean>) =>
  fc.oneof({ weight: 9, arbitrary: schema }, { weight: 1, arbitrary: fc.constant({ $ref: '#' }) });

/** Random schemas with the keywords that the comparison decides. */
const { schema } = fc.letrec<{ schema: object | boolean; leaf: object; tree: object }>((tie) => ({
  schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('tree')),
  leaf: fc.oneof(
    some({
      type: fc.constant('string'),
      minLength: count,
      maxLength: count,
      pattern: fc.constantFrom(...patterns),
      format: fc.constantFrom('date', 'uuid', 'ipv4', 'colour'),
      nullable: fc.boolean(),
    }),
    some({
      type: fc.constantFrom('number', 'integer'),
      minimum: bound,
      maximum: bound,
      exclusiveMinimum: bound,
      exclusiveMaximum: bound,
      multipleOf: fc.constantFrom(1, 2, 3, 0.1, 0.5, 0.02),
      nullable: fc.boolean(),
    }),
    fc.record({
      enum: fc.uniqueArray(value, {
        minLength: 1,
        maxLength: 4,
        comparator: (l, r) => JSON.stringify(l) === JSON.stringify(r),
      }),
    }),
    fc.record({ const: value }),
    fc.record({
      type: fc.uniqueArray(
        fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'object', 'array'),
        { minLength: 1 },
      ),
    }),
    fc.constantFrom<object | boolean>(true, false, {}) as fc.Arbitrary<object>,
  ),
  tree: fc.oneof(
    some({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom(...names), fieldOf(tie('schema')), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      required: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      minProperties: count,
      maxProperties: count,
    }),
    some({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom(...names), fieldOf(tie('schema')), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      required: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
    }),
    some({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: count,
      maxItems: count,
      uniqueItems: fc.boolean(),
      contains: tie('schema'),
    }),
    some({
      type: fc.constant('array'),
      items: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      additionalItems: fc.oneof(fc.boolean(), tie('schema')),
      minItems: count,
      maxItems: count,
      contains: tie('schema'),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('schema') }),
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    some({ if: tie('schema'), then: tie('schema'), else: tie('schema') }),
  ),
}));

/** A schema, and either another or the same with one part of it changed. */
const pair = fc.oneof(
  fc.tuple(schema, schema),
  fc
    .tuple(schema, fc.nat(), fc.oneof(bound, value))
    .map(([one, at, other]): [object | boolean, object | boolean] => [one, mutate(one, at, other)]),
);

/** Changes one number, or drops one keyword. */
function mutate(one: object | boolean, at: number, other: unknown): object | boolean {
  const copy = JSON.parse(JSON.stringify(one)) as object | boolean;
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      if (!Array.isArray(node)) places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return copy;
  const [node, key] = place;
  const isCount = /^(min|max)(Length|Items|Properties)$/.test(key);
  if (typeof node[key] === 'number' && typeof other === 'number' && key !== 'multipleOf' && !isCount)
    node[key] = other;
  else if (isCount) node[key] = (node[key] as number) + 1;
  else delete node[key];
  return copy;
}

/** Documents near the border of the schemas above: small values, in small objects and lists. */
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { depthSize: 'small' },
    value,
    fc.stringMatching(/^[abcd]{0,4}$/),
    fc.constantFrom(2.5, 3.5, 6, -1.5, 0.3, 0.07, 0.04),
    tie('object'),
    tie('array'),
  ),
  object: fc.dictionary(fc.constantFrom(...names, 'other'), tie('document'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  array: fc.array(tie('document'), { maxLength: 4 }),
}));

const options = { strict: false, logger: false, ownProperties: true, messages: false } as const;
const ajv = createAjv({ ...options, code: { optimize: false } });
/** Whether Ajv takes the schema: a minimum length may be above the maximum, but `nullable` needs a type. */
function isSchema(schema: object | boolean): boolean {
  try {
    ajv.compile(schema as object);
    return true;
  } catch {
    return false;
  }
}

test('a reader reads what is called compatible, and an example is accepted by the writer and refused by the reader', () => {
  let [compatible, broken, undecided] = [0, 0, 0];
  fc.assert(
    fc.property(pair, fc.array(document, { minLength: 60, maxLength: 60 }), ([writer, reader], documents) => {
      fc.pre(isSchema(writer) && isSchema(reader));
      const [writes, reads] = [ajv.compile(writer as object), ajv.compile(reader as object)];
      const shape = shapeOf([normalize(writer)]);
      const breaks = compareSchemas(writer, reader, 'BACKWARD');
      if (breaks.length === 0) compatible += 1;
      for (const { example } of breaks) {
        if (!example) {
          undecided += 1;
          continue;
        }
        broken += 1;
        expect(writes(example.document) && mayWrite(shape, example.document)).toBe(true);
        expect(reads(example.document)).toBe(false);
      }
      if (breaks.length > 0) return;
      for (const one of documents) {
        if (writes(one) && mayWrite(shape, one) && !reads(one))
          throw new Error(`missed: ${JSON.stringify({ writer, reader, one })}`);
      }
    }),
    { numRuns: runs },
  );
  // The property says little if everything is undecided, or everything of one kind.
  if (process.env.COMPATIBILITY_RUNS) console.log({ compatible, broken, undecided });
  expect(compatible).toBeGreaterThan(runs / 20);
  expect(broken).toBeGreaterThan(runs / 20);
  expect(undecided).toBeLessThan(runs / 5);
});

test.each([
  ...patterns,
  '\\bfoo\\b',
  '^(?:a$|b)',
  '(?<!a)b',
  '^(a|b)\\1$',
  'a{2,3}?c',
  '[^]',
  '^.$',
  '\\p{Lu}',
  '(?:^a|b$)c*',
  '$^',
  'a*$^b*',
  'a$^',
])('the automaton of %s finds a match where RegExp does', (pattern) => {
  const regExp = new RegExp(pattern, 'u');
  const isIn = (string: string, limits: { patterns: string[]; notPatterns: string[] }) =>
    stringWithin({
      minLength: 0,
      maxLength: Infinity,
      notStrings: [],
      ...limits,
      patterns: [...limits.patterns, exactly(string)],
    }) !== undefined;
  fc.assert(
    fc.property(fc.stringMatching(/^[abcfo A\n😀]{0,6}$/u), (string) => {
      const matches = regExp.test(string);
      expect(isIn(string, { patterns: [pattern], notPatterns: [] })).toBe(matches);
      expect(isIn(string, { patterns: [], notPatterns: [pattern] })).toBe(!matches);
    }),
    { numRuns: 60 },
  );
});

const exactly = (string: string) => `^${string.replace(/\n/g, '\\n')}$`;
