import { expect, test } from '@jest/globals';
import { AccessDeniedError } from '../../iam.ts';
import { deadLetterAttributes } from './dead-letter.ts';

const valuesOf = (error: unknown) =>
  Object.fromEntries(
    Object.entries(deadLetterAttributes({ ruleArn: 'arn:rule', targetArn: 'arn:target', error })).map(
      ([name, { DataType, StringValue }]) => [name, `${DataType} ${StringValue}`],
    ),
  );

test("a dead letter says which rule failed at which target, and what the target's error was", () => {
  expect(valuesOf(new RangeError('too far'))).toEqual({
    RULE_ARN: 'String arn:rule',
    TARGET_ARN: 'String arn:target',
    ERROR_CODE: 'String ERROR_FROM_TARGET',
    ERROR_MESSAGE: 'String too far',
    RETRY_ATTEMPTS: 'String 0',
  });
});

test('a dead letter for a missing permission says so', () => {
  expect(valuesOf(new AccessDeniedError('not allowed'))).toEqual({
    RULE_ARN: 'String arn:rule',
    TARGET_ARN: 'String arn:target',
    ERROR_CODE: 'String NO_PERMISSIONS',
    ERROR_MESSAGE: 'String not allowed',
    RETRY_ATTEMPTS: 'String 0',
  });
});

test('a dead letter has the text of what is thrown and is no error', () => {
  expect(valuesOf('just text')).toMatchObject({ ERROR_MESSAGE: 'String just text' });
});
