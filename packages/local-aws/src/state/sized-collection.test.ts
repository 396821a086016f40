import { expect, test } from '@jest/globals';
import { SizedCollection } from './sized-collection.ts';

const sized = (values = new Map<string, string>()) => new SizedCollection(values, ({ length }) => length);

test('a sized collection counts the bytes of what is there, whatever happens to it', () => {
  const collection = sized();
  collection.set('a', '123').set('b', '12345');
  expect(collection.bytes).toBe(8);
  collection.set('a', '1');
  expect(collection.bytes).toBe(6);
  expect([collection.delete('b'), collection.delete('b')]).toEqual([true, false]);
  expect([collection.bytes, collection.size, [...collection.values()]]).toEqual([1, 1, ['1']]);
  collection.clear();
  expect([collection.bytes, collection.size]).toEqual([0, 0]);
});

test('a sized collection counts what was there before it', () => {
  expect(sized(new Map([['a', '123']])).bytes).toBe(3);
});
