import { describe, expect, test } from '@jest/globals';
import { createAjv } from '../src/ajv.ts';
import { compareSchemas } from '../src/compare-schemas.ts';

const string = { type: 'string' };
const number = { type: 'number' };
const integer = { type: 'integer' };

/** An object schema: its fields, the names of those that are required, and other keywords. */
const object = (properties: object, required: string[] = [], more: object = {}) => ({
  type: 'object',
  properties,
  required,
  ...more,
});
/** A detail with one optional field. */
const field = (schema: unknown) => object({ field: schema });
const text = (more: object) => field({ ...string, ...more });
const amount = (more: object) => field({ ...number, ...more });
const list = (more: object) => field({ type: 'array', ...more });
const closed = { additionalProperties: false };
const ownNames = { type: 'object', patternProperties: { '^x-': string } };
/** Whole numbers from 0, counted in steps. */
const counted = (count: number, step = 1, first = 0) =>
  Array.from({ length: count }, (_, index) => first + index * step);

/** A clock that runs ten times as fast: what takes all of its time is over in a fifth of a second. */
const fastClock = () => 10 * Date.now();

/** The paths that break each mode; a mode that isn't named is kept. */
interface Expected {
  BACKWARD?: string[];
  FORWARD?: string[];
}
const kept: Expected = {};
const backward = (...paths: string[]): Expected => ({ BACKWARD: paths });
const forward = (...paths: string[]): Expected => ({ FORWARD: paths });
const both = (...paths: string[]): Expected => ({ BACKWARD: paths, FORWARD: paths });
const at = '$.field';

const tuple = (items: object[]) =>
  list({ items, minItems: items.length, maxItems: items.length, additionalItems: false });
const map = (more: object) => field({ type: 'object', ...more });
const one = (more: object) => field({ ...object({ a: {}, b: {}, c: {} }), ...more });
const byId = (maximum: number) => ({
  ...object({ value: { $ref: '#money' } }),
  definitions: { money: { $id: '#money', type: 'number', maximum } },
});
const tree = (fields: object) => ({
  ...object({ node: { $ref: '#/definitions/node' } }),
  definitions: { node: object({ next: { $ref: '#/definitions/node' }, ...fields }) },
});

