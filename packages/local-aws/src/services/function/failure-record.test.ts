import { expect, test } from '@jest/globals';
import { failureRecord } from './failure-record.ts';
import { FunctionError } from './function-error.ts';

const recordOf = (error: unknown) =>
  failureRecord({
    functionArn: 'arn:f',
    requestId: 'r-1',
    payload: { detail: { a: 1 } },
    error,
    attempts: 1,
    condition: 'RetriesExhausted',
    at: Date.UTC(2026, 10, 22, 12),
  });

test('the record of a failure has the invocation, its payload and its error, as Lambda writes them', () => {
  expect(
    recordOf(new FunctionError('OutOfStock', 'none left', ['OutOfStock: none left', '    at f'])),
  ).toEqual({
    version: '1.0',
    timestamp: '2026-11-22T12:00:00.000Z',
    requestContext: {
      requestId: 'r-1',
      functionArn: 'arn:f:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { detail: { a: 1 } },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: {
      errorType: 'OutOfStock',
      errorMessage: 'none left',
      trace: ['OutOfStock: none left', '    at f'],
    },
  });
});

test.each([
  [
    "a function's error that has no stack",
    new FunctionError('Sandbox.Timedout', 'too long'),
    'Sandbox.Timedout',
    'too long',
  ],
  ["an error that isn't a function's", new TypeError('no'), 'TypeError', 'no'],
  ['text', 'just text', 'Error', 'just text'],
])('the record of %s has no trace', (_, error, errorType, errorMessage) => {
  expect(recordOf(error)).toMatchObject({ responsePayload: { errorType, errorMessage } });
  expect(recordOf(error)).not.toHaveProperty('responsePayload.trace');
});
