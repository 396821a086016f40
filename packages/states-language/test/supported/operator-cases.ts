import type { JsonValue } from '../../src/index.ts';

/** For each operator: a value, what it is compared with, and whether it matches. */
export const operatorCases: Readonly<Record<string, readonly (readonly [JsonValue, JsonValue, boolean])[]>> =
  {
    StringEquals: [
      ['a', 'a', true],
      ['a', 'A', false],
      [1, '1', false],
      ['', '', true],
    ],
    StringLessThan: [
      ['a', 'b', true],
      ['b', 'b', false],
      ['Z', 'a', true],
      [null, 'b', false],
    ],
    StringGreaterThan: [
      ['b', 'a', true],
      ['a', 'a', false],
      [9, 'a', false],
    ],
    StringLessThanEquals: [
      ['a', 'a', true],
      ['b', 'a', false],
    ],
    StringGreaterThanEquals: [
      ['a', 'a', true],
      ['a', 'b', false],
    ],
    StringMatches: [
      ['order-7.json', 'order-*.json', true],
      ['order-7.txt', 'order-*.json', false],
      ['a*b', 'a\\*b', true],
      ['axb', 'a\\*b', false],
      ['a\\b', 'a\\\\b', true],
      ['', '*', true],
      ['abcbd', '*b*d', true],
      ['A', 'a', false],
      [7, '*', false],
      ['a.c', 'a?c', false],
      ['line\nbreak', 'line*', true],
    ],
    NumericEquals: [
      [1, 1, true],
      [1.5, 1.5, true],
      ['1', 1, false],
      [0, 0, true],
    ],
    NumericLessThan: [
      [1, 2, true],
      [2, 2, false],
      [null, 2, false],
    ],
    NumericGreaterThan: [
      [2, 1.5, true],
      [1, 1, false],
    ],
    NumericLessThanEquals: [
      [2, 2, true],
      [3, 2, false],
    ],
    NumericGreaterThanEquals: [
      [2, 2, true],
      [-1, 0, false],
    ],
    BooleanEquals: [
      [true, true, true],
      [false, false, true],
      [false, true, false],
      ['true', true, false],
      [null, false, false],
    ],
    TimestampEquals: [
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T13:00:00+01:00', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00Z', false],
      ['2026-01-31', '2026-01-31T00:00:00Z', false],
      [1, '2026-01-31T12:00:00Z', false],
    ],
    TimestampLessThan: [
      ['2026-01-31T11:59:59Z', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z', false],
      ['2026-02-30T00:00:00Z', '2027-01-31T12:00:00Z', false],
    ],
    TimestampGreaterThan: [
      ['2026-01-31T12:00:01Z', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z', false],
    ],
    TimestampLessThanEquals: [
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T12:00:01Z', '2026-01-31T12:00:00Z', false],
    ],
    TimestampGreaterThanEquals: [
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z', true],
      ['2026-01-31T11:00:00Z', '2026-01-31T12:00:00Z', false],
    ],
    IsNull: [
      [null, true, true],
      [0, true, false],
      [0, false, true],
      [null, false, false],
    ],
    IsPresent: [
      [null, true, true],
      ['', true, true],
      [1, false, false],
    ],
    IsNumeric: [
      [1.5, true, true],
      ['1', true, false],
      ['1', false, true],
    ],
    IsString: [
      ['', true, true],
      [1, true, false],
      [1, false, true],
    ],
    IsBoolean: [
      [false, true, true],
      ['false', true, false],
      ['false', false, true],
    ],
    IsTimestamp: [
      ['2026-01-31T12:00:00Z', true, true],
      ['2026-01-31T12:00:00+01:00', true, true],
      ['2026-01-31T12:00:00', true, false],
      ['2026-13-31T12:00:00Z', true, false],
      ['2026-01-31', false, true],
    ],
  };
