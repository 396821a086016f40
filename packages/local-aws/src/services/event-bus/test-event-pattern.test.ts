import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import type { JsonObject } from '../../json.ts';
import { makeEvent } from '../../testing.ts';
import { testEventPattern } from './test-event-pattern.ts';

const event = makeEvent();
const without = (field: string) => JSON.stringify({ ...event, [field]: undefined });
const matching = '{"source":["com.aws.orders"]}';
const other = '{"source":["com.example"]}';

test.each([
  ['true for a pattern that matches', matching, JSON.stringify(event), true],
  ['false for another pattern', other, JSON.stringify(event), false],
  ['true for an event without resources', matching, without('resources'), true],
  ['true for an event without a detail', matching, without('detail'), true],
  ['true for an event without a version', matching, without('version'), true],
  ['true for a null in a required field', matching, JSON.stringify({ ...event, region: null }), true],
])('the answer is %s', (_, EventPattern, Event, answer) => {
  expect(testEventPattern({ EventPattern, Event })).toBe(answer);
});

describe('refuses', () => {
  test.each<[string, JsonObject, string, string]>([
    [
      'a request without a pattern',
      { Event: '{}' },
      'ValidationException',
      'are required, both as JSON text',
    ],
    [
      'an event that is an object',
      { EventPattern: matching, Event: {} },
      'ValidationException',
      'both as JSON text',
    ],
    [
      'an event that is not JSON',
      { EventPattern: matching, Event: '{' },
      'ValidationException',
      'it is not JSON',
    ],
    [
      'an event that is an array',
      { EventPattern: matching, Event: '[]' },
      'ValidationException',
      'it lacks id, account',
    ],
    [
      'an invalid pattern',
      { EventPattern: '{}', Event: without('') },
      'InvalidEventPatternException',
      'an empty object',
    ],
    [
      'an invalid pattern, whatever the event is',
      { EventPattern: '{"source":"x"}', Event: '{' },
      'InvalidEventPatternException',
      '$.source',
    ],
    [
      'a pattern that is not JSON',
      { EventPattern: '{', Event: '{}' },
      'InvalidEventPatternException',
      'not JSON',
    ],
  ])('%s', (_, input, code, message) => {
    expect(() => testEventPattern(input)).toThrow(AwsError);
    expect(() => testEventPattern(input)).toThrow(
      expect.objectContaining({ name: code, message: expect.stringContaining(message) }),
    );
  });

  test.each(['id', 'account', 'source', 'time', 'region', 'detail-type'])('an event without %s', (field) => {
    expect(() => testEventPattern({ EventPattern: matching, Event: without(field) })).toThrow(
      `Parameter Event is not valid. Reason: it lacks ${field}`,
    );
  });
});
