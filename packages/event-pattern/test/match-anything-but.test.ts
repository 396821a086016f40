import { describe } from '@jest/globals';
import { decide, field } from './cases.ts';

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
