import { describe, expect, test } from '@jest/globals';
import { explainInWords, type JsonObject } from '../src/index.ts';
import { explainPattern, field } from './cases.ts';

const sentence = (pattern: object | string, event: JsonObject) =>
  explainInWords(explainPattern(pattern, event));

describe('an explanation', () => {
  test('has for every field what the pattern wanted and what the event had', () => {
    const pattern = { source: ['a'], detail: { location: [{ prefix: 'eu-' }], note: [{ exists: false }] } };
    expect(explainPattern(pattern, { source: 'a', detail: { location: ['us-1', 'us-2'] } })).toEqual({
      matches: false,
      conditions: [
        {
          kind: 'field',
          place: ['source'],
          path: 'source',
          outcome: 'matches',
          wanted: '"a"',
          received: ['a'],
        },
        {
          kind: 'field',
          place: ['detail', 'location'],
          path: 'detail.location',
          outcome: 'differs',
          wanted: 'a value that starts with "eu-"',
          received: ['us-1', 'us-2'],
        },
        {
          kind: 'field',
          place: ['detail', 'note'],
          path: 'detail.note',
          outcome: 'matches',
          wanted: 'no value',
          received: [],
        },
      ],
    });
  });

  const or = { s: ['x'], $or: [{ a: [1] }, { b: [2], c: [3] }] };

  test('of an $or has the branch that comes nearest, and each other branch for itself', () => {
    const [, explained] = explainPattern(or, { s: 'x', b: 2, c: 4 }).conditions;
    expect(explained).toMatchObject({
      kind: 'or',
      place: ['$or'],
      matches: false,
      branches: [
        {
          place: ['$or', 0],
          matches: false,
          isNearest: true,
          conditions: [{ path: 'a', outcome: 'differs' }],
        },
        {
          place: ['$or', 1],
          matches: false,
          isNearest: false,
          conditions: [
            { path: 'b', outcome: 'matches' },
            { path: 'c', outcome: 'differs', received: [4] },
          ],
        },
      ],
    });
  });

  test('of an $or matches by the branch that matches', () => {
    expect(explainPattern(or, { s: 'x', b: 2, c: 3 })).toMatchObject({
      matches: true,
      conditions: [
        { outcome: 'matches' },
        { matches: true, branches: [{ matches: false }, { matches: true }] },
      ],
    });
  });

  test('of an $or tells a branch that matches from a field beside it that differs', () => {
    expect(explainPattern(or, { s: 'y', a: 1 })).toMatchObject({
      matches: false,
      conditions: [
        { outcome: 'differs' },
        { matches: true, branches: [{ matches: true }, { matches: false }] },
      ],
    });
  });

  test('of a field that is named again says that the later one counts', () => {
    expect(explainPattern('{"a": ["x"], "a": ["y"]}', { a: 'y' })).toMatchObject({
      matches: true,
      conditions: [{ outcome: 'replaced' }, { outcome: 'matches' }],
    });
    const branch = { a: ['x'], $or: [{ a: ['y'] }, { b: [1] }] };
    expect(explainPattern(branch, { a: 'y' })).toMatchObject({
      matches: true,
      conditions: [{ outcome: 'replaced' }, { branches: [{ matches: true }, { matches: false }] }],
    });
  });

  test('of fields in an array says that one of them matches only in another element', () => {
    const pattern = { d: { a: [1], b: [2] } };
    expect(
      explainPattern(pattern, {
        d: [
          { a: 1, b: 0 },
          { a: 0, b: 2 },
        ],
      }),
    ).toMatchObject({
      matches: false,
      conditions: [{ outcome: 'matches' }, { outcome: 'elsewhere', received: [0, 2] }],
    });
  });

  test('of a field that has to be missing looks at the elements that the other fields match in', () => {
    const pattern = { d: { a: [1], b: [{ exists: false }] } };
    expect(explainPattern(pattern, { d: [{ a: 1 }, { b: 2 }] })).toMatchObject({
      matches: true,
      conditions: [{ outcome: 'matches' }, { outcome: 'matches' }],
    });
  });
});

