import { expect, test } from '@jest/globals';
import { pickPresent } from './pick-present.ts';

test('picks the fields that are there: one that is missing or undefined is absent', () => {
  const order: { category: string; value?: number; note?: string | undefined; other: string } = {
    category: 'a',
    note: undefined,
    other: 'b',
  };
  const picked = pickPresent(order, { category: true, value: true, note: true });
  expect(Object.entries(picked)).toEqual([['category', 'a']]);
});
