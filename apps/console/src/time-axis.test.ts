import { describe, expect, test } from '@jest/globals';
import { durationOf, timeAxis } from './time-axis.ts';

describe('the axis of times', () => {
  test('keeps the order of times, from 0 to 1', () => {
    const times = [0, 5, 6, 7, 1_000, 90_000, 86_400_000];
    const places = times.map(timeAxis(times));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect([places.at(0), places.at(-1)]).toEqual([0, expect.closeTo(1)]);
    expect(new Set(places).size).toBe(times.length);
  });

  test('leaves room for what takes milliseconds beside a pause of a day', () => {
    const times = [0, 10, 20, 30, 40, 86_400_000];
    const at = timeAxis(times);
    expect(at(40) - at(0)).toBeGreaterThan(0.3);
  });

  test('takes a time alone, and one beyond its own', () => {
    expect(timeAxis([7])(7)).toBe(0);
    expect(timeAxis([7, 9])(100)).toBe(1);
  });
});

test.each([
  [3, '3 ms'],
  [3_400, '3.4 s'],
  [999.9, '999 ms'],
  [59_990, '59.9 s'],
  [119_900, '1 min 59 s'],
  [125_000, '2 min 5 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms are %s', (ms, words) => expect(durationOf(ms)).toBe(words));