describe('an explanation in words', () => {
  test('says of a field what the event has and what the rule wants', () => {
    const pattern = { detail: { location: [{ prefix: 'eu-west' }] } };
    expect(sentence(pattern, { detail: { location: 'us-east-1' } })).toBe(
      '`detail.location` is "us-east-1"; the rule wants a value that starts with "eu-west"',
    );
  });

  test('says it of each field that differs', () => {
    expect(sentence({ a: [1], b: [2], c: [3] }, { a: 0, b: 2 })).toBe(
      '`a` is 0; the rule wants 1; `c` is missing; the rule wants 3',
    );
  });

  test('says that a rule matches, and by which branches', () => {
    expect(sentence({ a: [1] }, { a: 1 })).toBe('every field of the rule matches');
    const nested = { d: { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { e: [4] }] }] } };
    expect(sentence(nested, { d: { b: 2, c: 3 } })).toBe(
      'every field of the rule matches, by `d.$or[1]`, by `d.$or[1].$or[0]`',
    );
  });

  test('names the nearest branch of an $or', () => {
    expect(sentence({ $or: [{ a: [1], b: [1] }, { c: [1] }] }, { a: 1 })).toBe(
      '`b` is missing; the rule wants 1 by `$or[0]`, the nearest branch',
    );
  });

  test('says that fields match, but not in one element of an array', () => {
    expect(sentence({ d: { a: [1], b: [2] } }, { d: [{ a: 1 }, { b: 2 }] })).toBe(
      '`d.b` matches, but not in the same element of an array as the fields before it',
    );
  });

  test.each([
    ['no value', [], 'is missing'],
    ['one value', ['x'], 'is "x"'],
    ['a few values', ['x', 1, null], 'has the values "x", 1, null'],
    ['many values', [1, 2, 3, 4, 5], 'has the values 1, 2, 3, 2 more'],
    ['a long value', ['x'.repeat(1000)], `is "${'x'.repeat(59)}…`],
  ])('says that the event has %s', (_, values, words) => {
    expect(sentence(field('never'), { a: values })).toBe(`\`a\` ${words}; the rule wants "never"`);
  });

  test.each<[words: string, ...alternatives: unknown[]]>([
    ['"x"', 'x'],
    ['"x", 1, or null', 'x', 1, null],
    ['"x"', { exactly: 'x' }],
    ['a value that starts with "a"', { prefix: 'a' }],
    ['a value that starts with "a" or "b"', { prefix: 'a' }, { prefix: 'b' }],
    ['a value that starts with "a" or a value that ends with "b"', { prefix: 'a' }, { suffix: 'b' }],
    ['a value that starts, in any case, with "a"', { prefix: { 'equals-ignore-case': 'a' } }],
    ['a value that ends, in any case, with "a"', { suffix: { 'equals-ignore-case': 'a' } }],
    ['a value that is, in any case, "a"', { 'equals-ignore-case': 'a' }],
    ['a value of the form "a*b"', { wildcard: 'a*b' }],
    ['any value except "a" or "b"', { 'anything-but': ['a', 'b'] }],
    ['any value except 1', { 'anything-but': 1 }],
    ['any value except a value that starts with "a" or "b"', { 'anything-but': { prefix: ['a', 'b'] } }],
    ['the number 5', { numeric: ['=', 5] }],
    ['a number above 0 and at most 5', { numeric: ['>', 0, '<=', 5] }],
    ['a number at least 0', { numeric: ['>=', 0] }],
    ['a number below 5', { numeric: ['<', 5] }],
    ['a number above 5000000000', { numeric: ['>', 5e9] }],
    ['an IP address in 10.0.0.0/8', { cidr: '10.0.0.0/8' }],
    ['any value', { exists: true }],
  ])('says that the rule wants %s', (words, ...alternatives) => {
    expect(sentence(field(...alternatives), {})).toBe(`\`a\` is missing; the rule wants ${words}`);
  });

  test('says that the rule wants no value, or one of some', () => {
    expect(sentence(field({ exists: false }), { a: 1 })).toBe('`a` is 1; the rule wants no value');
    expect(sentence(field('x', { exists: false }), { a: 1 })).toBe(
      '`a` is 1; the rule wants "x" or no value',
    );
  });
});
