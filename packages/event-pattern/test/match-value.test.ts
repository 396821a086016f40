import { describe, expect, test } from '@jest/globals';
import { compile, decide, field } from './cases.ts';

describe('a plain value', () => {
  decide([
    ['matches an equal string', field('x'), { a: 'x' }, true],
    ['does not match another string', field('x'), { a: 'y' }, false],
    ['does not match another case', field('x'), { a: 'X' }, false],
    ['does not match a longer string', field('x'), { a: 'xx' }, false],
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
    ['is not an address with `exactly`', field({ exactly: '::1' }), { a: '0:0:0:0:0:0:0:1' }, false],
    ['keeps quotes and backslashes', field('say "hi" \\o/'), { a: 'say "hi" \\o/' }, true],
    ['keeps the JSON punctuation of its string', '{"a": ["}{][,: \\""]}', '{"a": "}{][,: \\""}', true],
    ['is the character that an escape stands for', '{"a": ["\\u00e9"]}', '{"a": "é"}', true],
    ['that is an IPv6 address matches it written otherwise', field('::1'), { a: '0:0:0:0:0:0:0:1' }, true],
    ['that is an IPv6 address ignores its case', field('2001:DB8::a'), { a: '2001:db8::A' }, true],
    ['that is an IPv4 address matches it mapped to IPv6', field('10.0.0.1'), { a: '::ffff:a00:1' }, true],
    ['that is an IPv4 address does not match another', field('10.0.0.9'), { a: '10.0.0.10' }, false],
    ['that is an IPv4 address matches it with leading zeros', field('10.0.0.1'), { a: '010.0.00.001' }, true],
    ['that is an IPv6 address matches it with leading zeros', field('::1'), { a: '::00001' }, true],
    ['that only looks like an address is a string', field('08:23'), { a: '08:23' }, true],
    ['that only looks like an address equals no other', field('700.1.1.1'), { a: '700.1.1.01' }, false],
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
    ['is any text', field({ wildcard: '*/lib/*' }), { a: '/usr/lib/x.so' }, true],
    ['is no text as well', field({ wildcard: 'a*b' }), { a: 'ab' }, true],
    ['is a single character as well', field({ wildcard: 'a*b' }), { a: 'axb' }, true],
    ['keeps the start', field({ wildcard: 'a*' }), { a: 'ba' }, false],
    ['keeps the end', field({ wildcard: '*b' }), { a: 'abc' }, false],
    ['alone matches every string', field({ wildcard: '*' }), { a: '' }, true],
    ['alone does not match a number', field({ wildcard: '*' }), { a: 1 }, false],
    ['does not use a character twice', field({ wildcard: 'aba*aba' }), { a: 'ababa' }, false],
    ['finds the middle in order', field({ wildcard: '*b*a*' }), { a: 'ab' }, false],
    ['finds a middle that is also in the end', field({ wildcard: '*ab*b' }), { a: 'abab' }, true],
    ['does not let the middle take the end', field({ wildcard: 'x*ab*b' }), { a: 'xab' }, false],
    ['that is escaped is an asterisk', field({ wildcard: 'a\\*b' }), { a: 'a*b' }, true],
    ['that is escaped is nothing else', field({ wildcard: 'a\\*b' }), { a: 'axb' }, false],
    ['after an escaped backslash is a wildcard', field({ wildcard: 'a\\\\*b' }), { a: 'a\\xb' }, true],
    ['beside an escaped asterisk is a wildcard', field({ wildcard: 'a\\**' }), { a: 'a*bc' }, true],
    ['is not a regular expression', field({ wildcard: 'a.b' }), { a: 'axb' }, false],
    ['spans lines', field({ wildcard: 'a*b' }), { a: 'a\n\nb' }, true],
    ['may be beside a line break', field({ wildcard: 'a\n*' }), { a: 'a\nb' }, true],
    ['keeps the line break', field({ wildcard: 'a\n*' }), { a: 'ab' }, false],
    ['may be missing: the string itself', field({ wildcard: 'ab' }), { a: 'ab' }, true],
    ['of the empty string matches only that', field({ wildcard: '' }), { a: 'x' }, false],
  ]);

  test('takes no longer for a pattern that makes a regular expression backtrack', () => {
    const matches = compile(field({ wildcard: `${'*a'.repeat(200)}*b` }));
    const startedMs = performance.now();
    expect(matches({ a: 'a'.repeat(100_000) })).toBe(false);
    expect(matches({ a: `${'a'.repeat(100_000)}b` })).toBe(true);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
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
    ['a bound may be the limit of 5e9', numeric('>=', 5e9), { a: 5e9 }, true],
    ['nothing is above the limit of 5e9', numeric('>', 5e9), { a: 5e9 }, false],
    ['matches at the limit of 5e9', numeric('>', 0), { a: 5e9 }, true],
    ['does not compare beyond 5e9', numeric('>', 0), { a: 5_000_000_001 }, false],
    ['does not compare below -5e9', numeric('<', 0), { a: -5_000_000_001 }, false],
    ['matches an element of an array', numeric('>', 0, '<', 10), { a: [100, 5, 200] }, true],
    ['does not take two elements for one range', numeric('>', 0, '<', 10), { a: [-1, 11] }, false],
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
    ['may have leading zeros', field({ cidr: '010.0.0.0/8' }), { a: '10.1.2.3' }, true],
    ['with leading zeros is still decimal', field({ cidr: '010.0.0.0/8' }), { a: '8.0.0.0' }, false],
    ['may have leading zeros in the mask', field({ cidr: '10.0.0.0/08' }), { a: '10.1.2.3' }, true],
    ['may end in a slash', field({ cidr: '10.0.0.0/8/' }), { a: '10.1.2.3' }, true],
    ['that is mapped to IPv6 is an IPv4 network', field({ cidr: '::ffff:a00:0/8' }), { a: '10.1.2.3' }, true],
    ['does not match what is not an address', field({ cidr: '10.0.0.0/8' }), { a: '10.0.0' }, false],
    [
      'does not match an address with a byte too large',
      field({ cidr: '0.0.0.0/0' }),
      { a: '1.2.3.256' },
      false,
    ],
    ['does not match a number', field({ cidr: '0.0.0.0/0' }), { a: 10 }, false],
  ]);
});
