import { describe, expect, test } from '@jest/globals';
import { AwsError } from './aws-error.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { type Parameter, parameterErrors, readParameters } from './operation.ts';

const errors = parameterErrors('ValidationException');
/** What an operation with the one parameter P gets. */
const read = (parameter: Parameter, received: JsonObject) =>
  readParameters(received, { P: parameter }, errors);

describe('a parameter', () => {
  test.each<[string, Parameter, JsonValue]>([
    ['text', { type: 'text' }, 'a'],
    ['empty text', { type: 'text' }, ''],
    ['text of a choice', { type: 'text', oneOf: ['a', 'b'] }, 'b'],
    ['texts', { type: 'texts' }, ['a', '']],
    ['no texts', { type: 'texts' }, []],
    ['a whole number', { type: 'integer' }, -3],
    ['the smallest number', { type: 'integer', min: 1, max: 10 }, 1],
    ['the largest number', { type: 'integer', min: 1, max: 10 }, 10],
    ['a time', { type: 'time' }, 1_764_763_200.5],
    ['a boolean', { type: 'boolean' }, false],
    ['an object', { type: 'object' }, {}],
    ['a list', { type: 'list' }, [1, 'a', null]],
    ['anything', { type: 'any' }, 0],
  ])('may be %s', (_, parameter, value) => {
    expect(read(parameter, { P: value })).toEqual({ P: value });
  });

  test.each<[string, Parameter, JsonValue, string]>([
    ['a number for text', { type: 'text' }, 1, 'allowed is text'],
    ['text outside of its choice', { type: 'text', oneOf: ['a', 'b'] }, 'c', 'allowed is a, b'],
    ['text for texts', { type: 'texts' }, 'a', 'allowed is a list of texts'],
    ['texts with a number', { type: 'texts' }, ['a', 1], 'allowed is a list of texts'],
    ['texts outside of their choice', { type: 'texts', oneOf: ['a'] }, ['b'], 'allowed is a list of a'],
    ['half a number', { type: 'integer' }, 1.5, 'allowed is a whole number'],
    ['a number as text', { type: 'integer' }, '1', 'allowed is a whole number'],
    [
      'a smaller number',
      { type: 'integer', min: 1, max: 10 },
      0,
      'allowed is a whole number between 1 and 10',
    ],
    [
      'a larger number',
      { type: 'integer', min: 1, max: 10 },
      11,
      'allowed is a whole number between 1 and 10',
    ],
    ['a negative number', { type: 'integer', min: 0 }, -1, 'allowed is a whole number from 0'],
    ['text for a time', { type: 'time' }, '2026', 'allowed is a number of seconds since 1970'],
    ['a time that no date can have', { type: 'time' }, 1e13, 'allowed is a number of seconds since 1970'],
    ['a number for a boolean', { type: 'boolean' }, 1, 'allowed is true or false'],
    ['a list for an object', { type: 'object' }, [], 'allowed is an object'],
    ['an object for a list', { type: 'list' }, {}, 'allowed is a list'],
  ])("isn't %s", (_, parameter, value, allowed) => {
    expect(() => read(parameter, { P: value })).toThrow(AwsError);
    expect(() => read(parameter, { P: value })).toThrow(
      `The parameter P is ${JSON.stringify(value)}; ${allowed}`,
    );
  });

  test('may be left out, and null is left out', () => {
    expect(read({ type: 'text' }, {})).toEqual({});
    expect(read({ type: 'text' }, { P: null })).toEqual({});
  });

  test.each<[string, JsonObject]>([
    ['left out', {}],
    ['null', { P: null }],
    ['empty', { P: '' }],
  ])('that is required is missing when it is %s', (_, received) => {
    expect(() => read({ type: 'text', required: true }, received)).toThrow(
      'The request must contain the parameter P.',
    );
  });

  test.each(['Q', 'constructor', '__proto__', 'toString'])('that is unknown, %s, is refused', (name) => {
    const received = JSON.parse(`{"${name}": 1}`) as JsonObject;
    expect(() => read({ type: 'any' }, received)).toThrow(
      `The local run doesn't know the parameter ${name}. It knows P.`,
    );
  });

  test('that is long is cut in the error', () => {
    expect(() => read({ type: 'integer' }, { P: 'x'.repeat(10_000) })).toThrow(/^.{50,200}$/);
  });
});
