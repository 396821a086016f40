import { expect, test } from '@jest/globals';
import { fieldPaths } from '../scripts/field-paths.ts';
import { isFieldOf } from '../src/field-names.ts';
import { pattern } from '../src/index.ts';

const schema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
    labels: { type: 'object' },
    by: {
      oneOf: [
        { type: 'object', properties: { card: { type: 'string' } } },
        { type: 'object', properties: { cash: { type: 'number' } } },
      ],
    },
    node: { $ref: '#/definitions/node' },
  },
  definitions: { node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } } },
};
const paths = fieldPaths(schema);

test.each([
  ['id', true],
  ['id.more', false],
  ['lines.sku', true],
  ['lines.skuu', false],
  ['labels.anything', true],
  ['by.card', true],
  ['by.cash', true],
  ['by.coin', false],
  ['node.next.next', true],
  ['toString', false],
])('of a schema, %s is a field: %p', (field, expected) => {
  expect(isFieldOf(paths, field)).toBe(expected);
});

test('a pattern in plain JavaScript may have branches, and unknown fields in them are refused', () => {
  const build = (name: string) =>
    pattern('Order Placed', { $or: [{ [name]: [1] }, { value: [2] }] } as object);
  expect(build('value')).toMatchObject({ detail: { $or: [{ value: [1] }, { value: [2] }] } });
  expect(() => build('vlaue')).toThrow('received the field vlaue');
});
