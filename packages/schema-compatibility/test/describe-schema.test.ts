import { describe, expect, test } from '@jest/globals';
import { describeField, describeSchema, describeWithExample, type Schema } from '../src/index.ts';

test.each<[words: string, schema: Schema]>([
  ['any value', true],
  ['nothing', false],
  ['any value', {}],
  [
    'a string of at least 1 character, of at most 64 characters, matching ^a',
    { type: 'string', minLength: 1, maxLength: 64, pattern: '^a' },
  ],
  ['a string in the format uuid', { type: 'string', format: 'uuid' }],
  ['a number at least 1, at most 2', { type: 'number', minimum: 1, maximum: 2 }],
  ['a number above 1, below 2', { type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 2 }],
  ['a whole number a multiple of 5', { type: 'integer', multipleOf: 5 }],
  ['true or false', { type: 'boolean' }],
  ['a string or null', { type: ['string', 'null'] }],
  ['"a"', { const: 'a' }],
  ['one of "a", null, {"b":1}', { enum: ['a', null, { b: 1 }] }],
  ['"b"', { enum: ['a', 'b'], allOf: [{ enum: ['b', 'c'] }] }],
  ['nothing', { enum: ['a'], allOf: [{ const: 'b' }] }],
  ['an object with a, b', { type: 'object', required: ['a', 'b'] }],
  [
    'an object with no other fields',
    { type: 'object', properties: { a: true }, additionalProperties: false },
  ],
  [
    'an object whose other fields are each a string',
    { type: 'object', additionalProperties: { type: 'string' } },
  ],
  ['an object of at least 1 field', { type: 'object', minProperties: 1 }],
  [
    'an array of at least 1 item, no two items equal, whose items are each a number',
    { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'number' } },
  ],
  [
    'an array that begins with a number, then a string',
    { type: 'array', items: [{ type: 'number' }, { type: 'string' }] },
  ],
  ['an array with an item that is "a"', { type: 'array', contains: { const: 'a' } }],
  ['a string but not "a"', { type: 'string', not: { const: 'a' } }],
  ['a string or a number', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  [
    'a string of at most 3 characters or null',
    { oneOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }] },
  ],
  ['a string of at most 3 characters', { type: 'string', allOf: [{ maxLength: 3 }] }],
  ['any value new {"a":1}', { new: { a: 1 } }],
])('says "%s"', (words, schema) => {
  expect(describeSchema(schema)).toBe(words);
});

test('leaves out what describes a schema and limits nothing', () => {
  const schema = { type: 'string', title: 'A', description: 'An a.', examples: ['b'], 'x-by': 'me' };
  expect(describeSchema(schema)).toBe('a string');
});

test('cuts a list of a thousand values, and counts the rest', () => {
  const words = describeSchema({ enum: Array.from({ length: 1000 }, (_, index) => index) });
  expect(words).toMatch(/^one of 0, 1, .*, 19 and 980 more$/);
});

test('marks code as asked', () => {
  const quote = (code: string) => `\`${code}\``;
  expect(describeSchema({ type: 'string', pattern: '^a' }, quote)).toBe('a string matching `^a`');
  expect(describeSchema({ enum: ['a', 'b'] }, quote)).toBe('one of `"a"`, `"b"`');
});

test('adds the first example of a scalar', () => {
  expect(describeWithExample({ type: 'string', examples: ['eu-west', 'us'] })).toBe(
    'a string, such as "eu-west"',
  );
  expect(describeWithExample({ type: 'object', examples: [{ a: 1 }] })).toBe('an object');
});

describe('a field', () => {
  const schema: Schema = {
    properties: {
      detail: { properties: { note: { type: 'string', examples: ['hi'] }, 'a.b': { type: 'number' } } },
      lines: { type: 'array', items: { properties: { sku: { enum: ['x', 'y'] } } } },
      tags: { type: 'array', items: { type: 'string' } },
    },
  };
  test.each([
    ['detail.note', 'allows a string, such as "hi"'],
    ['detail.a.b', 'allows a number'],
    ['lines.sku', 'allows one of "x", "y"'],
    ['tags', 'allows a string'],
  ])('at %s %s', (path, words) => {
    expect(describeField(schema, path)).toBe(words);
  });

  test('that is an object says so', () => {
    const inner: Schema = { properties: { detail: { type: 'object' } } };
    expect(describeField(inner, 'detail')).toBe('has an object there, and a pattern names its fields');
  });
});
