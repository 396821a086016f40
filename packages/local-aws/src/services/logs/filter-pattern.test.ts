import { describe, expect, test } from '@jest/globals';
import { parseFilterPattern } from './filter-pattern.ts';

const lines = [
  'hello',
  'hello world',
  'hello cruela',
  'goodbye cruel world',
  'ERROR 401: at [x]',
  'say "no"',
];
const matching = (pattern: string) => lines.filter(parseFilterPattern(pattern));

describe('terms', () => {
  test.each<[string, string[]]>([
    ['', lines],
    ['  ', lines],
    ['hello', ['hello', 'hello world', 'hello cruela']],
    ['HELLO', []],
    ['goodbye world', ['goodbye cruel world']],
    ['world goodbye', ['goodbye cruel world']],
    ['"hello cruel"', ['hello cruela']],
    ['"hello" "world"', ['hello world']],
    ['"ERROR 401:"', ['ERROR 401: at [x]']],
    ['"[x]"', ['ERROR 401: at [x]']],
    ['"\\"no\\""', ['say "no"']],
    ['?world ?ERROR', ['hello world', 'goodbye cruel world', 'ERROR 401: at [x]']],
    ['?"hello w" ?ERROR', ['hello world', 'ERROR 401: at [x]']],
    // Beside another term, those with `?` are ignored.
    ['?ERROR hello', ['hello', 'hello world', 'hello cruela']],
    ['hello -world', ['hello', 'hello cruela']],
    ['-hello -"cruel world"', ['ERROR 401: at [x]', 'say "no"']],
    ['%^hello$%', ['hello']],
    ['%[Ee][Rr]+OR|bye%', ['goodbye cruel world', 'ERROR 401: at [x]']],
    ['cruel %bye%', ['goodbye cruel world']],
  ])('%j match %j', (pattern, expected) => expect(matching(pattern)).toEqual(expected));
});

describe('a condition on JSON', () => {
  const log = {
    level: 'ERROR',
    ms: 120.5,
    ok: true,
    late: false,
    none: null,
    text: '12',
    detail: { orders: [{ id: 'o-1' }, { id: 'o-2' }], 'a b': 'c' },
    ip: '123.123.4.5',
  };
  const matches = (condition: string) => parseFilterPattern(`{ ${condition} }`)(JSON.stringify(log));

  test.each([
    '$.level = "ERROR"',
    '$.level = ERROR',
    '$.level=ERR*',
    '$.level = *',
    '$.level != "INFO"',
    '$.ip = 123.123.*',
    '$.level = %^ERR%',
    '$.ms = 120.5',
    '$.ms > 120',
    '$.ms >= 120.5',
    '$.ms < 121',
    '$.ms <= 120.5',
    '$.ms != 1',
    '$.text = 12',
    '$.ok IS TRUE',
    '$.late IS FALSE',
    '$.none IS NULL',
    '$.missing NOT EXISTS',
    '$.detail.orders[1].id = "o-2"',
    "$.detail['a b'] = c",
    '$.level = INFO || $.ms > 100 && $.ok IS TRUE',
    '($.level = INFO || $.ms > 100) && ($.ok IS TRUE)',
  ])('%s is true', (condition) => expect(matches(condition)).toBe(true));

  test.each([
    '$.level = "error"',
    '$.level = ER',
    '$.level != ERR*',
    '$.missing = *',
    // A field that isn't there isn't another one, either.
    '$.missing != "x"',
    '$.ms > 120.5',
    '$.level > 1',
    '$.text > 1',
    '$.late IS TRUE',
    '$.missing IS NULL',
    '$.none NOT EXISTS',
    '$.detail = "x"',
    '$.detail.orders[2].id = *',
    '$.level.length = *',
    '($.level = INFO || $.ms > 100) && $.late IS TRUE',
  ])('%s is false', (condition) => expect(matches(condition)).toBe(false));

  test.each(['not JSON', '3', 'null', '', '"text"'])('is false for the line %j', (line) => {
    expect(parseFilterPattern('{ $.a NOT EXISTS }')(line)).toBe(false);
  });
});

test.each<[string, string]>([
  ['a/(b)', 'in double quotes'],
  ['"open', 'looks like "\\"open"'],
  ['%a(b)%', 'the regular expression %a(b)% may have'],
  ['%[a%', "can't be read"],
  ['%something!%', 'may have'],
  ['[ip, user]', "doesn't know patterns of space-delimited fields"],
  ['a'.repeat(1_025), 'it has 1025 characters; 1024 are allowed'],
  ['{ $.a = 1', 'has to end with }'],
  ['{ }', 'its end is where a field such as $.level has to be'],
  ['{ a = 1 }', '"a" is where a field such as $.level has to be'],
  ['{ $.a }', 'its end is where a comparison or one of IS TRUE'],
  ['{ $.a > x }', '"x" is where a number to compare by > has to be'],
  ['{ $.a = }', 'its end is where a value to compare by = has to be'],
  ['{ ($.a = 1 }', 'its end is where a ) has to be'],
  ['{ $.a = 1 $.b = 2 }', '"$.b" is where the end has to be'],
  ['{ $.a = 1 ! }', 'looks like'],
  ['{ $.a IS BIG }', 'a comparison or one of IS TRUE, IS FALSE, IS NULL, NOT EXISTS'],
  [`{ ${'('.repeat(30)}$.a = 1${')'.repeat(30)} }`, 'parentheses may be 20 deep'],
])('the pattern %j is refused', (pattern, message) => {
  expect(() => parseFilterPattern(pattern)).toThrow(message);
});

test('a pattern over a long line takes no long time', () => {
  const line = 'a'.repeat(1024 * 1024);
  const begin = performance.now();
  expect(parseFilterPattern('"aab" -"aac"')(line)).toBe(false);
  expect(performance.now() - begin).toBeLessThan(5_000);
});
