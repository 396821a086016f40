import type { JsonValue } from '../../src/index.ts';

/** A call, the input it is made on, and its value, or a part of what it fails with. */
export type IntrinsicCase = readonly [call: string, input: JsonValue, value: JsonValue | { fails: string }];

const fails = (part: string) => ({ fails: part });

export const intrinsicCases: Readonly<Record<string, readonly IntrinsicCase[]>> = {
  'States.Format': [
    ["States.Format('order {} of {}', $.id, $.n)", { id: 'a', n: 2 }, 'order a of 2'],
    ["States.Format('no place')", {}, 'no place'],
    ["States.Format('{}{}', null, true)", {}, 'nulltrue'],
    ["States.Format('{}', $)", { a: [1, { b: 'c' }] }, '{a=[1, {b=c}]}'],
    ["States.Format('\\{\\} {} \\' \\\\', 1)", {}, "{} 1 ' \\"],
    ['States.Format($.text, $.id)', { text: 'order {}', id: 1 }, 'order 1'],
    ["States.Format('{} {}', 1)", {}, fails('2 places for arguments, received 1')],
    ["States.Format('{}', 1, 2)", {}, fails('1 places for arguments, received 2')],
    ['States.Format($.text)', { text: 7 }, fails('has to be a string')],
    ["States.Format('{}', States.Format('{}', States.Array(1)))", {}, '[1]'],
  ],
  'States.StringToJson': [
    ['States.StringToJson($)', '{"a":[1,null]}', { a: [1, null] }],
    ['States.StringToJson(\'{"a": "b"}\')', {}, { a: 'b' }],
    ['States.StringToJson($)', '', null],
    ['States.StringToJson($)', ' ', null],
    ['States.StringToJson($)', '-0', 0],
    ['States.StringToJson($)', '{', fails("isn't JSON")],
    ['States.StringToJson($)', {}, fails('has to be a string')],
  ],
  'States.JsonToString': [
    ['States.JsonToString($)', { a: [1, null] }, '{"a":[1,null]}'],
    ['States.JsonToString($)', 'a', '"a"'],
    ['States.JsonToString(null)', {}, 'null'],
  ],
  'States.Array': [
    ['States.Array()', {}, []],
    [
      "States.Array($.a, 'b', 1.5, -2e3, true, null, $$.State.Name)",
      { a: [] },
      [[], 'b', 1.5, -2000, true, null, 'First'],
    ],
  ],
  'States.ArrayPartition': [
    ['States.ArrayPartition($, 2)', [1, 2, 3], [[1, 2], [3]]],
    ['States.ArrayPartition($, 2)', [], []],
    ['States.ArrayPartition($, 1.6)', [1, 2, 3], [[1, 2], [3]]],
    ['States.ArrayPartition($, 0)', [1], fails('above 0')],
    ['States.ArrayPartition($, 1)', 'abc', fails('has to be an array')],
  ],
  'States.ArrayContains': [
    ['States.ArrayContains($, 2)', [1, 2], true],
    ["States.ArrayContains($, '2')", [1, 2], false],
    ['States.ArrayContains($.list, $.one)', { list: [{ a: 1, b: 2 }], one: { b: 2, a: 1 } }, true],
    ['States.ArrayContains($, null)', [], false],
  ],
  'States.ArrayRange': [
    ['States.ArrayRange(1, 9, 2)', {}, [1, 3, 5, 7, 9]],
    ['States.ArrayRange(1, 9, 9)', {}, [1]],
    ['States.ArrayRange(5, 1, -2)', {}, [5, 3, 1]],
    ['States.ArrayRange(5, 1, 2)', {}, []],
    ['States.ArrayRange(1, 5, 0)', {}, fails('differ from 0')],
    ['States.ArrayRange(0, 1000, 1)', {}, fails('up to 1000 items, received 1001')],
  ],
  'States.ArrayGetItem': [
    ['States.ArrayGetItem($, 1)', ['a', 'b'], 'b'],
    ['States.ArrayGetItem($, 0)', [null], null],
    ['States.ArrayGetItem($, 2)', ['a', 'b'], fails('out of bounds')],
    ['States.ArrayGetItem($, -1)', ['a', 'b'], fails('out of bounds')],
  ],
  'States.ArrayLength': [
    ['States.ArrayLength($)', [1, [2, 3]], 2],
    ['States.ArrayLength($)', [], 0],
    ['States.ArrayLength($)', 'abc', fails('has to be an array')],
  ],
  'States.ArrayUnique': [
    ['States.ArrayUnique($)', [1, '1', 1, { a: 1 }, { a: 1 }, null, null], [1, '1', { a: 1 }, null]],
    ['States.ArrayUnique($)', [], []],
  ],
  'States.Base64Encode': [
    ['States.Base64Encode($)', 'päck', 'cMOkY2s='],
    ["States.Base64Encode('')", {}, ''],
    ['States.Base64Encode($)', 'x'.repeat(10_001), fails('up to 10000 characters, received 10001')],
  ],
  'States.Base64Decode': [
    ['States.Base64Decode($)', 'cMOkY2s=', 'päck'],
    ["States.Base64Decode('')", {}, ''],
    ['States.Base64Decode($)', 'p!', fails("isn't Base64")],
  ],
  'States.Hash': [
    ["States.Hash('a', 'MD5')", {}, '0cc175b9c0f1b6a831c399e269772661'],
    ["States.Hash('a', 'SHA-1')", {}, '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ["States.Hash('a', 'SHA-256')", {}, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    [
      "States.Hash('', 'SHA-384')",
      {},
      '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
    ],
    ["States.Hash('a', 'SHA-2')", {}, fails('one of MD5, SHA-1, SHA-256, SHA-384, SHA-512, received SHA-2')],
  ],
  'States.JsonMerge': [
    [
      'States.JsonMerge($.a, $.b, false)',
      { a: { x: { y: 1 }, z: 1 }, b: { x: { w: 2 } } },
      { x: { w: 2 }, z: 1 },
    ],
    ['States.JsonMerge($.a, $.b, true)', { a: {}, b: {} }, fails('has to be false')],
    ['States.JsonMerge($.a, $.b, false)', { a: [], b: {} }, fails('has to be an object')],
  ],
  'States.MathAdd': [
    ['States.MathAdd(1.49, 1.5)', {}, 3],
    ['States.MathAdd(-1.5, 0)', {}, -1],
    ['States.MathAdd(-0.5, 0)', {}, 0],
    ['States.MathAdd($.a, -1)', { a: 111 }, 110],
    ['States.MathAdd($.a, 1)', { a: '1' }, fails('has to be a number')],
  ],
  'States.MathRandom': [
    ['States.MathRandom(10, 20)', {}, 15],
    ['States.MathRandom(1, 1000, 7)', {}, 822],
    ['States.MathRandom(5, 5)', {}, fails('below the end')],
  ],
  'States.StringSplit': [
    ["States.StringSplit($, ',')", 'a,b,,c,', ['a', 'b', 'c']],
    ["States.StringSplit($, '.+,=')", 'a.b+c,d=e', ['a', 'b', 'c', 'd', 'e']],
    ["States.StringSplit($, ',')", ',,', []],
    ["States.StringSplit($, '')", 'abc', ['abc']],
    ["States.StringSplit($, ',')", 1, fails('has to be a string')],
  ],
  'States.UUID': [['States.UUID()', {}, '00000000-0000-4000-8000-000000000001']],
};
