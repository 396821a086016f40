import { expect, test } from '@jest/globals';
import { deadLetterAttributes } from './dead-letter.ts';

const letter = {
  ruleArn: 'arn:rule',
  targetArn: 'arn:target',
  code: 'TIMEOUT',
  message: 'no answer',
  attempts: 4,
} as const;

test('a dead letter says which rule failed at which target, how, and how often it was tried again', () => {
  expect(deadLetterAttributes({ ...letter, exhausted: 'MaximumRetryAttempts' })).toEqual({
    RULE_ARN: 'arn:rule',
    TARGET_ARN: 'arn:target',
    ERROR_CODE: 'TIMEOUT',
    ERROR_MESSAGE: 'no answer',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    RETRY_ATTEMPTS: '3',
  });
});

test("a dead letter of an error that isn't retried has no condition that ended its retries", () => {
  const attributes = deadLetterAttributes({ ...letter, attempts: 1 });
  expect(attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  expect(attributes.RETRY_ATTEMPTS).toBe('0');
});
