import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../src/index.ts';
import { compile, decide, field } from './cases.ts';

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
    expect(compile(pattern)(event)).toBe(false);
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
    expect(compile('{"a": ["x"]}')({ a: nestedArrays })).toBe(true);
    expect(compile('{"a": ["x"]}')(nestedObjects)).toBe(false);
  });

  test('a pattern as deep as its length allows is compiled', () => {
    const nest = (depth: number, leaf: string) => '{"a":'.repeat(depth) + leaf + '}'.repeat(depth);
    expect(compile(nest(670, '["x"]'))(JSON.parse(nest(670, '"x"')))).toBe(true);
    expect(() => compile(`{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`)).toThrow(/at \$\.a\[0\]:/);
  });

  test('a compiled pattern keeps nothing of the events before', () => {
    const matches = compile('{"a": [{"equals-ignore-case": "x"}], "b": [{"exists": false}]}');
    expect([{ a: 'X' }, { a: 'x', b: 1 }, { a: 'X' }, {}, { a: 'x' }].map(matches)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