const changes: [name: string, before: object, after: object, expected: Expected][] = [
  ['nothing', field(string), field(string), kept],
  ['only annotations', text({ title: 'a', examples: ['x'] }), text({ description: 'b', 'x-y': 1 }), kept],
  ['a format changed', text({ format: 'uuid' }), text({ format: 'email' }), both(at)],
  ['a format added', text({}), text({ format: 'date-time' }), backward(at)],
  ['a format that an enum fits', field({ enum: ['2026-01-31'] }), text({ format: 'date' }), forward(at)],
  [
    'a format that a pattern says',
    text({ format: 'date' }),
    text({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
    forward(at),
  ],
  ['a format that no tool checks', text({ format: 'colour' }), text({}), kept],
  ['a format of a number', field({ ...number, format: 'date' }), field(number), kept],
  ['nullable dropped', text({ nullable: true }), text({}), backward(at)],
  ['nullable written as a type', text({ nullable: true }), field({ type: ['string', 'null'] }), kept],
  [
    'nullable beside an enum without null',
    text({ nullable: true, enum: ['a'] }),
    text({ enum: ['a'] }),
    kept,
  ],
  ['nullable: false', text({ nullable: false }), text({}), kept],
  [
    'a decimal multipleOf tightened',
    amount({ multipleOf: 0.01 }),
    amount({ multipleOf: 0.02 }),
    backward(at),
  ],
  ['a decimal multipleOf loosened', amount({ multipleOf: 0.02 }), amount({ multipleOf: 0.01 }), forward(at)],
  ['a decimal multipleOf dropped', amount({ multipleOf: 0.01 }), amount({}), forward(at)],
  ['cents as an enum', field({ enum: [19.99, 0.07, 4.35] }), amount({ multipleOf: 0.01 }), forward(at)],
  ...['constructor', 'toString', 'hasOwnProperty', 'valueOf'].flatMap(
    (name): [string, object, object, Expected][] => [
      [`an optional field ${name} added`, object({}), object({ [name]: string }), kept],
      [
        `a required field ${name} added`,
        object({}),
        object({ [name]: string }, [name]),
        backward(`$.${name}`),
      ],
      [`a field ${name} retyped`, object({ [name]: string }), object({ [name]: number }), both(`$.${name}`)],
    ],
  ),
  [
    'a field __proto__, which Ajv ignores',
    JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
    object({}),
    kept,
  ],
  [
    'uniqueItems of objects with a field toString',
    list({ items: object({ toString: integer }, ['toString']) }),
    list({ items: object({ toString: integer }, ['toString']), uniqueItems: true, maxItems: 0 }),
    backward(at),
  ],
  ['an optional field added', object({ a: string }, ['a']), object({ a: string, b: string }, ['a']), kept],
  ['an optional field removed', object({ a: string, b: string }), object({ a: string }), kept],
  ['a required field added', object({ a: string }), object({ a: string, b: string }, ['b']), backward('$.b')],
  [
    'a required field removed',
    object({ a: string, b: string }, ['b']),
    object({ a: string }),
    forward('$.b'),
  ],
  ['a required field becomes optional', object({ a: string }, ['a']), object({ a: string }), forward('$.a')],
  [
    'an optional field becomes required',
    object({ a: string }),
    object({ a: string }, ['a']),
    backward('$.a'),
  ],
  [
    'a required field renamed',
    object({ a: string }, ['a']),
    object({ b: string }, ['b']),
    {
      BACKWARD: ['$.b'],
      FORWARD: ['$.a'],
    },
  ],
  ['an optional field retyped', field(string), field(number), both(at)],
  ['string widened to string or null', field(string), field({ type: ['string', 'null'] }), forward(at)],
  ['string or null narrowed to string', field({ type: ['string', 'null'] }), field(string), backward(at)],
  ['number narrowed to integer', field(number), field(integer), backward(at)],
  ['integer widened to number', field(integer), field(number), forward(at)],
  ['integer and number are a number', field({ type: ['integer', 'number'] }), field(number), kept],
  [
    'all types are no type',
    field({ type: ['string', 'number', 'boolean', 'object', 'array', 'null'] }),
    field({}),
    kept,
  ],
  ['an integer is a number that is a multiple of 1', field(integer), amount({ multipleOf: 1 }), kept],
  ['an enum widened', field({ enum: ['a', 'b'] }), field({ enum: ['a', 'b', 'c'] }), forward(at)],
  ['an enum narrowed', field({ enum: ['a', 'b'] }), field({ enum: ['a'] }), backward(at)],
  ['an enum in another order', field({ enum: ['a', 'b'] }), field({ enum: ['b', 'a'] }), kept],
  ['an enum of one becomes a const', field({ enum: ['a'] }), field({ const: 'a' }), kept],
  ['a const changed', field({ const: 1 }), field({ const: 2 }), both(at)],
  ['an enum opened to any string', field({ enum: ['a'] }), field(string), forward(at)],
  [
    'an enum beside a type that allows only some',
    field({ type: 'string', enum: ['a', 1] }),
    field({ enum: ['a'] }),
    kept,
  ],
  ['an enum that says what a pattern says', field({ enum: ['a', 'b'] }), text({ pattern: '^[ab]$' }), kept],
  ['booleans by enum', field({ type: 'boolean' }), field({ enum: [true, false] }), kept],
  ['minimum raised', amount({ minimum: 1 }), amount({ minimum: 2 }), backward(at)],
  ['minimum lowered', amount({ minimum: 2 }), amount({ minimum: 1 }), forward(at)],
  ['maximum lowered', amount({ maximum: 10 }), amount({ maximum: 9 }), backward(at)],
  ['maximum removed', amount({ maximum: 10 }), amount({}), forward(at)],
  ['minimum becomes exclusive', amount({ minimum: 0 }), amount({ exclusiveMinimum: 0 }), backward(at)],
  [
    'exclusive bounds of an integer',
    field({ ...integer, exclusiveMinimum: 0 }),
    field({ ...integer, minimum: 1 }),
    kept,
  ],
  [
    'a bound that an integer never meets',
    field({ ...integer, maximum: 9.5 }),
    field({ ...integer, maximum: 9 }),
    kept,
  ],
  [
    'bounds with one integer between',
    field({ ...integer, minimum: 1.5, maximum: 2.5 }),
    field({ const: 2 }),
    kept,
  ],
  [
    'a bound on numbers added where a string may be',
    field({ type: ['string', 'number'] }),
    field({ type: ['string', 'number'], minimum: 0 }),
    backward(at),
  ],
  ['a numeric bound on a string', text({}), text({ minimum: 5 }), kept],
  ['multipleOf tightened', amount({ multipleOf: 3 }), amount({ multipleOf: 6 }), backward(at)],
  [
    'multipleOf 6 is multipleOf 2 and 3',
    amount({ multipleOf: 6 }),
    field({ ...number, allOf: [{ multipleOf: 2 }, { multipleOf: 3 }] }),
    kept,
  ],
  ['maxLength lowered', text({ maxLength: 10 }), text({ maxLength: 9 }), backward(at)],
  ['minLength lowered', text({ minLength: 2 }), text({ minLength: 1 }), forward(at)],
  ['minLength 0', text({}), text({ minLength: 0 }), kept],
  [
    'length counts characters, not units',
    text({ pattern: '^.{2}$' }),
    text({ minLength: 2, maxLength: 2, pattern: '^[^\\n\\r\\u2028\\u2029]*$' }),
    kept,
  ],
  ['a pattern widened', text({ pattern: '^[a-z]+$' }), text({ pattern: '^[a-z0-9]+$' }), forward(at)],
  ['a pattern narrowed', text({ pattern: '^[a-z]+$' }), text({ pattern: '^[a-y]+$' }), backward(at)],
  ['a pattern written in another way', text({ pattern: '^(a|b)+$' }), text({ pattern: '^[ab][ab]*$' }), kept],
  ['a pattern loses its anchor', text({ pattern: '^a+$' }), text({ pattern: '^a+' }), forward(at)],
  [
    'a pattern that implies the length',
    text({ pattern: '^[a-z]{2,4}$' }),
    text({ pattern: '^[a-z]+$', minLength: 2, maxLength: 4 }),
    kept,
  ],
  [
    'a length that hides the change of a pattern',
    text({ pattern: '^a{1,5}$', maxLength: 3 }),
    text({ pattern: '^a{1,4}$', maxLength: 3 }),
    kept,
  ],
  ['a word boundary', text({ pattern: '\\bfoo\\b' }), text({ pattern: 'foo' }), forward(at)],
  ['patterns that share nothing', text({ pattern: '^a$' }), text({ pattern: '^b$' }), both(at)],
  ['minItems raised', list({ minItems: 1 }), list({ minItems: 2 }), backward(at)],
  ['maxItems raised', list({ maxItems: 1 }), list({ maxItems: 2 }), forward(at)],
  ['uniqueItems added', list({ items: string }), list({ items: string, uniqueItems: true }), backward(at)],
  ['uniqueItems of at most one item', list({ maxItems: 1 }), list({ maxItems: 1, uniqueItems: true }), kept],
  [
    'no more items than there are different ones',
    list({ items: { type: 'boolean' }, uniqueItems: true }),
    list({ items: { type: 'boolean' }, uniqueItems: true, maxItems: 2 }),
    kept,
  ],
  [
    'contains added',
    list({ items: string }),
    list({ items: string, contains: { const: 'a' } }),
    backward(at),
  ],
  [
    'contains that all items meet, added to lists that are not empty',
    list({ items: string, minItems: 1 }),
    list({ items: string, minItems: 1, contains: string }),
    kept,
  ],
  [
    'contains narrowed',
    list({ contains: { enum: ['a', 'b'] } }),
    list({ contains: { const: 'a' } }),
    backward(at),
  ],
  [
    'contains of what no item can be',
    list({ items: string, contains: number }),
    list({ items: string, maxItems: 0 }),
    forward(at),
  ],
  ['items retyped', list({ items: string }), list({ items: number }), both('$.field[*]')],
  [
    'items of a list that stays empty retyped',
    list({ items: string, maxItems: 0 }),
    list({ items: number, maxItems: 0 }),
    kept,
  ],
  [
    'a field of items becomes required',
    list({ items: field(string) }),
    list({ items: object({ field: string }, ['field']) }),
    backward('$.field[*].field'),
  ],
  [
    'a nested optional field added',
    field(object({ a: string })),
    field(object({ a: string, b: string })),
    kept,
  ],
  [
    'a nested required field added',
    field(object({ a: string })),
    field(object({ a: string, b: string }, ['b'])),
    backward('$.field.b'),
  ],
  [
    'a nested bound lowered',
    field(field({ ...number, maximum: 9 })),
    field(field({ ...number, maximum: 8 })),
    backward('$.field.field'),
  ],
  [
    'a field added to a closed object',
    object({ a: string }, [], closed),
    object({ a: string, b: string }, [], closed),
    forward('$.b'),
  ],
  [
    'a field removed from a closed object',
    object({ a: string, b: string }, [], closed),
    object({ a: string }, [], closed),
    backward('$.b'),
  ],
  [
    'an open object closed',
    object({ a: string }),
    object({ a: string }, [], closed),
    backward('$.undeclared'),
  ],
  [
    'an inner open object closed',
    field(object({ a: string })),
    field(object({ a: string }, [], closed)),
    backward('$.field.undeclared'),
  ],
  [
    'the undeclared fields of an open object typed',
    object({ a: string }),
    object({ a: string }, [], { additionalProperties: string }),
    { BACKWARD: ['$.*'] },
  ],
  [
    'a closed object opened',
    object({ a: string }, [], closed),
    object({ a: string }),
    forward('$.undeclared'),
  ],
  [
    'a map closed',
    object({ a: string }, [], { additionalProperties: true }),
    object({ a: string }, [], closed),
    backward('$.other'),
  ],
  [
    'the values of a map retyped',
    field({ type: 'object', additionalProperties: string }),
    field({ type: 'object', additionalProperties: number }),
    both('$.field.*'),
  ],
  [
    'an added field is of the type of the old map',
    object({}, [], { additionalProperties: string }),
    object({ b: string }, [], { additionalProperties: string }),
    kept,
  ],
  [
    'an added field is not of the type of the old map',
    object({}, [], { additionalProperties: string }),
    object({ b: number }, [], { additionalProperties: string }),
    { BACKWARD: ['$.b'], FORWARD: ['$.*'] },
  ],
  [
    'the values that no pattern of names covers retyped',
    field({ ...ownNames, additionalProperties: string }),
    field({ ...ownNames, additionalProperties: number }),
    both('$.field.*'),
  ],
  [
    'the names that no pattern covers forbidden',
    field({ ...ownNames, additionalProperties: true }),
    field({ ...ownNames, additionalProperties: false }),
    backward('$.field.other'),
  ],
  [
    'a field declared that only a pattern of names covered',
    field({ ...ownNames, additionalProperties: number }),
    field(object({ 'x-a': number })),
    { BACKWARD: ['$.field["x-a"]'], FORWARD: [at, '$.field.*'] },
  ],
  ['one decimal and nothing else', amount({ minimum: 0.5, maximum: 0.5 }), field({ const: 1 }), both(at)],
  [
    'numbers so large that all of them are whole',
    amount({ minimum: 2 ** 53 }),
    field({ ...integer, minimum: 2 ** 53 }),
    kept,
  ],
  [
    'integers up to a bound become the bound',
    field({ ...integer, maximum: 9 }),
    field({ const: 9 }),
    backward(at),
  ],
  [
    'positive integers become those below 2000',
    field({ ...integer, exclusiveMinimum: 0 }),
    field({ enum: counted(1999, 1, 1) }),
    backward(at),
  ],
  [
    'one of two ranges, and not both',
    amount({ oneOf: [{ minimum: 0 }, { maximum: 10 }] }),
    amount({ anyOf: [{ exclusiveMaximum: 0 }, { exclusiveMinimum: 10 }] }),
    kept,
  ],
  [
    'anyOf with the same bound twice',
    text({}),
    text({ anyOf: [{ maxLength: 3 }, { maxLength: 3, minLength: 1 }] }),
    backward(at),
  ],
  ['a bound beside a keyword that is unknown', text({}), text({ maxLenght: 5, maxLength: 3 }), backward(at)],
  ['an empty list becomes an empty object', field({ const: [] }), field({ const: {} }), both(at)],
  ['uniqueItems dropped', list({ uniqueItems: true }), list({ uniqueItems: false }), forward(at)],
  [
    'items retyped, as a list of one',
    list({ items: string }),
    list({ items: [number] }),
    { BACKWARD: ['$.field[0]'], FORWARD: ['$.field[*]'] },
  ],
  [
    'an item of a tuple that may be null',
    tuple([string]),
    tuple([{ type: ['string', 'null'] }]),
    forward('$.field[0]'),
  ],
  ['a tuple that gains an item', tuple([string]), tuple([string, number]), both(at)],
  ['a tuple in place of any list', list({}), list({ items: [string] }), backward('$.field[0]')],
  [
    'a schema for what follows a tuple',
    list({ items: [string] }),
    list({ items: [string], additionalItems: number }),
    backward(at),
  ],
  [
    'a tuple that must contain what an item always is',
    tuple([string]),
    list({ contains: string }),
    forward(at, '$.field[0]'),
  ],
  ['fewer fields demanded', map({ minProperties: 1 }), map({ minProperties: 0 }), forward(at)],
  [
    'any one field, where a certain one was demanded',
    one({ required: ['a'] }),
    one({ minProperties: 1 }),
    forward(`${at}.a`),
  ],
  ['more fields than there are', one({ required: [] }), one({ minProperties: 4 }), backward(at)],
  ['fewer fields allowed', map({ maxProperties: 3 }), map({ maxProperties: 2 }), backward(at)],
  ['dropped dependencies', one({ dependencies: { a: ['b'] } }), one({}), { FORWARD: [at] }],
  ['a reference to an $id, with a wider schema there', byId(5), byId(9), forward('$.value')],
  ['a recursive schema that gains an optional field', tree({}), tree({ note: string }), kept],
  [
    'maps of strings and numbers together become maps of one of them',
    field({ type: 'object', additionalProperties: { type: ['string', 'number'] } }),
    field({
      type: 'object',
      anyOf: [{ additionalProperties: string }, { additionalProperties: number }],
    }),
    backward(at),
  ],
  [
    'names shortened',
    field({ type: 'object' }),
    field({ type: 'object', propertyNames: { maxLength: 3 } }),
    backward(at),
  ],
  [
    'a field retyped that is never sent',
    object({ a: string }, [], { not: { required: ['a'] } }),
    object({ a: number }, [], { not: { required: ['a'] } }),
    kept,
  ],
  [
    'a field added to one that is only required',
    { type: 'object', required: ['a'] },
    object({ b: number }, ['a']),
    kept,
  ],
  [
    'a field that only a then declares retyped',
    object({ a: string }, [], {
      if: object({ a: { const: 'x' } }, ['a']),
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { properties: { b: string } },
    }),
    object({ a: string, b: number }),
    { BACKWARD: ['$.b'], FORWARD: ['$'] },
  ],
  [
    'a field that only a not declares',
    object({ a: string }, [], { not: object({ b: string }, ['b']) }),
    object({ a: string, b: string }),
    { BACKWARD: ['$.b'], FORWARD: ['$'] },
  ],
  [
    'a field retyped that only a dependency names',
    object({ a: string }, [], { dependencies: { a: ['b'] } }),
    object({ a: string, b: number }),
    { BACKWARD: ['$.b'], FORWARD: ['$'] },
  ],
  [
    'a field retyped that a pattern of names covers, beside a named one',
    field({ ...ownNames, properties: { a: string } }),
    field(object({ a: string, 'x-a': number })),
    { BACKWARD: ['$.field["x-a"]'], FORWARD: [at] },
  ],
  [
    'a definition with an odd name written out',
    { ...field({ $ref: '#/definitions/a~1b~0c%20d' }), definitions: { 'a/b~c d': string } },
    field(string),
    kept,
  ],
  [
    'a definition below a pattern of names written out',
    {
      ...field({ type: 'object', patternProperties: { '^x-': { $ref: '#/definitions/f' } } }),
      definitions: { f: string },
    },
    field(ownNames),
    kept,
  ],
  [
    'a definition in a list of items written out',
    { ...list({ items: [{ $ref: '#/definitions/f' }] }), definitions: { f: string } },
    list({ items: [string] }),
    kept,
  ],
  [
    'a list of items, and what may follow them, that stay',
    list({ items: [string], additionalItems: number }),
    list({ additionalItems: number, items: [string] }),
    kept,
  ],
  ['a field forbidden', field(string), field(false), backward(at)],
  ['a field that may be anything narrowed', field(true), field(string), backward(at)],
  [
    'a field of an untyped map declared',
    field({ type: 'object' }),
    field(field(string)),
    backward('$.field.field'),
  ],
  ['anyOf widened by a branch', field({ anyOf: [string] }), field({ anyOf: [string, number] }), forward(at)],
  [
    'anyOf in place of a type list',
    field({ type: ['string', 'number'] }),
    field({ anyOf: [string, number] }),
    kept,
  ],
  [
    'anyOf of ranges that touch',
    amount({ minimum: 0, maximum: 10 }),
    field({
      anyOf: [
        { ...number, minimum: 0, maximum: 5 },
        { ...number, minimum: 5, maximum: 10 },
      ],
    }),
    kept,
  ],
  [
    'oneOf of ranges that overlap',
    amount({ minimum: 0, maximum: 10 }),
    field({
      oneOf: [
        { ...number, minimum: 0, maximum: 5 },
        { ...number, minimum: 5, maximum: 10 },
      ],
    }),
    backward(at),
  ],
  [
    'allOf taken together',
    field({ allOf: [{ minimum: 1 }, { maximum: 3 }], type: 'number' }),
    amount({ minimum: 1, maximum: 3 }),
    kept,
  ],
  ['a pattern that nothing matches', text({ pattern: 'a^' }), field(false), kept],
  ['a lookbehind written out', text({ pattern: '(?<=x)b' }), text({ pattern: 'xb' }), kept],
  [
    'if and else',
    object({ a: { enum: [1, 2] }, b: string }),
    object({ a: { enum: [1, 2] }, b: string }, [], {
      if: object({ a: { const: 2 } }, ['a']),
      else: { required: ['b'] },
    }),
    backward('$'),
  ],
  [
    'oneOf that fits nothing else',
    field({ type: ['string', 'number'] }),
    field({ oneOf: [string, { type: 'boolean' }] }),
    both(at),
  ],
  [
    'one half of allOf broken, within anyOf',
    amount({ minimum: 1 }),
    amount({ anyOf: [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }] }),
    backward(at),
  ],
  [
    'a bound on the multiples of 4 and 6',
    amount({ minimum: 1, maximum: 12, allOf: [{ multipleOf: 4 }, { multipleOf: 6 }] }),
    amount({ minimum: 1, maximum: 11, allOf: [{ multipleOf: 4 }, { multipleOf: 6 }] }),
    backward(at),
  ],
  [
    'a definition with a bound beside it',
    { ...field({ $ref: '#/definitions/f', maxLength: 3 }), definitions: { f: string } },
    text({ maxLength: 3 }),
    kept,
  ],
  [
    'fields declared in parts of allOf and beside it',
    object({ c: string }, [], { allOf: [object({ a: string }), object({ b: string })] }),
    object({ a: string, b: number, c: string }),
    both('$.b'),
  ],
  [
    'fields declared in two parts of allOf',
    { type: 'object', allOf: [object({ a: string }), object({ b: string })] },
    object({ a: string, b: number }),
    both('$.b'),
  ],
  [
    'not of a const',
    field({ enum: ['a', 'b'] }),
    field({ enum: ['a', 'b'], not: { const: 'b' } }),
    backward(at),
  ],
  [
    'if and then',
    object({ a: { enum: [1, 2] }, b: string }),
    object({ a: { enum: [1, 2] }, b: string }, [], {
      if: object({ a: { const: 2 } }, ['a']),
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { required: ['b'] },
    }),
    backward('$'),
  ],
  [
    'a definition written out',
    { ...field({ $ref: '#/definitions/f' }), definitions: { f: string } },
    field(string),
    kept,
  ],
  [
    'a definition narrowed',
    { ...field({ $ref: '#/definitions/f' }), definitions: { f: string } },
    { ...field({ $ref: '#/definitions/f' }), definitions: { f: { enum: ['a'] } } },
    backward(at),
  ],
  ['a schema that nothing fits', field({ allOf: [string, number] }), field(false), kept],
  ['an event that nothing could write', object({ a: false }, ['a']), field(number), forward('$.a')],
  ['a name that is no identifier', object({}), object({ 'a b': string }, ['a b']), backward('$["a b"]')],
  [
    'two breaks at two places',
    object({ a: string, b: number }),
    object({ a: number, b: { ...number, minimum: 1 } }),
    { BACKWARD: ['$.a', '$.b'], FORWARD: ['$.a'] },
  ],
];

/** A union of variants that a constant tells apart, each with fields of its own. */
const union = (variants: number, fields: number, more: object = {}) => ({
  type: 'object',
  oneOf: counted(variants).map((variant) =>
    object(
      {
        kind: { const: `k${variant}` },
        ...Object.fromEntries(
          counted(fields).map((one) => [`f${variant}x${one}`, { ...string, maxLength: 9 + one }]),
        ),
        ...(variant === 0 ? more : {}),
      },
      ['kind', ...counted(fields).map((one) => `f${variant}x${one}`)],
    ),
  ),
});

describe('a tagged union', () => {
  test.each([
    [4, 1],
    [4, 8],
    [8, 8],
  ])('of %d variants with %d fields each may get an optional field', (variants, fields) => {
    const start = performance.now();
    const breaks = compareSchemas(union(variants, fields), union(variants, fields, { note: string }), 'FULL');
    expect(breaks).toEqual([]);
    // Far below the limit of time, on a busy machine too.
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  test('with a variant retyped breaks with an example of that variant', () => {
    const [before, after] = [union(4, 2, { note: string }), union(4, 2, { note: number })];
    const breaks = compareSchemas(before, after, 'FULL');
    expect(breaks.map(({ direction, keyword }) => [direction, keyword])).toEqual([
      ['BACKWARD', 'oneOf'],
      ['FORWARD', 'oneOf'],
    ]);
    for (const { example } of breaks) expect(example?.document).toMatchObject({ kind: 'k0' });
  });

  test('gets a variant that old readers refuse', () => {
    expect(compareSchemas(union(4, 1), union(5, 1), 'BACKWARD')).toEqual([]);
    expect(compareSchemas(union(4, 1), union(5, 1), 'FORWARD')).toMatchObject([
      { keyword: 'oneOf', example: { document: { kind: 'k4' } } },
    ]);
  });

  test('whose tag is not required is no tag', () => {
    const loose = (kind: string, inner: object) => ({
      type: 'object',
      properties: { kind: { const: kind }, a: inner },
    });
    const before = { type: 'object', oneOf: [loose('x', string), loose('y', number)] };
    // Both take an event without the tag.
    expect(compareSchemas({ type: 'object', properties: { a: string } }, before, 'BACKWARD')).not.toEqual([]);
  });
});

describe('a comparison of variants that nothing tells apart', () => {
  const untagged = (more: object = {}) => ({
    type: 'object',
    oneOf: counted(5).map((variant) =>
      object(
        {
          ...Object.fromEntries(counted(6).map((one) => [`f${variant}x${one}`, { ...string, maxLength: 9 }])),
          ...(variant === 0 ? more : {}),
        },
        counted(6).map((one) => `f${variant}x${one}`),
      ),
    ),
  });

  test('ends in time, undecided', () => {
    const start = performance.now();
    const [found] = compareSchemas(untagged(), untagged({ note: string }), 'BACKWARD', fastClock);
    expect(found).toEqual({ direction: 'BACKWARD', path: '$', keyword: 'oneOf' });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('asks the clock', () => {
    let asked = 0;
    const now = () => {
      asked += 1;
      return asked * 2_001;
    };
    expect(compareSchemas(untagged(), untagged({ note: string }), 'BACKWARD', now)).toHaveLength(1);
    // At the start, and once in each search that is under way: not at each of 200,000 steps.
    expect(asked).toBeLessThan(20);
  });
});

const ajv = createAjv({ strict: false, logger: false, ownProperties: true, messages: false });
const judge = (schema: object, document: unknown) =>
  ajv.compile(JSON.parse(JSON.stringify(schema)))(document);

describe('what a change breaks', () => {
  test.each(changes)('%s', (_, before, after, expected) => {
    const breaks = compareSchemas(before, after, 'FULL');
    const paths = (direction: string) =>
      breaks
        .filter((one) => one.direction === direction)
        .map(({ path }) => path)
        .sort();
    expect({ BACKWARD: paths('BACKWARD'), FORWARD: paths('FORWARD') }).toEqual({
      BACKWARD: [],
      FORWARD: [],
      ...expected,
    });

    for (const { direction, example } of breaks) {
      const [writer, reader] = direction === 'BACKWARD' ? [before, after] : [after, before];
      expect(example).toBeDefined();
      expect(judge(writer, example?.document)).toBe(true);
      expect(judge(reader, example?.document)).toBe(false);
    }
  });

  test('the break of a field that a closed object refuses names additionalProperties', () => {
    const [found] = compareSchemas(
      field({ type: 'object' }),
      field({ type: 'object', ...closed }),
      'BACKWARD',
    );
    expect(found).toMatchObject({ keyword: 'additionalProperties', path: '$.field.other' });
  });

  test('a field that a pattern of names covers is not closed as the additional ones are', () => {
    const before = field({
      type: 'object',
      patternProperties: { '^x-': { type: 'object' } },
      additionalProperties: object({ q: string }),
    });
    const [found] = compareSchemas(before, field(object({ 'x-a': field(number) })), 'BACKWARD').filter(
      ({ path }) => path === '$.field["x-a"].field',
    );
    expect(found?.example).toBeDefined();
  });

  test('only the declared mode counts', () => {
    const [narrow, wide] = [field({ enum: ['a'] }), field({ enum: ['a', 'b'] })];
    expect(compareSchemas(narrow, wide, 'BACKWARD')).toEqual([]);
    expect(compareSchemas(narrow, wide, 'FORWARD')).toHaveLength(1);
    expect(compareSchemas(wide, narrow, 'FORWARD')).toEqual([]);
    expect(compareSchemas(wide, narrow, 'BACKWARD')).toHaveLength(1);
  });
});

describe('what is undecided', () => {
  test.each<[name: string, before: object, after: object, keyword: string, path: string]>([
    ['a lookahead', text({ pattern: '^[a-z]+$' }), text({ pattern: '^(?!abc)[a-z]+$' }), 'pattern', at],
    [
      'propertyNames',
      field({ type: 'object', additionalProperties: true }),
      field({ type: 'object', propertyNames: { maxLength: 99 } }),
      'propertyNames',
      at,
    ],
    [
      'a recursive $ref',
      field({ type: ['object', 'string'] }),
      field({ $ref: '#' }),
      '$ref',
      '$.field.field',
    ],
    ['an unknown keyword', text({}), text({ maxLenght: 5 }), 'maxLenght', at],
    [
      'an unknown keyword of an integer',
      field(integer),
      field({ ...integer, maxLenght: 5 }),
      'maxLenght',
      at,
    ],
    [
      'a long enum of integers, of which there are more',
      field({ ...integer, minimum: 0 }),
      field({ enum: counted(2000) }),
      'type',
      at,
    ],
    [
      'an enum of odd numbers, of which there are more',
      field({ ...integer, minimum: 0 }),
      field({ anyOf: [{ multipleOf: 2 }, { enum: counted(1000, 2, 1) }] }),
      'multipleOf',
      at,
    ],
    [
      'an enum and a const of odd numbers, of which there are more',
      field({ ...integer, minimum: 0 }),
      field({ anyOf: [{ multipleOf: 2 }, { enum: counted(999, 2, 1) }, { const: 1999 }] }),
      'multipleOf',
      at,
    ],
    [
      'combinations of too many ways',
      text({
        allOf: counted(25).map((one) => ({ anyOf: [{ minLength: one + 1 }, { maxLength: one + 99 }] })),
      }),
      text({ minLength: 0 }),
      'allOf',
      at,
    ],
    [
      'a recursive $ref where a boolean was',
      field(field({ type: 'boolean' })),
      field({ $ref: '#' }),
      '$ref',
      '$.field.field',
    ],
    [
      'the values of a map by a backreference',
      field({ type: 'object', additionalProperties: { ...string, pattern: '^(a+)\\1$' } }),
      field({ type: 'object', additionalProperties: { ...string, maxLength: 99 } }),
      'pattern',
      '$.field.other',
    ],
    [
      'an item that may be of neither of two types',
      list({ maxItems: 1 }),
      list({ anyOf: [{ items: string }, { items: number }] }),
      'items',
      at,
    ],
    [
      'names that only a pattern allowed',
      field({ ...ownNames, additionalProperties: false }),
      field({ type: 'object', additionalProperties: false }),
      'patternProperties',
      at,
    ],
    [
      'multiples of a decimal, of which only the large ones are whole',
      field({ ...integer, minimum: 1, multipleOf: 2500.5 }),
      field({ ...integer, maximum: 0, multipleOf: 2500.5 }),
      'multipleOf',
      at,
    ],
    [
      'integers too large to tell apart from the next',
      field({ ...integer, minimum: 2 ** 53 }),
      field({ const: 2 ** 53 }),
      'type',
      at,
    ],
    [
      'names that a pattern covers, whichever they are',
      field({ type: 'object', additionalProperties: string }),
      field({ type: 'object', additionalProperties: false, patternProperties: { '': string } }),
      'patternProperties',
      at,
    ],
    [
      'a decimal that is a multiple of two',
      amount({ minimum: 0.1, maximum: 0.9, allOf: [{ multipleOf: 0.04 }, { multipleOf: 0.06 }] }),
      amount({ minimum: 0.1, maximum: 0.9, multipleOf: 0.12 }),
      'multipleOf',
      at,
    ],
  ])('%s counts as a break', (_, before, after, keyword, path) => {
    const [first] = compareSchemas(before, after, 'BACKWARD', fastClock).filter(({ example }) => !example);
    expect(first).toEqual({ direction: 'BACKWARD', keyword, path });
  });

  test.each(['(?!a)b', '^(?!abc)[a-z]+$', '^(a+)\\1$'])(
    'the pattern %s that stays is no break',
    (pattern) => {
      const before = object({ a: { ...string, pattern }, b: number });
      expect(
        compareSchemas(before, object({ a: { ...string, pattern }, b: number, c: number }), 'FULL'),
      ).toEqual([]);
    },
  );

  test('names that a pattern covers are not taken for additional ones', () => {
    const names = object({ 'x-a': string }, [], closed);
    const patterned = { ...ownNames, additionalProperties: false };
    // Both accept the same; only the pattern itself is undecided, at the object that it speaks of.
    expect(compareSchemas(field(names), field(patterned), 'BACKWARD')).toEqual([
      { direction: 'BACKWARD', path: at, keyword: 'patternProperties' },
    ]);
  });

  test.each([
    ['without named fields', {}],
    ['beside named fields', { a: number, b: string }],
  ])('patterns of names and what is additional to them that stay, %s, are no break', (_, named) => {
    const patterned = (fields: [string, unknown][]) => ({
      ...ownNames,
      ...(fields.length > 0 ? { properties: Object.fromEntries(fields) } : {}),
      additionalProperties: number,
    });
    const fields = Object.entries(named);
    const [before, after] = [patterned(fields), patterned(fields.toReversed())];
    expect(compareSchemas(field(before), field(after), 'FULL')).toEqual([]);
  });

  test.each(['contains', 'propertyNames', 'dependencies', 'patternProperties'])(
    '%s that stays is no break',
    (keyword) => {
      const schema = field({
        [keyword]: /^(contains|propertyNames)$/.test(keyword) ? string : { a: string },
      });
      expect(compareSchemas(schema, JSON.parse(JSON.stringify(schema)), 'FULL')).toEqual([]);
    },
  );

  test('a schema may have a keyword that every object has a member of', () => {
    const found = compareSchemas({ type: 'object' }, { type: 'object', constructor: 1 }, 'BACKWARD');
    expect(found).toEqual([{ direction: 'BACKWARD', path: '$', keyword: 'constructor' }]);
  });

  test('an array of itself is compared by what is known of it', () => {
    const tree = (more: object) => ({
      ...object({ children: { $ref: '#/definitions/tree' } }),
      definitions: { tree: { type: 'array', items: { $ref: '#/definitions/tree' }, ...more } },
    });
    expect(compareSchemas(tree({}), tree({ minItems: 1 }), 'BACKWARD')).toEqual([
      { direction: 'BACKWARD', path: '$.children[*]', keyword: '$ref' },
      {
        direction: 'BACKWARD',
        path: '$.children',
        keyword: 'minItems',
        example: { document: { children: [] } },
      },
    ]);
  });

  test('a recursive schema whose field changes is a break, shown by an example', () => {
    const breaks = compareSchemas(tree({ note: string }), tree({ note: number }), 'BACKWARD');
    expect(breaks).toContainEqual({
      direction: 'BACKWARD',
      path: '$.node.note',
      keyword: 'type',
      example: { document: { node: { note: expect.any(String) } } },
    });
  });

  test.each([
    ['not', (inner: object) => ({ not: inner })],
    ['oneOf', (inner: object) => ({ oneOf: [inner, string] })],
  ])('a recursive $ref inside %s is not taken for the same', (_, around) => {
    const nested = (more: object) => ({
      ...object({ next: around({ $ref: '#' }) }),
      properties: { next: around({ $ref: '#' }), ...more },
    });
    expect(compareSchemas(nested({}), nested({ note: string }), 'BACKWARD')).not.toEqual([]);
  });

  test('a recursive $ref in the fields of a map is a break, and no error', () => {
    const reader = {
      additionalProperties: { items: [true], additionalItems: object({ a: { $ref: '#' } }) },
      maxProperties: 0,
    };
    expect(compareSchemas({ type: 'object' }, reader, 'BACKWARD')).not.toEqual([]);
  });

  test.each([
    ['at the top', (tuple: object) => tuple],
    ['inside not', (tuple: object) => ({ not: { not: tuple } })],
  ])('an empty array has no item that a list of items accepts, %s', (_, around) => {
    const isValid = ajv.compile(around({ items: [false, true, string], contains: {} }));
    expect([[], [1], [1, 2]].map((each) => isValid(each))).toEqual([false, false, false]);
    expect(ajv.compile(around({ items: [true, false], contains: { const: 1 } }))([2])).toBe(false);
    expect(ajv.compile(around({ items: [true, false], contains: { const: 1 } }))([1])).toBe(true);
  });

  test('two recursive definitions that lead to each other are proven together', () => {
    const pair = (more: object) => ({
      ...object({ left: { $ref: '#/definitions/left' } }),
      definitions: {
        left: object({ right: { $ref: '#/definitions/right' } }),
        right: object({ left: { $ref: '#/definitions/left' }, ...more }),
      },
    });
    expect(compareSchemas(pair({}), pair({ note: string }), 'BACKWARD')).toEqual([]);
    expect(compareSchemas(pair({ note: string }), pair({ note: number }), 'BACKWARD')).not.toEqual([]);
  });

  test('a branch more of many is no break for those that read it', () => {
    const order = (kinds: number) => ({
      type: 'object',
      anyOf: counted(kinds).map((one) =>
        object({ kind: { const: `k${one}` }, [`f${one}`]: string }, ['kind', `f${one}`]),
      ),
    });
    expect(compareSchemas(order(40), order(41), 'BACKWARD')).toEqual([]);
  });

  test.each([
    ['in whatever field', { additionalProperties: { type: 'object', ...closed } }, '$.*.u'],
    ['beside another demand', { required: ['b'], ...closed }, '$.a'],
  ])('an additional field is named at its place, %s', (_, reader, path) => {
    const writer = object({ a: object({ u: string }) });
    const paths = compareSchemas(writer, { type: 'object', ...reader }, 'BACKWARD').map((one) => one.path);
    expect(paths).toContain(path);
  });
});
