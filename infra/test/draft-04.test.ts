import { expect, test } from '@jest/globals';
import type { JsonSchema } from '../src/contract/contract.ts';
import { toDraft04 } from '../src/contract/draft-04.ts';

test.each([
  ['an annotation that draft-04 does not have is left out', { $id: 'a', examples: [1], 'x-by': 'me' }, {}],
  ['a title and a default stay', { title: 'A', default: 1 }, { title: 'A', default: 1 }],
  ['const is an enum of one', { const: 'a' }, { enum: ['a'] }],
  [
    'an exclusive bound is a bound and a flag',
    { exclusiveMinimum: 0 },
    { minimum: 0, exclusiveMinimum: true },
  ],
  ['and so is an upper one', { exclusiveMaximum: 9 }, { maximum: 9, exclusiveMaximum: true }],
  [
    'a property may have the name of a keyword',
    { properties: { examples: { const: 1 }, $id: {} } },
    { properties: { examples: { enum: [1] }, $id: {} } },
  ],
  [
    'schemas inside of others are changed too',
    {
      items: { const: 1 },
      additionalProperties: { const: 2 },
      not: { const: 3 },
      anyOf: [{ const: 4 }],
      patternProperties: { '^a': { const: 5 } },
    },
    {
      items: { enum: [1] },
      additionalProperties: { enum: [2] },
      not: { enum: [3] },
      anyOf: [{ enum: [4] }],
      patternProperties: { '^a': { enum: [5] } },
    },
  ],
  [
    'a boolean schema is one that accepts everything, or nothing',
    { properties: { a: true, b: false }, anyOf: [false, true], items: true, not: false },
    { properties: { a: {}, b: { not: {} } }, anyOf: [{ not: {} }, {}], items: {}, not: { not: {} } },
  ],
  ['additionalProperties may be a boolean', { additionalProperties: false }, { additionalProperties: false }],
])('%s', (_, schema, expected) => {
  expect(toDraft04(schema as JsonSchema, 'schemas/a.json')).toEqual(expected);
});

test.each([
  ['schemas/a.json: if', { if: { required: ['a'] } }],
  ['schemas/a.json: contains', { contains: {} }],
  ['schemas/a.json: propertyNames', { propertyNames: {} }],
  ['schemas/a.json: items', { items: [{}] }],
  ['schemas/a.json: const', { const: 1, enum: [1, 2] }],
  ['schemas/a.json: exclusiveMinimum', { minimum: 1, exclusiveMinimum: 0 }],
  ['schemas/a.json/properties/b/anyOf/1: contains', { properties: { b: { anyOf: [{}, { contains: {} }] } } }],
  ['schemas/a.json: $ref', { $ref: '#/definitions/a' }],
])('what draft-04 has no words for is refused: %s', (where, schema) => {
  expect(() => toDraft04(schema, 'schemas/a.json')).toThrow(`${where} is `);
});
