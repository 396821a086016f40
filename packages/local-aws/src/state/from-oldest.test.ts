import { expect, test } from '@jest/globals';
import { fromOldest } from './from-oldest.ts';

test('the oldest key comes first, one that was set again at its new place, and one that is gone not at all', () => {
  const map = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  const next = fromOldest(() => map.keys());
  expect(next()).toBe('a');
  map.delete('a');
  map.delete('b');
  map.set('b', 4);
  map.set('d', 5);
  map.delete('c');
  expect([next(), next()]).toEqual(['b', 'd']);
});

test('at the end it begins again, and an empty map has none', () => {
  const map = new Map([['a', 1]]);
  const next = fromOldest(() => map.keys());
  expect([next(), next()]).toEqual(['a', 'a']);
  map.clear();
  expect([next(), next()]).toEqual([undefined, undefined]);
  map.set('b', 2);
  expect(next()).toBe('b');
});

test('one iteration gives all that a full store drops', () => {
  const map = new Map<number, number>();
  let iterations = 0;
  const next = fromOldest(() => {
    iterations += 1;
    return map.keys();
  });
  for (let key = 0; key < 10_000; key += 1) {
    map.set(key, key);
    if (map.size > 100) map.delete(next() ?? 0);
  }
  expect([map.size, iterations]).toEqual([100, 1]);
  expect([...map.keys()][0]).toBe(9_900);
});
