import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateIntrinsic } from '../src/intrinsics/evaluate-intrinsic.ts';
import { parseIntrinsic } from '../src/intrinsics/parse-intrinsic.ts';
import { type JsonValue, sameJson } from '../src/json.ts';
import { evaluatePath } from '../src/json-path/evaluate-path.ts';
import { SyntaxProblem } from '../src/json-path/text-reader.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
/** As it is written: the number -0 of JavaScript is 0 in a text. */
const written = json.map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const chance = { random: () => 0.5, uuid: () => 'id' };
const evaluate = (call: string, input: JsonValue = {}) =>
  evaluateIntrinsic(parseIntrinsic(call), (path) => evaluatePath(path, () => input), chance);
const array = fc.array(json, { maxLength: 12 });
const escaped = (text: string) => text.replace(/[\\'{}]/g, '\\$&');

test('an escaped text is that text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '{', '}', "'", '\\', ',', ')', '$', '\n') }),
      (text) => {
        expect(evaluate(`States.Format('${escaped(text)}')`)).toBe(text);
        expect(evaluate(`States.Array('${escaped(text)}')`)).toEqual([text]);
      },
    ),
  );
});

test('the parts of a partition have the size, and are the array', () => {
  fc.assert(
    fc.property(array, fc.integer({ min: 1, max: 5 }), (list, size) => {
      const parts = evaluate(`States.ArrayPartition($, ${size})`, list) as JsonValue[][];
      expect(parts.flat(1)).toEqual(list);
      expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
      expect(parts.every((part) => part.length > 0)).toBe(true);
    }),
  );
});

test('a unique array has each item once, in the order of their first', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<JsonValue>(1, '1', null, [1], { a: 1 }, { a: 2 })), (list) => {
      const unique = evaluate('States.ArrayUnique($)', list) as JsonValue[];
      for (const item of list) expect(unique.filter((other) => sameJson(other, item))).toHaveLength(1);
      expect(unique).toEqual(
        list.filter((item, at) => !list.slice(0, at).some((other) => sameJson(other, item))),
      );
    }),
  );
});

test('an array contains an item exactly when getting items finds it', () => {
  fc.assert(
    fc.property(array, json, (list, item) => {
      const found = list.some((_, at) => sameJson(evaluate(`States.ArrayGetItem($, ${at})`, list), item));
      expect(evaluate('States.ArrayContains($.list, $.item)', { list, item })).toBe(found);
    }),
  );
});

test('JSON goes into a text and back; so do bytes in Base64', () => {
  fc.assert(
    fc.property(written, fc.string({ unit: 'grapheme' }), (value, text) => {
      expect(evaluate('States.StringToJson(States.JsonToString($))', value)).toEqual(value);
      expect(evaluate('States.Base64Decode(States.Base64Encode($))', text)).toBe(text);
    }),
  );
});

test('a split text has no delimiter and no empty part, and keeps everything else', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', ' ') });
  fc.assert(
    fc.property(text, (value) => {
      const parts = evaluate("States.StringSplit($, ',;')", value) as string[];
      expect(parts.join('')).toBe(value.replace(/[,;]/g, ''));
      expect(parts.every((part) => /^[^,;]+$/.test(part))).toBe(true);
    }),
  );
});

test('a sum is that of its rounded parts; a random number stays between its bounds', () => {
  const number = fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 4);
  fc.assert(
    fc.property(number, number, fc.integer(), (a, b, seed) => {
      expect(evaluate('States.MathAdd($.a, $.b)', { a, b })).toBe(Math.round(a) + Math.round(b) + 0);
      const [low, high] = [Math.round(Math.min(a, b)), Math.round(Math.max(a, b)) + 1];
      const random = evaluate('States.MathRandom($.low, $.high, $.seed)', { low, high, seed }) as number;
      expect(random).toBeGreaterThanOrEqual(low);
      expect(random).toBeLessThan(high);
      expect(evaluate('States.MathRandom($.low, $.high, $.seed)', { low, high, seed })).toBe(random);
    }),
  );
});

test('calls nest ten deep and no deeper', () => {
  const nested = (depth: number): string => (depth === 0 ? '1' : `States.Array(${nested(depth - 1)})`);
  expect(evaluate(nested(11))).toBeDefined();
  expect(() => parseIntrinsic(nested(12))).toThrow('nest deeper than 10');
});

test.each([
  'States.Nothing()',
  'States.Array(1',
  'States.Array(1,)',
  'States.Array(,1)',
  'States.Array("a")',
  "States.Array('a)",
  'States.Array() x',
  'States.MathAdd(1)',
  'States.UUID(1)',
  "States.Format('\\n')",
  'States.Array(01)',
  'States.Array($.)',
])('%s is not a call', (text) => {
  expect(() => parseIntrinsic(text)).toThrow(SyntaxProblem);
});
