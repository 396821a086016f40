import { describe, expect, test } from '@jest/globals';
import { InvalidEventPatternError, parsePattern } from '../src/index.ts';
import { field, textOf } from './cases.ts';

describe('a pattern is refused, with the place, for', () => {
  type Refusal = readonly [name: string, pattern: object | string, path: string];
  const inField = (...alternatives: unknown[]) => field('x', ...alternatives);
  const refusals: readonly Refusal[] = [
    ['text that is not JSON', '{"a": [1', '$'],
    ['no text', '', '$'],
    ['text after its end', '{"a": [1]} x', '$'],
    ['a list with a gap', '{"a": [{"anything-but": [1, 2 3]}]}', '$'],
    ['a root that is an array', '[1, 2, 3]', '$'],
    ['a root that is a string', '"a"', '$'],
    ['a root that is null', 'null', '$'],
    ['more than 4096 characters', { a: ['x'.repeat(4096)] }, '$'],
    ['no fields', {}, '$'],
    ['an object without fields', { d: { e: {} } }, '$.d.e'],
    ['a leaf that is a string', { detail: { state: 'on' } }, '$.detail.state'],
    ['a leaf that is a number', { 'detail-type': 1 }, '$.detail-type'],
    ['a leaf that is null', { 'my field': null }, '$["my field"]'],
    ['an array without alternatives', { d: { a: [] } }, '$.d.a'],
    ['an array within an array', inField(['y']), '$.a[1]'],
    ['an empty object for an operator', inField({}), '$.a[1]'],
    ['an unknown operator', inField({ regex: 'x' }), '$.a[1].regex'],
    ['an operator that objects inherit', inField({ constructor: 'x' }), '$.a[1].constructor'],
    ['an operator called __proto__', '{"a": [{"__proto__": "x"}]}', '$.a[0].__proto__'],
    ['two operators in one object', inField({ prefix: 'a', suffix: 'b' }), '$.a[1]'],
    ['one operator twice in one object', '{"a": [{"prefix": "a", "prefix": "b"}]}', '$.a[0]'],
    ['an exactly of a number', inField({ exactly: 33 }), '$.a[1].exactly'],
    ['a prefix of a number', inField({ prefix: 3 }), '$.a[1].prefix'],
    ['a prefix of a list', inField({ prefix: ['a'] }), '$.a[1].prefix'],
    ['a prefix of another operator', inField({ prefix: { wildcard: 'a' } }), '$.a[1].prefix.wildcard'],
    ['a prefix of two operators', inField({ prefix: { 'equals-ignore-case': 'a', x: 1 } }), '$.a[1].prefix'],
    [
      'a prefix ignoring the case of a number',
      inField({ prefix: { 'equals-ignore-case': 5 } }),
      '$.a[1].prefix.equals-ignore-case',
    ],
    ['a suffix of a boolean', inField({ suffix: true }), '$.a[1].suffix'],
    [
      'a suffix ignoring the case of a list',
      inField({ suffix: { 'equals-ignore-case': ['a'] } }),
      '$.a[1].suffix.equals-ignore-case',
    ],
    [
      'an equals-ignore-case of a list',
      inField({ 'equals-ignore-case': ['a'] }),
      '$.a[1].equals-ignore-case',
    ],
    ['a wildcard of a list', inField({ wildcard: ['a'] }), '$.a[1].wildcard'],
    ['two wildcards in a row', inField({ wildcard: 'a**b' }), '$.a[1].wildcard'],
    ['two wildcards in a row at the start', inField({ wildcard: '**' }), '$.a[1].wildcard'],
    ['an escape of another character', inField({ wildcard: 'a\\b' }), '$.a[1].wildcard'],
    ['an escape of nothing', inField({ wildcard: 'a\\' }), '$.a[1].wildcard'],
    ['an anything-but of a boolean', inField({ 'anything-but': true }), '$.a[1].anything-but'],
    ['an anything-but of null', inField({ 'anything-but': null }), '$.a[1].anything-but'],
    ['an anything-but of nothing', inField({ 'anything-but': [] }), '$.a[1].anything-but'],
    ['an anything-but of strings and numbers', inField({ 'anything-but': ['a', 1] }), '$.a[1].anything-but'],
    ['an anything-but of a list with null', inField({ 'anything-but': ['a', null] }), '$.a[1].anything-but'],
    [
      'an anything-but of a numeric',
      inField({ 'anything-but': { numeric: ['=', 1] } }),
      '$.a[1].anything-but.numeric',
    ],
    [
      'an anything-but of exists',
      inField({ 'anything-but': { exists: true } }),
      '$.a[1].anything-but.exists',
    ],
    [
      'an anything-but of a cidr',
      inField({ 'anything-but': { cidr: '10.0.0.0/8' } }),
      '$.a[1].anything-but.cidr',
    ],
    [
      'an anything-but of an anything-but',
      inField({ 'anything-but': { 'anything-but': 'a' } }),
      '$.a[1].anything-but.anything-but',
    ],
    [
      'an anything-but of a list with an operator',
      inField({ 'anything-but': ['a', { prefix: 'b' }] }),
      '$.a[1].anything-but',
    ],
    [
      'an anything-but of two operators',
      inField({ 'anything-but': { prefix: 'a', suffix: 'b' } }),
      '$.a[1].anything-but',
    ],
    [
      'an anything-but of an empty prefix',
      inField({ 'anything-but': { prefix: '' } }),
      '$.a[1].anything-but.prefix',
    ],
    [
      'an anything-but of an empty suffix in a list',
      inField({ 'anything-but': { suffix: ['a', ''] } }),
      '$.a[1].anything-but.suffix[1]',
    ],
    [
      'an anything-but of prefixes that are numbers',
      inField({ 'anything-but': { prefix: [1] } }),
      '$.a[1].anything-but.prefix[0]',
    ],
    [
      'an anything-but of no prefixes',
      inField({ 'anything-but': { prefix: [] } }),
      '$.a[1].anything-but.prefix',
    ],
    [
      'an anything-but of a prefix ignoring case',
      inField({ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }),
      '$.a[1].anything-but.prefix',
    ],
    [
      'an anything-but of a bad wildcard',
      inField({ 'anything-but': { wildcard: ['a', 'b**'] } }),
      '$.a[1].anything-but.wildcard[1]',
    ],
    ['a numeric that is not an array', inField({ numeric: 5 }), '$.a[1].numeric'],
    ['a numeric of nothing', inField({ numeric: [] }), '$.a[1].numeric'],
    ['a numeric without a number', inField({ numeric: ['='] }), '$.a[1].numeric'],
    ['a numeric of a string', inField({ numeric: ['<', '5'] }), '$.a[1].numeric'],
    ['a numeric of a boolean', inField({ numeric: ['=', true] }), '$.a[1].numeric'],
    ['an unknown comparison', inField({ numeric: ['==', 1] }), '$.a[1].numeric'],
    ['the comparison !=', inField({ numeric: ['!=', 1] }), '$.a[1].numeric'],
    ['a range without its last number', inField({ numeric: ['>', 1, '<'] }), '$.a[1].numeric'],
    ['an upper bound before a lower one', inField({ numeric: ['<', 1, '>', 0] }), '$.a[1].numeric'],
    ['two lower bounds', inField({ numeric: ['>', 1, '>', 0] }), '$.a[1].numeric'],
    ['a range of one number', inField({ numeric: ['>=', 1, '<=', 1] }), '$.a[1].numeric'],
    ['a range with its bounds swapped', inField({ numeric: ['>', 30, '<', 1] }), '$.a[1].numeric'],
    ['too many terms', inField({ numeric: ['>', 1, '<', 30, false] }), '$.a[1].numeric'],
    ['a second bound after =', inField({ numeric: ['=', 1, '<', 2] }), '$.a[1].numeric'],
    ['a bound above 5e9', inField({ numeric: ['<', 5_000_000_001] }), '$.a[1].numeric'],
    ['a bound below -5e9', inField({ numeric: ['=', -5_000_000_001] }), '$.a[1].numeric'],
    ['an upper bound above 5e9', inField({ numeric: ['>', 0, '<', 1e300] }), '$.a[1].numeric'],
    ['a cidr of a number', inField({ cidr: 10 }), '$.a[1].cidr'],
    ['a cidr without a mask', inField({ cidr: '10.0.0.0' }), '$.a[1].cidr'],
    ['a cidr without an address', inField({ cidr: 'foo/8' }), '$.a[1].cidr'],
    ['a cidr of five bytes', inField({ cidr: '10.10.10.10.10/3' }), '$.a[1].cidr'],
    ['a cidr with a mask of letters', inField({ cidr: '10.0.0.0/foo' }), '$.a[1].cidr'],
    ['a cidr with a mask below 0', inField({ cidr: '10.0.0.0/-1' }), '$.a[1].cidr'],
    ['a cidr of a whole IPv4 address', inField({ cidr: '10.0.0.0/32' }), '$.a[1].cidr'],
    ['a cidr of a whole IPv6 address', inField({ cidr: '::1/128' }), '$.a[1].cidr'],
    ['a cidr of three bytes', inField({ cidr: '10.0.0/8' }), '$.a[1].cidr'],
    ['a cidr with two masks', inField({ cidr: '10.0.0.0/8/8' }), '$.a[1].cidr'],
    ['a cidr with too many leading zeros', inField({ cidr: '0000000010.0.0.0/8' }), '$.a[1].cidr'],
    ['a cidr of two gaps', inField({ cidr: '1::2::3/8' }), '$.a[1].cidr'],
    ['a cidr of nine groups', inField({ cidr: '1:2:3:4:5:6:7:8:9/8' }), '$.a[1].cidr'],
    ['a cidr with a gap for no group', inField({ cidr: '1:2:3:4::5:6:7:8/8' }), '$.a[1].cidr'],
    ['a cidr with a group too large', inField({ cidr: '10000::/8' }), '$.a[1].cidr'],
    ['a cidr with a single colon at its end', inField({ cidr: '1::2:/8' }), '$.a[1].cidr'],
    ['a cidr with dots and colons', inField({ cidr: '::10.0.0.0/8' }), '$.a[1].cidr'],
    ['an exists of a string', inField({ exists: 'true' }), '$.a[1].exists'],
    ['an exists with something beside it', inField({ exists: true, x: 1 }), '$.a[1]'],
    ['an $or with one branch', { $or: [{ a: ['x'] }] }, '$.$or'],
    ['an $or without branches', { d: { $or: [] } }, '$.d.$or'],
    ['an $or with a branch that is an array', { $or: [{ a: ['x'] }, [{ b: ['y'] }]] }, '$.$or[1]'],
    ['an $or with an empty branch', { $or: [{ a: ['x'] }, {}] }, '$.$or[1]'],
    [
      'an $or with a reserved word for a field',
      { $or: [{ numeric: ['x'] }, { a: ['y'] }] },
      '$.$or[0].numeric',
    ],
    [
      'an $or with a reserved word below a field',
      { $or: [{ a: ['y'] }, { d: { '>=': ['x'] } }] },
      '$.$or[1].d[">="]',
    ],
    ['an error in a branch', { $or: [{ a: ['x'] }, { b: [{ prefix: 1 }] }] }, '$.$or[1].b[0].prefix'],
  ];

  test.each(refusals)('%s', (_, pattern, path) => {
    const compile = () => parsePattern(textOf(pattern));
    expect(compile).toThrow(InvalidEventPatternError);
    expect(compile).toThrow(
      new RegExp(
        `^Invalid event pattern at ${path.replace(/[[\]$.]/g, '\\$&')}: received .+; allowed: .+\\.$`,
      ),
    );
  });

  test('more than 1000 combinations of $or', () => {
    const or = (branches: number) => Array.from({ length: branches }, (_, index) => ({ a: [index] }));
    const of = (first: number, second: number) =>
      JSON.stringify({ b: { $or: or(first) }, c: { $or: or(second) } });
    expect(() => parsePattern(of(100, 10))).not.toThrow();
    expect(() => parsePattern(of(91, 11))).toThrow(/at \$\.c\.\$or: received more than 1000/);
  });

  test('more than 4096 characters, and not for 4096', () => {
    const ofLength = (length: number) => JSON.stringify({ a: ['x'.repeat(length - '{"a":[""]}'.length)] });
    expect(() => parsePattern(ofLength(4096))).not.toThrow();
    expect(() => parsePattern(ofLength(4097))).toThrow(
      'Invalid event pattern at $: received 4097 characters; allowed: at most 4096 characters.',
    );
  });

  test('text that is not JSON, with the reason', () => {
    expect(() => parsePattern('{')).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  test('a wrong value, naming it and what is allowed instead', () => {
    expect(() => parsePattern('{"detail": {"state": "running"}}')).toThrow(
      'Invalid event pattern at $.detail.state: received "running"; allowed: an array of values, or an object of fields.',
    );
  });

  test('a wrong value, with the place, what was received and what is allowed as data', () => {
    expect(() => parsePattern('{"$or": [{"a": ["x"]}, {"b c": [{"cidr": 1}]}]}')).toThrow(
      expect.objectContaining({
        place: ['$or', 1, 'b c', 0, 'cidr'],
        received: '1',
        allowed: 'a string',
      }),
    );
  });
});
