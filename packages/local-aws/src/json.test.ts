import { expect, test } from '@jest/globals';
import { jsonLength } from './json.ts';

test.each<unknown>([
  '',
  'text',
  0,
  -1.5e30,
  true,
  null,
  [],
  {},
  [1],
  ['a', [], {}, null],
  { a: 1 },
  { 'detail-type': 'Order Placed', detail: { value: 19.99, tags: ['a', 'b'], none: {} } },
])('the length of %j is that of its text', (value) => {
  expect(jsonLength(value)).toBe(JSON.stringify(value).length);
});

test.each([
  ['arrays', '[', ']'],
  ['objects', '{"a":', '}'],
])('the length of deeply nested %s is that of their text', (_, open, close) => {
  const text = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
  expect(jsonLength(JSON.parse(text))).toBe(text.length);
});
