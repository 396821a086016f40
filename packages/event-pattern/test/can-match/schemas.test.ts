import { describe, expect, test } from '@jest/globals';
import type { Keywords } from '@orders/schema-compatibility';
import { eventOf, faults } from './events.ts';

/** An event whose detail has one required field, `x`, of the given schema. */
const withField = (x: Keywords | boolean, definitions: Keywords = {}) => [
  eventOf('test', 'Test', { type: 'object', required: ['x'], properties: { x } }, definitions),
];
const tree = { tree: { type: 'array', items: { $ref: '#/definitions/tree' } } };

describe('an alternative on one field of a small schema', () => {
  test.each<[string, Keywords | boolean, unknown, boolean | 'undecided', Keywords?]>([
    ['a value of an enum', { enum: ['new', 'old'] }, 'new', true],
    ['a value that is not in the enum', { enum: ['new', 'old'] }, 'New', false],
    ['a prefix in an enum', { enum: ['new', 'old'] }, { prefix: 'n' }, true],
    ['a prefix that is not in the enum', { enum: ['new', 'old'] }, { prefix: 'x' }, false],
    ['an enum without one value', { enum: ['new', 'old'] }, { 'anything-but': ['new'] }, true],
    [
      'an enum without all of its values',
      { enum: ['new', 'old'] },
      { 'anything-but': ['new', 'old'] },
      false,
    ],
    [
      'an enum without all of its prefixes',
      { enum: ['new', 'old'] },
      { 'anything-but': { prefix: ['n', 'o'] } },
      false,
    ],
    [
      'an enum without its values in other case',
      { enum: ['new'] },
      { 'anything-but': { 'equals-ignore-case': 'NEW' } },
      false,
    ],
    ['an enum of numbers by range', { enum: [1, 5] }, { numeric: ['>', 4] }, true],
    ['an enum of numbers by an empty range', { enum: [1, 5] }, { numeric: ['>', 1, '<', 5] }, false],
    ['an enum that its type narrows', { type: 'string', enum: ['a', 1] }, 1, false],
    ['a const', { const: 'a' }, 'a', true],
    ['another value than the const', { const: 'a' }, 'b', false],
    ['all but the const', { const: 'a' }, { 'anything-but': 'a' }, false],
    ['a text where only an object is allowed', { enum: [{ a: 1 }] }, 'a', false],
    ['true', { type: 'boolean' }, true, true],
    ['"true" for true', { type: 'boolean' }, 'true', false],
    ['null where it is allowed', { type: ['string', 'null'] }, null, true],
    ['null where it is not', { type: 'string' }, null, false],
    ['a whole number', { type: 'integer' }, 3, true],
    ['a fraction', { type: 'integer' }, 3.5, false],
    ['a range with a whole number', { type: 'integer' }, { numeric: ['>', 2, '<', 4] }, true],
    ['a range with no whole number', { type: 'integer' }, { numeric: ['>', 2, '<', 3] }, false],
    ['a range that ends in a whole number', { type: 'integer' }, { numeric: ['>', 2, '<=', 3] }, true],
    ['a range that begins with a whole number', { type: 'integer' }, { numeric: ['>=', 2, '<', 3] }, true],
    ['integer beside number', { type: ['integer', 'number'] }, 3.5, true],
    ['a multiple', { type: 'number', multipleOf: 0.5 }, 1.5, true],
    ['what is not a multiple', { type: 'number', multipleOf: 5 }, 12, false],
    ['a range with no multiple', { type: 'number', multipleOf: 5 }, { numeric: ['>', 5, '<', 10] }, false],
    ['the bound itself', { type: 'number', minimum: 1 }, { numeric: ['<=', 1] }, true],
    ['less than the bound', { type: 'number', minimum: 1 }, { numeric: ['<', 1] }, false],
    ['the excluded bound', { type: 'number', exclusiveMinimum: 1 }, { numeric: ['<=', 1] }, false],
    ['the excluded upper bound', { type: 'number', exclusiveMaximum: 1 }, { numeric: ['>=', 1] }, false],
    [
      'below the excluded upper bound',
      { type: 'number', exclusiveMaximum: 1 },
      { numeric: ['>=', 0.9] },
      true,
    ],
    [
      'a few whole numbers but some',
      { type: 'integer', minimum: 1, maximum: 3 },
      { 'anything-but': [1, 3] },
      true,
    ],
    [
      'a few whole numbers but all',
      { type: 'integer', minimum: 1, maximum: 3 },
      { 'anything-but': [1, 2, 3] },
      false,
    ],
    ['a text that is too short', { type: 'string', minLength: 3 }, 'ab', false],
    [
      'a text that is long enough, in code points',
      { type: 'string', minLength: 2, maxLength: 2 },
      '😀😀',
      true,
    ],
    ['a prefix of a longer text', { type: 'string', minLength: 3 }, { prefix: 'ab' }, true],
    ['a prefix that is too long', { type: 'string', maxLength: 2 }, { prefix: 'abc' }, false],
    [
      'an exclusion that leaves no text',
      { type: 'string', pattern: '^(eu|us)$' },
      { 'anything-but': ['eu', 'us'] },
      false,
    ],
    [
      'an exclusion that leaves a text',
      { type: 'string', pattern: '^(eu|us)$' },
      { 'anything-but': ['eu'] },
      true,
    ],
    ['a pattern without anchors', { type: 'string', pattern: 'b' }, { prefix: 'a' }, true],
    ['a pattern with its start alone', { type: 'string', pattern: '^b' }, { prefix: 'a' }, false],
    ['a pattern with its end alone', { type: 'string', pattern: 'b$' }, { prefix: 'a' }, true],
    ['a pattern with its end alone, by suffix', { type: 'string', pattern: 'b$' }, { suffix: 'a' }, false],
    ['anchors inside of branches', { type: 'string', pattern: '^a|b$' }, { prefix: 'x' }, true],
    [
      'anchors inside of branches, both missed',
      { type: 'string', pattern: '^a|b$' },
      { wildcard: 'x*x' },
      false,
    ],
    ['a pattern that negates characters', { type: 'string', pattern: '^[^-]{3}$' }, { prefix: 'ab' }, true],
    [
      'a pattern that negates characters, too short for it',
      { type: 'string', pattern: '^[^-]{3}$' },
      { wildcard: 'abcd*' },
      false,
    ],
    ['a wildcard that is no text', { type: 'string', pattern: '^ab$' }, { wildcard: 'a*b' }, true],
    [
      'an asterisk that is not a wildcard',
      { type: 'string', pattern: '^a[*]b$' },
      { wildcard: 'a\\*b' },
      true,
    ],
    ['a dot that is a dot', { type: 'string', pattern: '^a-b$' }, { prefix: 'a.' }, false],
    ['a pattern with lookahead', { type: 'string', pattern: '^(?!x)[a-z]+$' }, { prefix: 'xa' }, false],
    ['a pattern with lookahead, on a plain value', { type: 'string', pattern: '^(?!x)[a-z]+$' }, 'xa', false],
    ['a pattern with a backreference', { type: 'string', pattern: '^(a|b)\\1$' }, { prefix: 'c' }, false],
    ['a pattern with \\b', { type: 'string', pattern: '^\\ba' }, { prefix: 'c' }, false],
    [
      'a pattern with an end in its lookahead, by a text that is guessed',
      { type: 'string', pattern: '^(?!other$)[a-z]+$' },
      { prefix: 'ab' },
      true,
    ],
    [
      'a pattern with an end in its lookahead, which is undecided',
      { type: 'string', pattern: '^(?!other$)[a-z]+$', maxLength: 5 },
      { prefix: 'other' },
      'undecided',
    ],
    ['a network in a text', { type: 'string' }, { cidr: '10.0.0.0/8' }, true],
    [
      'a network that the texts are in',
      { type: 'string', pattern: '^10\\.12[89]\\.' },
      { cidr: '10.128.0.0/9' },
      true,
    ],
    [
      'a network that the texts are outside of',
      { type: 'string', pattern: '^10\\.12[0-7]\\.[0-9.]+$' },
      { cidr: '10.128.0.0/9' },
      false,
    ],
    [
      'a network that is named by one of its addresses',
      { const: '10.128.0.1' },
      { cidr: '10.200.3.4/9' },
      true,
    ],
    ['an address with zeros in front', { type: 'string', pattern: '^0' }, '10.0.0.1', true],
    ['a network of IPv6', { type: 'string' }, { cidr: '2001:db8::/32' }, true],
    [
      'a network of IPv6 in other words, which is undecided',
      { type: 'string', pattern: '^2001:0db8' },
      { cidr: '2001:db8::/32' },
      'undecided',
    ],
    ['all but an address of IPv6', { type: 'string', pattern: ':' }, { 'anything-but': '::1' }, true],
    ['a network in a number', { type: 'number' }, { cidr: '10.0.0.0/8' }, false],
    ['an address that can be written otherwise', { type: 'string', pattern: '^0:' }, '::1', 'undecided'],
    ['an element of an array', { type: 'array', items: { enum: ['a'] } }, 'a', true],
    ['no element of an array', { type: 'array', items: { enum: ['a'] } }, 'b', false],
    [
      'the absence of an array that can be empty',
      { type: 'array', items: { type: 'string' } },
      { exists: false },
      true,
    ],
    [
      'the absence of an array that can not',
      { type: 'array', minItems: 1, items: { type: 'string' } },
      { exists: false },
      false,
    ],
    ['an array of anything', { type: 'array' }, 'a', true],
    ['an item after those of a tuple', { type: 'array', items: [{ type: 'string' }] }, 5, true],
    [
      'what no item of a tuple is',
      { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'boolean' } },
      5,
      false,
    ],
    ['a tuple of what is wanted', { type: 'array', items: [{ type: 'string' }] }, 'a', true],
    [
      'an array of arrays of arrays of arrays, which is undecided',
      [1, 2, 3, 4].reduce<Keywords>((items) => ({ type: 'array', items }), { const: 'a' }),
      'a',
      'undecided',
    ],
    ['an array of itself, which is undecided', { $ref: '#/definitions/tree' }, 'a', 'undecided', tree],
    ['anything', true, 'a', true],
    ['anything, without a type', {}, { numeric: ['>', 1] }, true],
    ['a reference', { $ref: '#/definitions/a' }, 'b', false, { a: { const: 'a' } }],
    ['a reference to elsewhere, which is undecided', { $ref: 'other.json' }, 'b', 'undecided'],
    ['what one of anyOf allows', { anyOf: [{ const: 'a' }, { type: 'number' }] }, 5, true],
    ['what none of anyOf allows', { anyOf: [{ const: 'a' }, { type: 'number' }] }, 'b', false],
    ['what none of oneOf allows', { oneOf: [{ const: 'a' }, { const: 'b' }] }, 'c', false],
    [
      'what one of allOf forbids',
      { type: 'string', allOf: [{ maxLength: 2 }, { pattern: '^a' }] },
      { prefix: 'b' },
      false,
    ],
    [
      'what all of allOf together forbid',
      { allOf: [{ type: 'string', pattern: '^a' }, { pattern: 'b$' }] },
      { prefix: 'ba' },
      false,
    ],
    [
      'what only one of two enums allows',
      {
        allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }],
      },
      'a',
      false,
    ],
    [
      'a prefix of what a negated class and a length together forbid',
      { type: 'string', pattern: '^[^-]{3}$', maxLength: 2 },
      { prefix: 'a' },
      false,
    ],
    [
      'what all of allOf allow',
      { allOf: [{ type: 'string', pattern: '^a' }, { pattern: 'b$' }] },
      { wildcard: 'a*b' },
      true,
    ],
    ['what `not` forbids', { type: 'string', not: { const: 'a' } }, 'a', false],
    ['what `not` leaves', { type: 'string', not: { const: 'a' } }, { prefix: 'a' }, true],
    [
      'what two of oneOf allow, and so neither',
      { oneOf: [{ const: 'a' }, { enum: ['a', 'b'] }] },
      'a',
      false,
    ],
    ['an item that the array contains', { type: 'array', contains: { const: 'a' } }, 'a', true],
    [
      'the absence of an item that the array contains',
      { type: 'array', contains: { const: 'a' } },
      { exists: false },
      false,
    ],
  ])('%s', (_, x, alternative, passes, definitions = {}) => {
    const found = faults({ detail: { x: [alternative] } }, withField(x, definitions));
    if (passes === true) return expect(found).toEqual([]);
    expect(found).toHaveLength(1);
    const is = `detail.x is ${JSON.stringify(alternative)}`;
    if (!passes) return expect(found[0]).toContain(`can never match: ${is}, but Test `);
    expect(found[0]).toMatch(/^is refused, because it is undecided at "/);
    expect(found[0]).toContain(`${is}, and Test allows `);
  });

  test.each<[string, Keywords, object, boolean]>([
    ['a map', { type: 'object' }, { x: { anyName: ['a'] } }, true],
    [
      'a map with types',
      { type: 'object', additionalProperties: { type: 'string' } },
      { x: { any: ['a'] } },
      true,
    ],
    ['a map by patterns', { type: 'object', patternProperties: { '^a': {} } }, { x: { any: ['a'] } }, true],
    [
      'an object that is closed and empty',
      { type: 'object', additionalProperties: false },
      { x: { any: ['a'] } },
      false,
    ],
    [
      'a field that only `else` declares',
      { type: 'object', properties: { a: {} }, if: { required: ['a'] }, else: { properties: { b: {} } } },
      { x: { b: ['a'] } },
      true,
    ],
    [
      'a field that neither the schema nor its `else` declares',
      { type: 'object', properties: { a: {} }, if: { required: ['a'] }, else: { properties: { b: {} } } },
      { x: { c: ['a'] } },
      false,
    ],
    [
      'a field of objects in an array',
      { type: 'array', items: { properties: { a: { const: 1 } } } },
      { x: { a: [1] } },
      true,
    ],
    [
      'no field of objects in an array',
      { type: 'array', items: { type: 'object', properties: { a: {} } } },
      { x: { b: [1] } },
      false,
    ],
    [
      'a name with a dot',
      { type: 'object', properties: { 'a.b': { const: 1 } } },
      { x: { a: { b: [1] } } },
      true,
    ],
    [
      'the absence of a field of an object or null',
      { type: ['object', 'null'], required: ['a'], properties: { a: { const: 1 } } },
      { x: { a: [{ exists: false }] } },
      true,
    ],
  ])('%s', (_, x, detail, passes) => {
    expect(faults({ detail }, withField(x))).toHaveLength(passes ? 0 : 1);
  });
});

test('the message says what all parts of a schema allow together', () => {
  const allowed = (x: Keywords, wrong: unknown) =>
    faults({ detail: { x: [wrong] } }, withField(x))[0]?.split('Test ')[1];
  expect(allowed({ allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] }, 'c')).toBe('allows "b"');
  expect(allowed({ allOf: [{ type: 'string', maxLength: 9 }, { maxLength: 3 }] }, 'long')).toBe(
    'allows a string of at most 9 characters, of at most 3 characters',
  );
});
