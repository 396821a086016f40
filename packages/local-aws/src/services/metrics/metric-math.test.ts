import { describe, expect, test } from '@jest/globals';
import { evaluateMath, type Points } from './metric-math.ts';

const points = (...values: (number | undefined)[]): Points =>
  new Map(values.flatMap((value, at) => (value === undefined ? [] : [[at, value] as const])));

const series: Readonly<Record<string, Points>> = {
  part: points(1, 3, undefined, 5),
  whole: points(10, 20, 30, 0),
};

const evaluate = (expression: string) => {
  const value = evaluateMath(expression, {
    query: (id) => series[id],
    metrics: () => Object.values(series),
    times: [0, 1, 2, 3],
  });
  return value instanceof Map ? Object.fromEntries(value) : value;
};

describe('an expression of metric math', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['-(2 - 5) / 2', 1.5],
    // Where one of the two has no value, there is none; a division by 0 has none either.
    ['part / whole', { 0: 0.1, 1: 0.15 }],
    ['whole - part', { 0: 9, 1: 17, 3: -5 }],
    ['100 * part', { 0: 100, 1: 300, 3: 500 }],
    ['IF(whole >= 20, 100 * part / whole, 0)', { 0: 0, 1: 15, 3: 0 }],
    ['IF(part > 2, 1)', { 1: 1, 3: 1 }],
    ['IF(1 == 2, part, whole)', { 0: 10, 1: 20, 2: 30, 3: 0 }],
    ['part > 2 AND whole > 10', { 0: 0, 1: 1, 3: 0 }],
    ['part > 2 || whole != 10', { 0: 0, 1: 1, 3: 1 }],
    ['whole <= 20 && 1 < 2', { 0: 1, 1: 1, 2: 0, 3: 1 }],
    ['FILL(part, 0)', { 0: 1, 1: 3, 2: 0, 3: 5 }],
    ['FILL(part, REPEAT)', { 0: 1, 1: 3, 2: 3, 3: 5 }],
    ['FILL(whole, 0) - FILL(part, 0)', { 0: 9, 1: 17, 2: 30, 3: -5 }],
    ['SUM(part)', 9],
    ['SUM([part])', { 0: 1, 1: 3, 3: 5 }],
    ['SUM(FILL([part], 0))', { 0: 1, 1: 3, 2: 0, 3: 5 }],
    // The average of no value is none.
    ['FILL(part, AVG(part / 0))', { 0: 1, 1: 3, 3: 5 }],
    ['MAX(whole)', 30],
    ['SUM([part, whole])', { 0: 11, 1: 23, 2: 30, 3: 5 }],
    ['SUM(part - [part, whole])', { 0: -9, 1: -17, 3: 5 }],
    ['SUM([part, whole] - part)', { 0: 9, 1: 17, 3: -5 }],
    ['AVG(METRICS())', { 0: 5.5, 1: 11.5, 2: 30, 3: 2.5 }],
    ['MIN([part, whole])', { 0: 1, 1: 3, 2: 30, 3: 0 }],
    ['RUNNING_SUM(part)', { 0: 1, 1: 4, 3: 9 }],
    ['ABS(part - whole)', { 0: 9, 1: 17, 3: 5 }],
    ['CEIL(part / 2) - FLOOR(part / 2)', { 0: 1, 1: 1, 3: 1 }],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  test.each<[string, RegExp]>([
    ['other + 1', /there is no query other/],
    [
      'ANOMALY_DETECTION_BAND(part)',
      /doesn't know ANOMALY_DETECTION_BAND with 1 arguments\. It knows IF, FILL/,
    ],
    ['part ^ 2', /doesn't know the operator \^\. It knows \+ - /],
    ['"text"', /"text" isn't a number/],
    ['part.whole', /it has a MemberExpression/],
    ['(part', /Unclosed \(/],
    ['!part', /doesn't know ! before a value/],
    ['SUM([part] + [whole])', /\+ takes no two lists/],
    ['IF([part, whole], 1, 0)', /IF takes no list/],
    ['FILL(part, whole)', /FILL takes a number, or REPEAT/],
  ])('%s is refused by name', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });

  test('is refused that is longer than CloudWatch takes one', () => {
    const long = `1${'+1'.repeat(2_000)}`;
    expect(() => evaluate(long)).toThrow(/it has 4001 characters; CloudWatch takes 2048/);
  });
});
