import { describe, expect, test } from '@jest/globals';
import { MalformedAnswerError, toResponse } from './response.ts';

const readable = (result: unknown) => {
  const { status, headers, body } = toResponse(result);
  return { status, headers, body: body.toString() };
};
const text = { 'content-type': 'text/plain;charset=UTF-8' };
const json = { 'content-type': 'application/json' };

describe('an answer without a statusCode is the body of a 200', () => {
  test.each<[string, unknown, string]>([
    ['an object', { a: 1 }, '{"a":1}'],
    ['a list', [1], '[1]'],
    ['a text', 'hello', 'hello'],
    ['a number', 7, '7'],
    ['nothing', undefined, 'null'],
    ['an object whose statusCode is null', { statusCode: null }, '{"statusCode":null}'],
  ])('%s', (_, result, body) => {
    expect(readable(result)).toEqual({ status: 200, headers: json, body });
  });
});

describe('a response', () => {
  test.each<[string, object, object]>([
    [
      'has the status, headers, cookies and body of the answer',
      { statusCode: 201, headers: { 'Content-Type': 'a/b' }, cookies: ['a=1', 'b=2'], body: 'é' },
      { status: 201, headers: { 'content-type': 'a/b', 'set-cookie': ['a=1', 'b=2'] }, body: 'é' },
    ],
    [
      'is decoded from base64',
      { statusCode: 200, body: 'YWI=', isBase64Encoded: true },
      { status: 200, headers: text, body: 'ab' },
    ],
    [
      'is not decoded without the flag',
      { statusCode: 200, body: 'YWI=' },
      { status: 200, headers: text, body: 'YWI=' },
    ],
    ['can be a status alone', { statusCode: 204 }, { status: 204, headers: {}, body: '' }],
    ['takes a status in text', { statusCode: '404' }, { status: 404, headers: {}, body: '' }],
    [
      'has null for nothing',
      { statusCode: 200, headers: null, cookies: null, body: null },
      { status: 200, headers: {}, body: '' },
    ],
    [
      'has numbers and booleans as text',
      { statusCode: 200, headers: { 'X-N': 1, 'X-B': true, 'X-Null': null }, cookies: [1], body: 7 },
      { status: 200, headers: { ...text, 'x-n': '1', 'x-b': 'true', 'set-cookie': ['1'] }, body: '7' },
    ],
    [
      'has a length and a connection of its own, whatever the function says of them',
      {
        statusCode: 200,
        headers: { 'Content-Length': '99', 'Transfer-Encoding': 'chunked', Connection: 'close' },
        body: 'x',
      },
      { status: 200, headers: text, body: 'x' },
    ],
  ])('%s', (_, result, response) => {
    expect(readable(result)).toEqual(response);
  });

  test.each<[string, object, string]>([
    ['an object as its body', { statusCode: 200, body: { a: 1 } }, 'the body {"a":1}'],
    ['a list as its body', { statusCode: 200, body: [] }, 'the body []'],
    ['a status below 200', { statusCode: 100 }, 'the statusCode 100'],
    ['a status above 599', { statusCode: 600 }, 'the statusCode 600'],
    ['half a status', { statusCode: 200.5 }, 'the statusCode 200.5'],
    ['no number as its status', { statusCode: 'ok' }, 'the statusCode "ok"'],
    ['a status that is true', { statusCode: true }, 'the statusCode true'],
    ['cookies in a text', { statusCode: 200, cookies: 'a=1' }, 'the cookies "a=1"'],
    ['a list of headers', { statusCode: 200, headers: [] }, 'the headers []'],
    ['an object in a header', { statusCode: 200, headers: { a: {} } }, 'the header a {}'],
    ['a line break in a header', { statusCode: 200, headers: { a: 'x\ny: z' } }, 'the header a "x\\ny: z"'],
    ['a header name that HTTP refuses', { statusCode: 200, headers: { 'a b': 'x' } }, 'the header a b "x"'],
    ['a line break in a cookie', { statusCode: 200, cookies: ['a\nb'] }, 'the header set-cookie "a\\nb"'],
  ])('with %s is refused, with what is allowed', (_, result, what) => {
    expect(() => toResponse(result)).toThrow(MalformedAnswerError);
    expect(() => toResponse(result)).toThrow(`The function answered ${what}; API Gateway takes `);
  });
});
