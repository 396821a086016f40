import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '../../json.ts';
import { readMessageAttributes } from './read-message-attributes.ts';

const text = { DataType: 'String', StringValue: 'x' };
const binary = { DataType: 'Binary', BinaryValue: 'AAEC' };

test.each<[string, JsonValue]>([
  ['order.id_1-a', text],
  // Not in SQS's guide, but what SQS took.
  ['attr.1øßä', text],
  ['a'.repeat(256), text],
  ['label', { DataType: 'String.order-id', StringValue: 'x' }],
  ['tab', { DataType: 'String', StringValue: '\t' }],
  ['number', { DataType: 'Number', StringValue: '-1.5e10' }],
  ['number', { DataType: 'Number.int', StringValue: '1493147359900' }],
  ['bytes', binary],
])('SQS takes the attribute %s as %j', (name, attribute) => {
  expect(readMessageAttributes({ [name]: attribute })).toEqual({ [name]: attribute });
});

describe('SQS refuses an attribute', () => {
  const refusal = (name: string, attribute: JsonValue) => {
    try {
      readMessageAttributes({ [name]: attribute });
    } catch (error) {
      if (error instanceof Error) return { name: error.name, message: error.message };
    }
    return undefined;
  };
  const name = 'com.amazon.coral.service#InvalidParameterValueException';

  test.each([
    ['aWs.a', 'beginning with'],
    ['AMAZON.a', 'beginning with'],
    ['.a', 'start or end'],
    ['a.', 'start or end'],
    ['a..b', 'follow another'],
    ['', 'can only contain'],
    ['a!b', 'can only contain'],
    ['a"b', 'can only contain'],
    ['a§b', 'can only contain'],
    ['a b', 'can only contain'],
    ['L'.repeat(257), 'one of 257 characters'],
  ])('with the name %j', (attribute, message) => {
    expect(refusal(attribute, text)).toEqual({ name, message: expect.stringContaining(message) });
  });

  const empty = "Message (user) attribute 'a' must contain a non-empty value of type 'String'.";
  test.each<[string, JsonValue, string]>([
    ['without a type', { StringValue: 'x' }, 'supported type prefixes'],
    ['of an unknown type', { ...text, DataType: 'Strings' }, 'Received "Strings"'],
    ['of a type with an empty label', { ...text, DataType: 'String.' }, 'supported type prefixes'],
    [
      'of a type that is too long',
      { ...text, DataType: `Number.${'L'.repeat(256)}` },
      'supported type prefixes',
    ],
    ['without a value', { DataType: 'String' }, empty],
    ['that is empty', { ...text, StringValue: '' }, empty],
    ['of empty bytes', { ...binary, BinaryValue: '' }, "non-empty value of type 'Binary'"],
    [
      'with a value of another type',
      { DataType: 'Binary', StringValue: 'x' },
      "non-empty value of type 'Binary'",
    ],
    ['with values of two types', { ...text, BinaryValue: 'AAEC' }, empty],
    ['with a list of values', { ...text, StringListValues: ['x'] }, empty],
    ['that is null', null, 'supported type prefixes'],
    ['with a character that XML lacks', { ...text, StringValue: 'a\b' }, 'U+0008'],
    ['that says it is a number', { DataType: 'Number', StringValue: 'ten' }, "Can't cast the value"],
  ])('%s', (_, attribute, message) => {
    expect(refusal('a', attribute)).toEqual({ name, message: expect.stringContaining(message) });
  });

  test('beyond the tenth', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, text]));
    expect(Object.keys(readMessageAttributes(many(10)))).toHaveLength(10);
    expect(() => readMessageAttributes(many(11))).toThrow('[11] exceeds the allowed maximum [10]');
  });
});
