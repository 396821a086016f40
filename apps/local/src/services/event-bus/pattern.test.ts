import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { compileEventPattern, InvalidEventPatternError } from './pattern.ts';

/**
 * What is tested, the pattern, an event, and whether they match. The verdicts come from event-ruler (README,
 * JsonRuleCompiler, Event, ACFinder and their tests) and the EventBridge user guide, not from this code.
 * JSON text stands where an object literal can't say it: repeated names, `__proto__`, `300.0`.
 */
type Case = readonly [name: string, pattern: object | string, event: object | string, verdict: boolean];

const textOf = (json: object | string) => (typeof json === 'string' ? json : JSON.stringify(json));

function decide(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, pattern, event, verdict) => {
    const matches = compileEventPattern(textOf(pattern));
    expect(matches(JSON.parse(textOf(event)) as JsonObject)).toBe(verdict);
  });
}

const field = (...alternatives: unknown[]) => ({ a: alternatives });

describe('a plain value', () => {
  decide([
    ['matches an equal string', field('x'), { a: 'x' }, true],
    ['matches no other string', field('x'), { a: 'y' }, false],
    ['matches no string of another case', field('x'), { a: 'X' }, false],
    ['matches no longer string', field('x'), { a: 'xx' }, false],
    ['is one of several alternatives', field('x', 'y'), { a: 'y' }, true],
    ['that is the empty string matches the empty string', field(''), { a: '' }, true],
    ['that is the empty string does not match null', field(''), { a: null }, false],
    ['that is the empty string does not match a missing field', field(''), {}, false],
    ['that is null matches null', field(null), { a: null }, true],
    ['that is null does not match the empty string', field(null), { a: '' }, false],
    ['that is null does not match a missing field', field(null), {}, false],
    ['that is null does not match the string null', field(null), { a: 'null' }, false],
    ['that is true matches true', field(true), { a: true }, true],
    ['that is true does not match the string true', field(true), { a: 'true' }, false],
    ['that is false does not match true', field(false), { a: true }, false],
    ['that is false does not match 0', field(false), { a: 0 }, false],
    ['that is a number matches the number', field(300), { a: 300 }, true],
    ['that is a number matches it written 300.0', '{"a": [300]}', '{"a": 300.0}', true],
    ['that is a number matches it written 3.0e2', '{"a": [3.0e2]}', '{"a": 300}', true],
    ['that is a number does not match its digits in a string', field(300), { a: '300' }, false],
    ['that is a string of digits does not match the number', field('300'), { a: 300 }, false],
    ['that is a number beyond 5e9 matches it', field(123456789012), { a: 123456789012 }, true],
    ['matches with `exactly` too', field({ exactly: 'x' }), { a: 'x' }, true],
    ['matches nothing else with `exactly`', field({ exactly: 'x' }), { a: 'xy' }, false],
    ['holds quotes and backslashes as they are', field('say "hi" \\o/'), { a: 'say "hi" \\o/' }, true],
    ['holds the JSON punctuation of its string', '{"a": ["}{][,: \\""]}', '{"a": "}{][,: \\""}', true],
    ['is the character that an escape stands for', '{"a": ["\\u00e9"]}', '{"a": "é"}', true],
    ['that is an IPv6 address matches it written otherwise', field('::1'), { a: '0:0:0:0:0:0:0:1' }, true],
    ['that is an IPv6 address ignores its case', field('2001:DB8::a'), { a: '2001:db8::A' }, true],
    ['that is an IPv4 address matches it mapped to IPv6', field('10.0.0.1'), { a: '::ffff:a00:1' }, true],
    ['that is an IPv4 address does not match another', field('10.0.0.9'), { a: '10.0.0.10' }, false],
    ['that only looks like an address is a string', field('08:23'), { a: '08:23' }, true],
    ['that only looks like an address equals no other', field('700.1.1.1'), { a: '700.1.1.01' }, false],
  ]);
});

