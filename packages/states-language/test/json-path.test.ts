import { expect, test } from '@jest/globals';
import type { JsonValue } from '../src/index.ts';
import { evaluatePath, MissingPathError } from '../src/json-path/evaluate-path.ts';
import { parsePath } from '../src/json-path/parse-path.ts';
import { isReferencePath, putAt } from '../src/json-path/reference-path.ts';
import { SyntaxProblem } from '../src/json-path/text-reader.ts';

const read = (path: string, value: JsonValue) => evaluatePath(parsePath(path), () => value);

const orders = {
  list: [
    { id: 'a', n: 1, tags: ['x'], to: { city: 'Oslo' } },
    { id: 'b', n: 5, tags: [] },
    { id: 'c', n: 9, to: { city: 'Bonn' }, done: null },
  ],
  'with space': 1,
  "it's": 2,
  'dotted.name': 3,
  length: 4,
};

test.each<[string, JsonValue]>([
  ['$', orders],
  ['$.length', 4],
  ["$['with space']", 1],
  ["$['it\\'s']", 2],
  ['$["dotted.name"]', 3],
  ["$['list'][0]['to'].city", 'Oslo'],
  ['$.list[-1].id', 'c'],
  ['$.list.[0].id', 'a'],
  ['$.list[ 1 ].n', 5],
  ['$.list[*].id', ['a', 'b', 'c']],
  ['$.list.*.n', [1, 5, 9]],
  ['$.list[0,2].id', ['a', 'c']],
  ["$.list[0]['id','n']", ['a', 1]],
  ['$.list[1:].id', ['b', 'c']],
  ['$.list[:1].id', ['a']],
  ['$.list[-2:].id', ['b', 'c']],
  ['$.list[0:9].id', ['a', 'b', 'c']],
  ['$..city', ['Oslo', 'Bonn']],
  ['$..[0].id', ['a']],
  ['$.list[*].to.city', ['Oslo', 'Bonn']],
  ['$.list[?(@.n > 1)].id', ['b', 'c']],
  ['$.list.[?(@.n > 0)].id', ['a', 'b', 'c']],
  ['$.list[?(@.n >= 5 && @.n < 9)].id', ['b']],
  ["$.list[?(@.id == 'a' || @.id == 'c')].id", ['a', 'c']],
  ['$.list[?(@.to)].id', ['a', 'c']],
  ['$.list[?(!@.to)].id', ['b']],
  ['$.list[?(!(@.n == 1))].id', ['b', 'c']],
  ["$.list[?(@.to.city == 'Bonn')].id", ['c']],
  ['$.list[?(@.done == null)].id', ['c']],
  ["$.list[?(@['n'] != 5)].id", ['a', 'c']],
  ["$.list[?('b' == @.id)].id", ['b']],
  ['$.list[?(@.tags == [])].id', ['b']],
  ['$.list[?(@.tags[0])].id', ['a']],
  ["$.list[?(@.n < '2')].id", []],
  ['$.list[?(@.n == 99)]', []],
  ['$.nothing[*]', []],
  ['$.nothing[1:].id', []],
  ['$.nothing..id', []],
  ['$.list[0].tags[?(@.a)]', []],
])('%s', (path, expected) => {
  expect(read(path, orders)).toEqual(expected);
});

test('a filter sees objects only', () => {
  expect(read('$[?(@ > 1)]', [1, 2, 3])).toEqual([]);
});

test('a name that every object inherits is a name like any other', () => {
  expect(() => read('$.constructor', {})).toThrow(MissingPathError);
  const document = JSON.parse('{"__proto__": {"a": 1}}') as JsonValue;
  expect(read('$.__proto__.a', document)).toBe(1);
});

test.each([
  ['$.a', {}, "No results for path: $['a']"],
  ['$.a.b', {}, "Missing property in path $['a']"],
  ['$.a[3]', { a: [1] }, "Index out of bounds when evaluating path $['a'][3]"],
  ['$.a.b', { a: 1 }, "No results for path: $['a']['b']"],
  ['$.list.length()', { list: [] }, "No results for path: $['list']['length()']"],
])('%s on %j leads nowhere', (path, value, message) => {
  expect(() => read(path, value)).toThrow(new MissingPathError(message));
});

test.each([
  '',
  'a',
  '$.',
  '$..',
  '$.a.',
  '$a.',
  '$[',
  '$[]',
  "$['a",
  '$.a b',
  '$[1:2:3]',
  '$[?(@.a]',
  '$[?(@.a ==)]',
  '$[?()]',
])('%s is not a path', (path) => {
  expect(() => parsePath(path)).toThrow(SyntaxProblem);
});

test.each(['$[?(@.a =~ /x/)]', '$[?(@.a in [1])]', '$[?(@.a == $.b)]', '$[?(@.a == bare)]'])(
  '%s is said to be not known here, not to be invalid',
  (path) => {
    expect(() => parsePath(path)).toThrow("isn't known here");
  },
);

test('a filter that nests without end is refused at once', () => {
  expect(() => parsePath(`$[?(${'('.repeat(20_000)}`)).toThrow('nests deeper than 100');
  expect(() => parsePath(`$[?(@.a == ${'['.repeat(20_000)}`)).toThrow('nests deeper than 100');
});

test('paths begin at the input, the context object, or a variable', () => {
  expect(parsePath('$$.State.Name').root).toEqual({ kind: 'context' });
  expect(parsePath('$order.id')).toMatchObject({ root: { kind: 'variable', name: 'order' }, definite: true });
  expect(parsePath('$größe').root).toEqual({ kind: 'variable', name: 'größe' });
});

test.each([
  ['$.a.b', true],
  ["$['a'][0]", true],
  ['$', true],
  ['$.a[*]', false],
  ['$.a[-1]', false],
  ['$$.a', false],
  ['$a', false],
  ['$..a', false],
])('%s may be written to: %s', (path, expected) => {
  expect(isReferencePath(parsePath(path))).toBe(expected);
});

test.each<[JsonValue, string, JsonValue | undefined]>([
  [{}, '$.a.b', { a: { b: 1 } }],
  [{ a: { c: 2 } }, '$.a.b', { a: { c: 2, b: 1 } }],
  [{ a: [0, 0] }, '$.a[1]', { a: [0, 1] }],
  [{ a: [0] }, '$.a[1]', undefined],
  [{ a: 'text' }, '$.a.b', undefined],
  [[1], '$.a', undefined],
  [null, '$.a', { a: 1 }],
  [{ a: null }, '$.a.b', { a: { b: 1 } }],
  [{ a: 5 }, '$', 1],
])('putting 1 into %j at %s', (document, path, expected) => {
  expect(putAt(document, parsePath(path), 1)).toEqual(expected);
});
