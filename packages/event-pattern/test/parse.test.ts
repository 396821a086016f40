import { describe, expect, test } from '@jest/globals';
import { InvalidEventPatternError, parsePattern } from '../src/index.ts';
import { field } from './cases.ts';

describe('a parsed pattern', () => {
  test('knows the place and the path of each field, and the place and the text of each alternative', () => {
    const { conditions } = parsePattern(
      '{ "detail": { "$or": [ {"a.b": ["x"]}, {"c": [1, {"prefix": "y"}]} ] } }',
    );
    expect(conditions).toEqual([
      {
        kind: 'or',
        place: ['detail', '$or'],
        branches: [
          { place: ['detail', '$or', 0], conditions: [expect.objectContaining({ path: 'detail.a.b' })] },
          {
            place: ['detail', '$or', 1],
            conditions: [
              {
                kind: 'field',
                place: ['detail', '$or', 1, 'c'],
                path: 'detail.c',
                alternatives: [
                  { place: ['detail', '$or', 1, 'c', 0], written: '1', test: { kind: 'value', value: 1 } },
                  {
                    place: ['detail', '$or', 1, 'c', 1],
                    written: '{"prefix":"y"}',
                    test: { kind: 'prefix', text: 'y', ignoresCase: false },
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('has every field of objects of one name, in the order of the text', () => {
    const { conditions } = parsePattern('{"d": {"a": [1]}, "b": [2], "d": {"c": [3]}}');
    expect(conditions.map((condition) => 'path' in condition && condition.path)).toEqual(['d.a', 'b', 'd.c']);
  });

  test('has $or as the name of a field where it is not the operator', () => {
    expect(parsePattern('{"$or": ["x"]}').conditions).toEqual([
      expect.objectContaining({ kind: 'field', path: '$or', place: ['$or'] }),
    ]);
  });
});

describe('a string that is not known yet', () => {
  const isUnknown = (text: string) => text.includes('${');
  const parse = (pattern: object) => parsePattern(JSON.stringify(pattern), { isUnknown });

  test.each([
    ['as a value', '${a}'],
    ['in an operator', { prefix: 'eu-${a}' }],
    ['where only some strings are allowed', { cidr: '${a}' }],
    ['in a list', { 'anything-but': ['a', '${a}'] }],
    ['in a range', { numeric: ['>', '${a}'] }],
    ['as an operator', { '${a}': 1 }],
  ])('makes the alternative any value: %s', (_, alternative) => {
    const [condition] = parse(field('x', alternative)).conditions;
    expect(condition).toMatchObject({
      alternatives: [
        { test: { kind: 'value', value: 'x' } },
        { test: { kind: 'any' }, written: JSON.stringify(alternative) },
      ],
    });
  });

  test('does not count among the characters of the pattern, because it may be empty', () => {
    const long = '${a}'.padEnd(5000, 'x');
    expect(() => parse(field(long))).not.toThrow();
    expect(() => parse(field(long, 'x'.repeat(4096)))).toThrow('received 4107 characters');
  });

  test('is a string like another one by default', () => {
    expect(() => parsePattern('{"a": [{"cidr": "${a}"}]}')).toThrow(InvalidEventPatternError);
  });
});
