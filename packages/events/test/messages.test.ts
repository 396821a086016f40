import { expect, test } from '@jest/globals';
import { createAjv, type Schema } from '@orders/schema-compatibility';
import { describeAllowed } from '../scripts/describe-allowed.ts';
import { checkDetail } from '../src/validate.ts';
import type { Validator } from '../src/validator.ts';

const schema = {
  type: 'object',
  definitions: {
    money: { type: 'number', minimum: 0 },
    node: { properties: { next: { $ref: '#/definitions/node' }, id: { type: 'string' } } },
  },
  properties: {
    price: { $ref: '#/definitions/money' },
    tags: { type: 'array', items: { type: 'string', maxLength: 3 } },
    lines: { type: 'array', items: { type: 'object', properties: { count: { type: 'integer' } } } },
    names: { type: 'object', additionalProperties: { type: 'string' } },
    closed: { type: 'object', properties: { known: {} }, additionalProperties: false },
    node: { $ref: '#/definitions/node' },
    pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] },
  },
  allOf: [{ properties: { part: { type: 'boolean' } } }],
};
const isDetail = createAjv({ strict: false, allErrors: true }).compile(schema) as Validator;
const contract = { detailType: 'Test', isDetail, allowed: describeAllowed(schema as Schema) };

test.each([
  ['below a reference', { price: -1 }, '/price: received -1, allowed is a number at least 0'],
  ['an item', { tags: ['a', 7] }, '/tags/1: received 7, allowed is a string of at most 3 characters'],
  [
    'a field of an item',
    { lines: [{ count: 0.5 }] },
    '/lines/0/count: received 0.5, allowed is a whole number',
  ],
  ['a field of a map', { names: { 'a/b': 7 } }, '/names/a~1b: received 7, allowed is a string'],
  ['a part of allOf', { part: 7 }, '/part: received 7, allowed is true or false'],
  [
    'a field that a closed object lacks',
    { closed: { extra: 7 } },
    '/closed/extra: received 7, allowed is no field of this name',
  ],
  [
    'the first level of a schema inside itself',
    { node: { id: 7 } },
    '/node/id: received 7, allowed is a string',
  ],
  [
    'a place that only the words around it cover',
    { pair: [7] },
    '/pair/0: received 7, allowed is what fits /pair: an array that begins with a string, then a number',
  ],
])('what is allowed for %s is in the message', (_, detail, message) => {
  expect(checkDetail(contract, detail)?.message).toContain(message);
});
