import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../json.ts';
import { resolveReferences } from './references.ts';
import { UnsupportedError } from './unsupported-error.ts';

const values: Record<string, JsonValue> = {
  'var.name': 'orders',
  'var.count': 3,
  'var.on': true,
  'aws_sns_topic.my-topic_1.arn': 'arn:aws:sns:x',
  'data.aws_partition.p.partition': 'aws',
  'aws_lb.l.list': ['a', 'b'],
  'aws_lb.l.nothing': null,
};
const resolve = (value: JsonValue) =>
  resolveReferences(value, (reference) => values[reference] ?? null, 'aws_x.y');

describe('a reference', () => {
  test.each<[string, JsonValue, JsonValue]>([
    ['is replaced by its value', '${var.name}', 'orders'],
    ['that is the whole string keeps the type of a number', '${var.count}', 3],
    ['that is the whole string keeps the type of a list', '${aws_lb.l.list}', ['a', 'b']],
    ['that is the whole string keeps null', '${aws_lb.l.nothing}', null],
    ['may have spaces around it', '${ var.count }', 3],
    ['may have an id with a hyphen', '${aws_sns_topic.my-topic_1.arn}', 'arn:aws:sns:x'],
    ['to a data source has four parts', 'arn:${data.aws_partition.p.partition}:s', 'arn:aws:s'],
    ['is in text', 'a ${var.name} b', 'a orders b'],
    ['is beside another', '${var.name}${var.name}', 'ordersorders'],
    ['that is a number or a boolean becomes text inside of text', '${var.count}/${var.on}', '3/true'],
    ['is in JSON text', '{"a":{"b":"${var.name}"},"c":[1]}', '{"a":{"b":"orders"},"c":[1]}'],
    ['is deep inside of lists and objects', { a: [{ b: '${var.count}' }] }, { a: [{ b: 3 }] }],
    ['is escaped by a second dollar', '$${var.name}', '${var.name}'],
    ['is escaped beside one that is not', '$${var.name} ${var.name}', '${var.name} orders'],
    ['has a directive beside it that is escaped', '%%{if} ${var.name}', '%{if} orders'],
  ])('%s', (_, given, expected) => {
    expect(resolve(given)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['an index', '${aws_lb.l.list[0]}'],
    ['a splat', '${aws_lb.l.*.arn}'],
    ['a function call', 'x ${jsonencode(var.name)}'],
    ['a conditional', '${var.on ? 1 : 2}'],
    ['a sum', '${var.count + 1}'],
    ['a single name', '${name}'],
    ['a literal', '${"x"}'],
    ['nothing', '${}'],
    ['an object', '${merge({a = 1}, var.name)}'],
    ['a directive', '%{if var.on}x%{endif}'],
    ['a directive after text', 'x %{for a in b}'],
    ['a reference that is not closed', 'x ${var.name'],
    ['a list inside of text', 'x ${aws_lb.l.list}'],
    ['null inside of text', 'x ${aws_lb.l.nothing}'],
  ])('cannot be %s, which is refused with its place', (_, given) => {
    const refused = () => resolve({ deep: [given] });
    expect(refused).toThrow(UnsupportedError);
    expect(refused).toThrow(/^aws_x\.y\.deep\[0\]: /);
  });
});

test.each<[JsonValue]>([[null], [true], [0], [''], [[]], [{}]])('%j stays what it is', (value) => {
  expect(resolve(value)).toEqual(value);
});

test('text without references comes back unchanged', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('$', '%', '{', '}', '$$', '%%', '"', '\\', '\n', '$&'));
  const text = fc
    .array(piece)
    .map((pieces) => pieces.join(''))
    .filter((joined) => !/[$%]\{/.test(joined));
  fc.assert(fc.property(text, (given) => expect(resolve(given)).toBe(given)));
});

test('a value with the characters of a replacement pattern is put in as it is', () => {
  const lookup = () => "$& $1 $' $$";
  expect(resolveReferences('<${var.x}>', lookup, 'aws_x.y')).toBe("<$& $1 $' $$>");
});

test('escaped text is the text it was escaped from', () => {
  const plainText = fc.string().map((text) => text.replace(/[$%]/g, ''));
  fc.assert(
    fc.property(plainText, (text) =>
      expect(resolve(`$\${${text}} %%{${text}}`)).toBe(`\${${text}} %{${text}}`),
    ),
  );
});