describe('several fields', () => {
  decide([
    ['all have to match', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, true],
    ['do not match when one differs', { a: ['x'], b: ['y'] }, { a: 'x', b: 'z' }, false],
    ['do not match when one is missing', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
    ['leave the other fields of the event alone', { a: ['x'] }, { a: 'x', b: 'y', c: { d: 1 } }, true],
    ['may be nested', { d: { s: ['on'], t: { u: [1] } } }, { d: { s: 'on', t: { u: 1 } } }, true],
    ['are not found at another depth', { d: { s: ['on'] } }, { s: 'on' }, false],
    ['are not found below a scalar', { d: { s: ['on'] } }, { d: 'on' }, false],
    ['are not matched by an object', { d: ['on'] }, { d: { on: 'on' } }, false],
    ['joined by a dot name a nested field', { 'd.s': ['on'] }, { d: { s: 'on' } }, true],
    ['that are nested name a dotted field', { d: { s: ['on'] } }, { 'd.s': 'on' }, true],
    ['joined by a dot name a dotted field', { 'd.s': ['on'] }, { 'd.s': 'on' }, true],
    ['joined by a dot below an object do too', { d: { 's.t': ['on'] } }, { d: { s: { t: 'on' } } }, true],
    ['of one name: the last one counts', '{"a": ["x"], "a": ["y"]}', { a: 'y' }, true],
    ['of one name: the first one does not count', '{"a": ["x"], "a": ["y"]}', { a: 'x' }, false],
    ['of one path: the last one counts', '{"d": {"a": ["x"]}, "d.a": ["y"]}', { d: { a: 'y' } }, true],
    ['of objects of one name all count', '{"d": {"a": [1]}, "d": {"b": [2]}}', { d: { a: 1, b: 2 } }, true],
    ['of an object that is named again count', '{"d": {"a": [1]}, "d": {"b": [2]}}', { d: { b: 2 } }, false],
  ]);
});

describe('prefix', () => {
  decide([
    ['matches the start of a string', field({ prefix: 'eu-' }), { a: 'eu-west-1' }, true],
    ['matches the whole string', field({ prefix: 'eu-' }), { a: 'eu-' }, true],
    ['does not match elsewhere', field({ prefix: 'eu-' }), { a: 'x-eu-west' }, false],
    ['does not match another case', field({ prefix: 'eu-' }), { a: 'EU-west' }, false],
    ['does not match a shorter string', field({ prefix: 'eu-' }), { a: 'eu' }, false],
    ['does not match a number', field({ prefix: '3' }), { a: 30 }, false],
    ['does not match a boolean', field({ prefix: 't' }), { a: true }, false],
    ['that is empty matches every string', field({ prefix: '' }), { a: '' }, true],
    ['that is empty does not match null', field({ prefix: '' }), { a: null }, false],
    ['can ignore case', field({ prefix: { 'equals-ignore-case': 'EventB' } }), { a: 'eVENTbridge' }, true],
    [
      'ignoring case does not match elsewhere',
      field({ prefix: { 'equals-ignore-case': 'b' } }),
      { a: 'AB' },
      false,
    ],
  ]);
});

describe('suffix', () => {
  decide([
    ['matches the end of a string', field({ suffix: '.png' }), { a: 'dog.png' }, true],
    ['does not match elsewhere', field({ suffix: '.png' }), { a: 'dog.png.txt' }, false],
    ['does not match another case', field({ suffix: '.png' }), { a: 'dog.PNG' }, false],
    ['does not match a number', field({ suffix: '0' }), { a: 30 }, false],
    ['can ignore case', field({ suffix: { 'equals-ignore-case': '.PnG' } }), { a: 'dog.pNg' }, true],
    [
      'ignoring case does not match elsewhere',
      field({ suffix: { 'equals-ignore-case': 'a' } }),
      { a: 'AB' },
      false,
    ],
    [
      'ignoring case may change length',
      field({ suffix: { 'equals-ignore-case': 'ß' } }),
      { a: 'GRUSS' },
      true,
    ],
  ]);
});

describe('equals-ignore-case', () => {
  decide([
    ['matches another case', field({ 'equals-ignore-case': 'aLiCe' }), { a: 'AlIcE' }, true],
    ['matches beyond ASCII', field({ 'equals-ignore-case': 'ÉTÉ' }), { a: 'été' }, true],
    ['matches a letter with a longer upper case', field({ 'equals-ignore-case': 'Ⱥ' }), { a: 'ⱥ' }, true],
    ['does not match a longer string', field({ 'equals-ignore-case': 'a' }), { a: 'AA' }, false],
    ['does not match a shorter string', field({ 'equals-ignore-case': 'aa' }), { a: 'A' }, false],
    ['does not match null', field({ 'equals-ignore-case': 'null' }), { a: null }, false],
    ['takes punctuation as it is', field({ 'equals-ignore-case': 'a.(b)[c]*$' }), { a: 'A.(B)[C]*$' }, true],
    ['takes a dot for a dot only', field({ 'equals-ignore-case': 'a.b' }), { a: 'AxB' }, false],
  ]);
});

describe('wildcard', () => {
  decide([
    ['stands for any text', field({ wildcard: '*/lib/*' }), { a: '/usr/lib/x.so' }, true],
    ['stands for no text', field({ wildcard: 'a*b' }), { a: 'ab' }, true],
    ['stands for a single character', field({ wildcard: 'a*b' }), { a: 'axb' }, true],
    ['holds the start', field({ wildcard: 'a*' }), { a: 'ba' }, false],
    ['holds the end', field({ wildcard: '*b' }), { a: 'abc' }, false],
    ['alone matches every string', field({ wildcard: '*' }), { a: '' }, true],
    ['alone does not match a number', field({ wildcard: '*' }), { a: 1 }, false],
    ['does not use a character twice', field({ wildcard: 'aba*aba' }), { a: 'ababa' }, false],
    ['finds the middle in order', field({ wildcard: '*b*a*' }), { a: 'ab' }, false],
    ['finds a middle that the end holds as well', field({ wildcard: '*ab*b' }), { a: 'abab' }, true],
    ['does not let the middle take the end', field({ wildcard: 'x*ab*b' }), { a: 'xab' }, false],
    ['that is escaped is an asterisk', field({ wildcard: 'a\\*b' }), { a: 'a*b' }, true],
    ['that is escaped is nothing else', field({ wildcard: 'a\\*b' }), { a: 'axb' }, false],
    ['after an escaped backslash is a wildcard', field({ wildcard: 'a\\\\*b' }), { a: 'a\\xb' }, true],
    ['beside an escaped asterisk is a wildcard', field({ wildcard: 'a\\**' }), { a: 'a*bc' }, true],
    ['is not a regular expression', field({ wildcard: 'a.b' }), { a: 'axb' }, false],
    ['spans lines', field({ wildcard: 'a*b' }), { a: 'a\n\nb' }, true],
    ['may stand beside a line break', field({ wildcard: 'a\n*' }), { a: 'a\nb' }, true],
    ['keeps the line break', field({ wildcard: 'a\n*' }), { a: 'ab' }, false],
    ['may be missing: the string itself', field({ wildcard: 'ab' }), { a: 'ab' }, true],
    ['of the empty string matches only that', field({ wildcard: '' }), { a: 'x' }, false],
  ]);

  test('takes no longer for a pattern that makes a regular expression backtrack', () => {
    const matches = compileEventPattern(JSON.stringify(field({ wildcard: `${'*a'.repeat(200)}*b` })));
    const startedMs = performance.now();
    expect(matches({ a: 'a'.repeat(100_000) })).toBe(false);
    expect(matches({ a: `${'a'.repeat(100_000)}b` })).toBe(true);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('anything-but', () => {
  const but = (operand: unknown) => field({ 'anything-but': operand });
  decide([
    ['a string matches another', but('x'), { a: 'y' }, true],
    ['a string does not match it', but('x'), { a: 'x' }, false],
    ['a string matches a number', but('1'), { a: 1 }, true],
    ['a string matches null', but('x'), { a: null }, true],
    ['a string matches a boolean', but('true'), { a: true }, true],
    ['a string does not match a missing field', but('x'), {}, false],
    ['a string does not match an empty array', but('x'), { a: [] }, false],
    ['a string does not match an object', but('x'), { a: { b: 'y' } }, false],
    ['a string matches an array with another', but('x'), { a: ['x', 'y'] }, true],
    ['a string does not match an array of only it', but('x'), { a: ['x', 'x'] }, false],
    ['a number matches another', but(123), { a: 124 }, true],
    ['a number does not match it', but(123), { a: 123 }, false],
    ['a number does not match it written otherwise', '{"a": [{"anything-but": 1e2}]}', '{"a": 100.0}', false],
    ['a number matches its digits in a string', but(123), { a: '123' }, true],
    ['a list of strings matches none of them', but(['x', 'y']), { a: 'y' }, false],
    ['a list of strings matches another', but(['x', 'y']), { a: 'z' }, true],
    ['a list of numbers matches none of them', but([1, 2]), { a: 2 }, false],
    ['a list of numbers matches another', but([1, 2]), { a: 3 }, true],
    ['the empty string matches another', but(''), { a: 'x' }, true],
    ['the empty string does not match it', but(''), { a: '' }, false],
    ['a prefix matches another start', but({ prefix: 'init' }), { a: 'running' }, true],
    ['a prefix does not match it', but({ prefix: 'init' }), { a: 'initializing' }, false],
    ['a prefix matches a number', but({ prefix: '1' }), { a: 12 }, true],
    ['a list of prefixes matches none of them', but({ prefix: ['a', 'b'] }), { a: 'bc' }, false],
    ['a list of prefixes matches another start', but({ prefix: ['a', 'b'] }), { a: 'cb' }, true],
    ['a suffix does not match it', but({ suffix: '.png' }), { a: 'x.png' }, false],
    ['a suffix matches another end', but({ suffix: '.png' }), { a: 'x.txt' }, true],
    ['a list of suffixes matches none of them', but({ suffix: ['a', 'b'] }), { a: 'cb' }, false],
    ['ignoring case does not match it', but({ 'equals-ignore-case': 'On' }), { a: 'oN' }, false],
    ['ignoring case matches another', but({ 'equals-ignore-case': 'On' }), { a: 'off' }, true],
    ['a list ignoring case matches none', but({ 'equals-ignore-case': ['On', 'Up'] }), { a: 'uP' }, false],
    ['the empty string ignoring case', but({ 'equals-ignore-case': '' }), { a: '' }, false],
    ['a wildcard does not match it', but({ wildcard: '*/lib/*' }), { a: '/usr/lib/x' }, false],
    ['a wildcard matches the rest', but({ wildcard: '*/lib/*' }), { a: '/usr/bin/x' }, true],
    ['a list of wildcards matches none of them', but({ wildcard: ['a*', '*b'] }), { a: 'xb' }, false],
    ['a wildcard matches null', but({ wildcard: '*' }), { a: null }, true],
    [
      'two things in one array matches both',
      field({ 'anything-but': 'x' }, { 'anything-but': 'y' }),
      { a: 'x' },
      true,
    ],
  ]);
});

describe('numeric', () => {
  const numeric = (...terms: unknown[]) => field({ numeric: terms });
  decide([
    ['= matches an equal number', numeric('=', 100), { a: 100 }, true],
    ['= matches it written otherwise', '{"a": [{"numeric": ["=", 3.018e2]}]}', '{"a": 301.80}', true],
    ['= does not match another', numeric('=', 100), { a: 100.5 }, false],
    ['= does not match a string', numeric('=', 100), { a: '100' }, false],
    ['< matches a lower number', numeric('<', 10), { a: 9.999999 }, true],
    ['< does not match the bound', numeric('<', 10), { a: 10 }, false],
    ['<= matches the bound', numeric('<=', 10), { a: 10 }, true],
    ['<= does not match a higher number', numeric('<=', 10), { a: 10.000001 }, false],
    ['> matches a higher number', numeric('>', 0), { a: 0.000001 }, true],
    ['> does not match the bound', numeric('>', 0), { a: 0 }, false],
    ['>= matches the bound', numeric('>=', -4e-6), { a: -4e-6 }, true],
    ['>= does not match a lower number', numeric('>=', 0), { a: -1 }, false],
    ['a range matches inside', numeric('>', 0, '<=', 5), { a: 3 }, true],
    ['a range matches a bound it includes', numeric('>', 0, '<=', 5), { a: 5 }, true],
    ['a range does not match a bound it excludes', numeric('>', 0, '<=', 5), { a: 0 }, false],
    ['a half-open range includes its start', numeric('>=', 0, '<', 5), { a: 0 }, true],
    ['a half-open range excludes its end', numeric('>=', 0, '<', 5), { a: 5 }, false],
    ['a range does not match outside', numeric('>', 0, '<=', 5), { a: 6 }, false],
    ['does not match null', numeric('>=', 0), { a: null }, false],
    ['does not match a boolean', numeric('>=', 0), { a: true }, false],
    ['matches at the limit of 5e9', numeric('>', 0), { a: 5e9 }, true],
    ['does not compare beyond 5e9', numeric('>', 0), { a: 5_000_000_001 }, false],
    ['does not compare below -5e9', numeric('<', 0), { a: -5_000_000_001 }, false],
    ['matches an element of an array', numeric('>', 0, '<', 10), { a: [100, 5, 200] }, true],
    ['takes no two elements for one range', numeric('>', 0, '<', 10), { a: [-1, 11] }, false],
  ]);
});

describe('cidr', () => {
  decide([
    ['matches an IPv4 address inside', field({ cidr: '10.0.0.0/24' }), { a: '10.0.0.255' }, true],
    ['does not match an IPv4 address outside', field({ cidr: '10.0.0.0/24' }), { a: '10.0.1.0' }, false],
    [
      'matches below the address it is written with',
      field({ cidr: '54.240.196.171/24' }),
      { a: '54.240.196.1' },
      true,
    ],
    ['may end inside a byte', field({ cidr: '13.32.0.0/15' }), { a: '13.33.255.255' }, true],
    ['excludes what lies beyond that bit', field({ cidr: '13.32.0.0/15' }), { a: '13.34.0.0' }, false],
    ['/0 matches every IPv4 address', field({ cidr: '0.0.0.0/0' }), { a: '255.255.255.255' }, true],
    ['/0 does not match an IPv6 address', field({ cidr: '0.0.0.0/0' }), { a: '::1' }, false],
    ['matches an IPv6 address inside', field({ cidr: '2001:db8::/32' }), { a: '2001:db8:ffff::1' }, true],
    ['does not match an IPv6 address outside', field({ cidr: '2001:db8::/32' }), { a: '2001:db9::' }, false],
    [
      'matches within an IPv6 group',
      field({ cidr: '2400:6500:FF00::36FB:1F80/122' }),
      { a: '2400:6500:ff00::36fb:1fbf' },
      true,
    ],
    [
      'does not match beyond it',
      field({ cidr: '2400:6500:FF00::36FB:1F80/122' }),
      { a: '2400:6500:ff00::36fb:1fc0' },
      false,
    ],
    ['does not match what is no address', field({ cidr: '10.0.0.0/8' }), { a: '10.0.0' }, false],
    [
      'does not match an address with a byte too large',
      field({ cidr: '0.0.0.0/0' }),
      { a: '1.2.3.256' },
      false,
    ],
    ['does not match a number', field({ cidr: '0.0.0.0/0' }), { a: 10 }, false],
  ]);
});

describe('exists', () => {
  const present = field({ exists: true });
  const absent = field({ exists: false });
  decide([
    ['true matches a field', present, { a: 'x' }, true],
    ['true matches null', present, { a: null }, true],
    ['true matches the empty string', present, { a: '' }, true],
    ['true matches false', present, { a: false }, true],
    ['true matches a filled array', present, { a: ['x'] }, true],
    ['true does not match a missing field', present, { b: 'x' }, false],
    ['true does not match an empty array', present, { a: [] }, false],
    ['true does not match an empty object', present, { a: {} }, false],
    ['true does not match an object: it is no leaf', present, { a: { b: 1 } }, false],
    ['true does not match an array of objects', present, { a: [{ b: 1 }] }, false],
    ['false matches a missing field', absent, { b: 'x' }, true],
    ['false matches the empty event', absent, {}, true],
    ['false does not match a field', absent, { a: 'x' }, false],
    ['false does not match null', absent, { a: null }, false],
    ['false matches an empty array', absent, { a: [] }, true],
    ['false matches an object: it is no leaf', absent, { a: { b: 1 } }, true],
    ['false matches below a missing object', { d: absent }, {}, true],
    ['false matches below a scalar', { d: absent }, { d: 'x' }, true],
    ['false is one of several alternatives: missing', field({ exists: false }, 'x'), {}, true],
    ['false is one of several alternatives: there', field({ exists: false }, 'x'), { a: 'x' }, true],
    ['false is one of several alternatives: another', field({ exists: false }, 'x'), { a: 'y' }, false],
    ['false beside a field that matches', { a: [{ exists: false }], b: ['x'] }, { b: 'x' }, true],
    ['false beside a field that does not match', { a: [{ exists: false }], b: ['x'] }, { b: 'y' }, false],
  ]);
});

describe('$or', () => {
  const or = { s: ['x'], $or: [{ a: [1] }, { b: [2], c: [3] }] };
  const nested = { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] };
  const parallel = { $or: [{ a: [1] }, { b: [2] }], d: { $or: [{ c: [3] }, { e: [4] }] } };
  decide([
    ['matches its first branch', or, { s: 'x', a: 1 }, true],
    ['matches its second branch', or, { s: 'x', b: 2, c: 3 }, true],
    ['needs all fields of a branch', or, { s: 'x', b: 2 }, false],
    ['needs the fields beside it', or, { s: 'y', a: 1 }, false],
    ['needs one of its branches', or, { s: 'x' }, false],
    ['may stand inside an object', { d: { $or: [{ a: [1] }, { b: [2] }] } }, { d: { b: 2 } }, true],
    ['inside an object does not look outside', { d: { $or: [{ a: [1] }, { b: [2] }] } }, { b: 2 }, false],
    ['may hold objects', { $or: [{ d: { a: [1] } }, { d: { b: [2] } }] }, { d: { b: 2 } }, true],
    ['may be nested: the outer branch', nested, { a: 1 }, true],
    ['may be nested: the inner branch', nested, { b: 2, d: 4 }, true],
    ['that is nested needs an inner branch', nested, { b: 2 }, false],
    ['may stand beside another: one of each', parallel, { b: 2, d: { c: 3 } }, true],
    ['may stand beside another: one of a single', parallel, { a: 1, b: 2 }, false],
    [
      'has a branch replace a field of the same path',
      { a: ['x'], $or: [{ a: ['y'] }, { b: [1] }] },
      { a: 'y' },
      true,
    ],
    [
      'keeps that field in the other branches',
      { a: ['x'], $or: [{ a: ['y'] }, { b: [1] }] },
      { a: 'y', b: 1 },
      true,
    ],
    ['keeps that field elsewhere', { a: ['x'], $or: [{ a: ['y'] }, { b: [1] }] }, { a: 'z', b: 1 }, false],
    [
      'has a later field replace that of its branches',
      { $or: [{ a: ['y'] }, { b: [1] }], a: ['x'] },
      { a: 'y' },
      false,
    ],
    [
      'works with operators',
      { $or: [{ a: [{ prefix: 'x' }] }, { b: [{ exists: false }] }] },
      { b: 1, a: 'xy' },
      true,
    ],
    ['is a field when it is an object', { $or: { a: ['x'] } }, { $or: { a: 'x' } }, true],
    ['that is a field is no operator', { $or: { a: ['x'] } }, { a: 'x' }, false],
    ['is a field when it holds strings', { $or: ['x', 'y'] }, { $or: 'y' }, true],
    ['is a field when it holds an operator', { $or: [{ cidr: '10.0.0.0/24' }] }, { $or: '10.0.0.1' }, true],
    [
      'is a field when it holds two operators',
      { detail: { $or: [{ numeric: ['>', 0, '<=', 5] }, { numeric: ['>', 10] }] } },
      { detail: { $or: 11 } },
      true,
    ],
    [
      'that is a field matches nothing else',
      { $or: [{ prefix: 'x' }, { suffix: 'y' }] },
      { $or: 'yx' },
      false,
    ],
  ]);
});

describe('an array in the event', () => {
  const both = { d: { a: [1], b: [2] } };
  const inner = { u: { t: { k: ['color'], v: ['blue'] } } };
  decide([
    ['matches by any element', field('admin'), { a: ['user', 'admin'] }, true],
    ['does not match without one', field('root'), { a: ['user', 'admin'] }, false],
    ['matches by an element of any type', field(null), { a: [1, 'x', null] }, true],
    ['of arrays is flattened', field('x'), { a: [['y'], [['x']]] }, true],
    ['of objects matches by any of them', { d: { a: [1] } }, { d: [{ a: 0 }, { a: 1 }] }, true],
    [
      'of objects matches by fields of one',
      both,
      {
        d: [
          { a: 0, b: 2 },
          { a: 1, b: 2 },
        ],
      },
      true,
    ],
    ['of objects does not match by fields of two', both, { d: [{ a: 1 }, { b: 2 }] }, false],
    ['of arrays of objects matches by fields of one', both, { d: [[{ a: 1, b: 2 }]] }, true],
    ['of arrays of objects does not match by fields of two', both, { d: [[{ a: 1 }, { b: 2 }]] }, false],
    ['of arrays of objects does not match across arrays', both, { d: [[{ a: 1 }], [{ b: 2 }]] }, false],
    ['inside an element matches by one', inner, { u: [{ t: [{ k: 'color', v: 'blue' }] }] }, true],
    [
      'inside an element does not match by two',
      inner,
      { u: [{ t: [{ k: 'color' }, { v: 'blue' }] }] },
      false,
    ],
    [
      'inside two elements does not match across',
      inner,
      { u: [{ t: { k: 'color' } }, { t: { v: 'blue' } }] },
      false,
    ],
    ['leaves scalars of one object together', both, { d: { a: [0, 1], b: [2, 3] } }, true],
    [
      'leaves two arrays independent',
      { c: { x: [1] }, d: { y: [2] } },
      { c: [{}, { x: 1 }], d: [{ y: 2 }] },
      true,
    ],
    ['with a scalar beside objects', { d: ['x'], 'd.a': [1] }, { d: ['x', { a: 1 }] }, true],
    ['with null beside objects', { d: [null], 'd.a': [1] }, { d: [null, { a: 1 }] }, true],
    [
      'finds the element behind one that starts well',
      both,
      {
        d: [
          { a: 1, b: 0 },
          { a: 1, b: 2 },
        ],
      },
      true,
    ],
    [
      'joins scalars with the element of a field',
      { a: [1], d: { b: [2] } },
      { a: 1, d: [{ b: 0 }, { b: 2 }] },
      true,
    ],
    [
      'lacks a field where the chosen element does',
      { d: { a: [1], b: [{ exists: false }] } },
      { d: [{ a: 1 }, { b: 2 }] },
      true,
    ],
    [
      'has the field of the chosen element',
      { d: { a: [1], b: [{ exists: false }] } },
      { d: [{ a: 1, b: 2 }] },
      false,
    ],
    // The absent field comes first in order of path, when no element is chosen yet (ACFinder).
    [
      'has a field that comes first anywhere',
      { d: { a: [{ exists: false }], b: [2] } },
      { d: [{ a: 1 }, { b: 2 }] },
      false,
    ],
    [
      'matches anything-but by the right element',
      { u: { n: ['bob'], s: [{ 'anything-but': 'banned' }] } },
      {
        u: [
          { n: 'bob', s: 'banned' },
          { n: 'al', s: 'ok' },
        ],
      },
      false,
    ],
    ['that is empty has no fields', { d: { a: [{ exists: true }] } }, { d: [] }, false],
  ]);

  test('does not make fields in several arrays multiply', () => {
    const names = [...'abcdefghij'];
    const elements = Array.from({ length: 50 }, () => ({ x: 1, y: 1 }));
    const pattern = { ...Object.fromEntries(names.map((name) => [name, { x: [1], y: [1] }])), z: ['never'] };
    const event = { ...Object.fromEntries(names.map((name) => [name, elements])), z: 'always' };
    expect(compileEventPattern(JSON.stringify(pattern))(event)).toBe(false);
  });
});

describe('unusual input', () => {
  decide([
    ['a field called __proto__ is a field', '{"__proto__": {"a": ["x"]}}', '{"__proto__": {"a": "x"}}', true],
    ['a field called __proto__ is not inherited', '{"__proto__": {"a": [{"exists": true}]}}', {}, false],
    ['a field called constructor is not inherited', '{"constructor": [{"exists": false}]}', {}, true],
    ['a name of constructor is not inherited', { constructor: { name: [{ exists: true }] } }, {}, false],
    ['a field called length is not that of an array', { a: { length: [2] } }, { a: [1, 2] }, false],
    ['an index is not a field of an array', { a: { 0: ['x'] } }, { a: ['x'] }, false],
    ['white space between tokens means nothing', ' {\n\t"a" : [ "x" ,\r\n1 ] } ', { a: 1 }, true],
  ]);

  test('an event of any depth is matched', () => {
    let nestedArrays: JsonObject[string] = 'x';
    let nestedObjects: JsonObject = { a: 'x' };
    for (let depth = 0; depth < 20_000; depth++) {
      nestedArrays = [nestedArrays];
      nestedObjects = { a: nestedObjects };
    }
    expect(compileEventPattern('{"a": ["x"]}')({ a: nestedArrays })).toBe(true);
    expect(compileEventPattern('{"a": ["x"]}')(nestedObjects)).toBe(false);
  });

  test('a pattern as deep as its length allows is compiled', () => {
    const nest = (depth: number, leaf: string) => '{"a":'.repeat(depth) + leaf + '}'.repeat(depth);
    expect(compileEventPattern(nest(670, '["x"]'))(JSON.parse(nest(670, '"x"')))).toBe(true);
    expect(() => compileEventPattern(`{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`)).toThrow(
      /at \$\.a\[0\]:/,
    );
  });

  test('a compiled pattern keeps nothing of the events before', () => {
    const matches = compileEventPattern('{"a": [{"equals-ignore-case": "x"}], "b": [{"exists": false}]}');
    expect([{ a: 'X' }, { a: 'x', b: 1 }, { a: 'X' }, {}, { a: 'x' }].map(matches)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

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
    ['a numeric that is no array', inField({ numeric: 5 }), '$.a[1].numeric'],
    ['a numeric of nothing', inField({ numeric: [] }), '$.a[1].numeric'],
    ['a numeric without a number', inField({ numeric: ['='] }), '$.a[1].numeric'],
    ['a numeric of a string', inField({ numeric: ['<', '5'] }), '$.a[1].numeric'],
    ['a numeric of a boolean', inField({ numeric: ['=', true] }), '$.a[1].numeric'],
    ['an unknown comparison', inField({ numeric: ['==', 1] }), '$.a[1].numeric'],
    ['a comparison that is != ', inField({ numeric: ['!=', 1] }), '$.a[1].numeric'],
    ['an upper bound before a lower one', inField({ numeric: ['<', 1, '>', 0] }), '$.a[1].numeric'],
    ['two lower bounds', inField({ numeric: ['>', 1, '>', 0] }), '$.a[1].numeric'],
    ['a range of one number', inField({ numeric: ['>=', 1, '<=', 1] }), '$.a[1].numeric'],
    ['a range upside down', inField({ numeric: ['>', 30, '<', 1] }), '$.a[1].numeric'],
    ['too many terms', inField({ numeric: ['>', 1, '<', 30, false] }), '$.a[1].numeric'],
    ['a number after an equal one', inField({ numeric: ['=', 1, '<', 2] }), '$.a[1].numeric'],
    ['a bound above 5e9', inField({ numeric: ['<', 5_000_000_001] }), '$.a[1].numeric'],
    ['a bound below -5e9', inField({ numeric: ['=', -5_000_000_001] }), '$.a[1].numeric'],
    ['an upper bound above 5e9', inField({ numeric: ['>', 0, '<', 1e300] }), '$.a[1].numeric'],
    ['a cidr of a number', inField({ cidr: 10 }), '$.a[1].cidr'],
    ['a cidr without a mask', inField({ cidr: '10.0.0.0' }), '$.a[1].cidr'],
    ['a cidr of no address', inField({ cidr: 'foo/8' }), '$.a[1].cidr'],
    ['a cidr of five bytes', inField({ cidr: '10.10.10.10.10/3' }), '$.a[1].cidr'],
    ['a cidr with a mask of letters', inField({ cidr: '10.0.0.0/foo' }), '$.a[1].cidr'],
    ['a cidr with a mask below 0', inField({ cidr: '10.0.0.0/-1' }), '$.a[1].cidr'],
    ['a cidr of a whole IPv4 address', inField({ cidr: '10.0.0.0/32' }), '$.a[1].cidr'],
    ['a cidr of a whole IPv6 address', inField({ cidr: '::1/128' }), '$.a[1].cidr'],
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
    const compile = () => compileEventPattern(textOf(pattern));
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
    expect(() => compileEventPattern(of(100, 10))).not.toThrow();
    expect(() => compileEventPattern(of(91, 11))).toThrow(/at \$\.c\.\$or: received more than 1000/);
  });

  test('text that is not JSON, with the reason', () => {
    expect(() => compileEventPattern('{')).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  test('a wrong value, naming it and what is allowed instead', () => {
    expect(() => compileEventPattern('{"detail": {"state": "running"}}')).toThrow(
      'Invalid event pattern at $.detail.state: received "running"; allowed: an array of values, or an object of fields.',
    );
  });
});
