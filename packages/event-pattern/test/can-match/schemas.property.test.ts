import { expect, test } from '@jest/globals';
import { writerOf } from '@orders/schema-compatibility';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { schemasOf } from '../../src/can-match/field-schema.ts';
import { type Field, type JsonObject, type JsonScalar, parsePattern } from '../../src/index.ts';
import { compile } from '../cases.ts';
import { runs } from '../runs.ts';

/** Tells of each event what the schemas of a pattern's fields say of it. A text that they leave undecided passes. */
function acceptedBy(pattern: object, schema: object, events: readonly JsonObject[]): boolean[] {
  const { conditions } = parsePattern(JSON.stringify(pattern));
  const schemas = schemasOf(conditions as Field[], writerOf(schema).shape);
  // An instance that has compiled many schemas is slow.
  const ajv = new Ajv({
    ...{ strict: false, meta: false, validateSchema: false, messages: false },
    code: { optimize: false },
  });
  const accepts = ajv.compile({ allOf: schemas, undecidable: true });
  return events.map((event) => accepts(event));
}

/** Named types keep the schemas small: a value of any type may be an array as well. */
const anyScalar = { type: ['string', 'number', 'boolean', 'null'] };

const word = fc.string({ unit: fc.constantFrom('a', 'B', '*', '\\', 'ß', '.', '/', '😀'), maxLength: 4 });
const amount = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(5e9, -5e9, 5e9 + 1, 0.5));
const address = fc.constantFrom(
  '10.0.0.1',
  '010.0.0.1',
  '10.0.0.200',
  '10.1.0.0',
  '0000000010.0.0.1',
  '1.2.3.256',
);
const scalar = fc.oneof(word, amount, address, fc.boolean(), fc.constant(null));

const bound = fc.integer({ min: -3, max: 2 });
const operator: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  word.map((text) => ({ exactly: text })),
  word.map((text) => ({ prefix: text })),
  word.map((text) => ({ suffix: text })),
  word.map((text) => ({ 'equals-ignore-case': text })),
  word.map((text) => ({ prefix: { 'equals-ignore-case': text } })),
  word.map((text) => ({ suffix: { 'equals-ignore-case': text } })),
  word.map((text) => ({ wildcard: text.replace(/[\\]/g, '\\\\').replace(/\*+/g, '*') })),
  fc.array(word, { minLength: 1, maxLength: 2 }).map((texts) => ({ 'anything-but': texts })),
  amount.map((number) => ({ 'anything-but': number })),
  word.map((text) => ({ 'anything-but': { prefix: `a${text}` } })),
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), bound).map((terms) => ({ numeric: terms })),
  bound.map((low) => ({ numeric: ['>=', low, '<', low + 2] })),
  fc.tuple(address, fc.integer({ min: 0, max: 31 })).map(([base, bits]) => ({ cidr: `${base}/${bits}` })),
  fc.constant({ exists: true }),
);
const isPattern = (pattern: object) => {
  try {
    return parsePattern(JSON.stringify(pattern)) !== undefined;
  } catch {
    return false;
  }
};

/** Compiling the schemas of a pattern takes long, so each is tried on several events. */
const several = { minLength: 4, maxLength: 8 };

test('the schema of an alternative accepts the scalars that the alternative matches', () => {
  let matched = 0;
  fc.assert(
    fc.property(operator, fc.array(scalar, several), (alternative, values) => {
      const pattern = { a: [alternative] };
      fc.pre(isPattern(pattern));
      const events = values.map((value: JsonScalar) => ({ a: value }));
      const matches = events.map(compile(pattern));
      if (matches.includes(true)) matched++;
      expect(acceptedBy(pattern, { type: 'object', properties: { a: anyScalar } }, events)).toEqual(matches);
    }),
    { numRuns: runs(500) },
  );
  expect(matched).toBeGreaterThan(100);
});

test('the schemas of some fields accept the events that the fields match, in arrays as well', () => {
  const object = { type: 'object', properties: { x: anyScalar, y: anyScalar } };
  const schema = {
    type: 'object',
    properties: { a: anyScalar, d: { anyOf: [object, { type: 'array', items: object }] } },
  };
  const letter = fc.constantFrom('p', 'q', null);
  const values = fc.array(letter, { minLength: 1, maxLength: 2 });
  const fields = fc.record({ x: values, y: values }, { requiredKeys: ['x'], noNullPrototype: true });
  const element = fc.record({ x: letter, y: letter }, { requiredKeys: [], noNullPrototype: true });
  const event = fc.record({ a: letter, d: fc.oneof(element, fc.array(element, { maxLength: 3 })) });
  fc.assert(
    fc.property(values, fields, fc.array(event, several), (a, d, occurrences) => {
      const pattern = { a, d };
      const events = occurrences as JsonObject[];
      expect(acceptedBy(pattern, schema, events)).toEqual(events.map(compile(pattern)));
    }),
    { numRuns: runs(200) },
  );
});
