import { expect, test } from '@jest/globals';
import type { JsonSchema } from '@orders/contract';
import { toDraft04 } from '../src/contract/draft-04.ts';

test.each([
  ['drops an annotation that draft-04 lacks', { $id: 'a', examples: [1], 'x-by': 'me' }, {}],
  ['keeps a title and a default', { title: 'A', default: 1 }, { title: 'A', default: 1 }],
  ['translates const to an enum of one value', { const: 'a' }, { enum: ['a'] }],
  [
    'translates an exclusive lower bound to a bound and a flag',
    { exclusiveMinimum: 0 },
    { minimum: 0, exclusiveMinimum: true },
  ],
  [
    'translates an exclusive upper bound likewise',
    { exclusiveMaximum: 9 },
    { maximum: 9, exclusiveMaximum: true },
  ],
  [
    'takes a property with the name of a keyword',
    { properties: { examples: { const: 1 }, $id: {} } },
    { properties: { examples: { enum: [1] }, $id: {} } },
  ],
  [
    'translates schemas inside others too',
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
    'translates a boolean schema to one that accepts everything or nothing',
    { properties: { a: true, b: false }, anyOf: [false, true], items: true, not: false },
    { properties: { a: {}, b: { not: {} } }, anyOf: [{ not: {} }, {}], items: {}, not: { not: {} } },
  ],
  ['keeps a boolean additionalProperties', { additionalProperties: false }, { additionalProperties: false }],
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
])('refuses what draft-04 cannot express: %s', (where, schema) => {
  expect(() => toDraft04(schema, 'schemas/a.json')).toThrow(`${where} is `);
});
