import { expect, test } from '@jest/globals';
import {
  attributesSize,
  type MessageAttributes,
  md5,
  md5OfAttributes,
  stringAttribute,
} from './message-attributes.ts';

const binary = (text: string) => ({ DataType: 'Binary', BinaryValue: Buffer.from(text).toString('base64') });

// These are SQS's own answers, which the tests of other implementations (moto, YDB) recorded. The AWS SDK for Java
// checks this digest. The one for JavaScript only checks the digest of the body.
test.each<[string, MessageAttributes, string]>([
  [
    'two texts, in the order of their names',
    {
      test_attribute_name_2: stringAttribute('test_attribute_value_2'),
      test_attribute_name_1: stringAttribute('test_attribute_value_1'),
    },
    'd53f3b558fe951154770f25cb63dbba9',
  ],
  ['bytes', { test_attribute_name: binary('test_attribute_value') }, '23f6bd27ea87aab7dfeadcc9aebee495'],
  [
    'a number',
    { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    '235c5c510d26fb653d073faed50ae77c',
  ],
])('the digest of %s is the one that SQS gives', (_, attributes, digest) => {
  expect(md5OfAttributes(attributes)).toBe(digest);
});

test('bytes with a label are digested as bytes, with the label in their type', () => {
  const digested = '\0\0\0\u0001a\0\0\0\u000ABinary.gif\u0002\0\0\0\u0003\0\u0001\u0002';
  expect(md5OfAttributes({ a: { DataType: 'Binary.gif', BinaryValue: 'AAEC' } })).toBe(md5(digested));
});

test('the size of attributes is the bytes of their names, types and values', () => {
  expect(attributesSize({})).toBe(0);
  expect(attributesSize({ é: stringAttribute('€') })).toBe(2 + 'String'.length + 3);
  expect(attributesSize({ a: binary('12345'), b: stringAttribute('6') })).toBe(1 + 6 + 5 + 1 + 6 + 1);
});
