import { expect, test } from '@jest/globals';
import type { JsonValue } from '../../json.ts';
import { misfitIn, type Shape } from './result-shape.ts';

const shape: Shape = {
  fields: {
    Id: 'string',
    Count: 'number',
    Item: 'object',
    Entries: { list: { fields: { EventId: 'string' } } },
  },
};

test.each<[string, JsonValue, string]>([
  ['text for a number', { Count: '1' }, "Field 'Count' must be a number"],
  ['a number for text', { Id: 1 }, "Field 'Id' must be a string"],
  ['a list for an object', { Item: [] }, "Field 'Item' must be an object"],
  ['text for a list', { Entries: 'x' }, "Field 'Entries' must be an array"],
  [
    'something else in the second item of a list',
    { Entries: [{ EventId: 'a' }, { EventId: [] }] },
    "Field 'EventId' must be a string",
  ],
  ['null for text', { Id: null }, "Field 'Id' must be a string"],
  ['text as a whole', 'x', "Field 'result' must be an object"],
])('%s is a misfit', (_, value, misfit) => {
  expect(misfitIn(value, shape, 'result')).toBe(misfit);
});

test('fields may be missing, and others may be there', () => {
  expect(misfitIn({}, shape, 'result')).toBeUndefined();
  const whole = { Id: 'a', Count: 1, Item: { a: 1 }, Entries: [{ EventId: 'e', more: 1 }], Other: [1] };
  expect(misfitIn(whole, shape, 'result')).toBeUndefined();
});
