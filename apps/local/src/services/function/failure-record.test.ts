import { expect, test } from '@jest/globals';
import { FunctionError } from './environment.ts';
import { failureRecord } from './failure-record.ts';

const recordOf = (error: unknown) =>
  failureRecord({ functionArn: 'arn:f', requestId: 'r-1', payload: { detail: { a: 1 } }, error });

test("a failure's record has the invocation, its payload and its error, as Lambda writes it", () => {
  expect(
    recordOf(new FunctionError('OutOfStock', 'none left', ['OutOfStock: none left', '    at f'])),
  ).toEqual({
    version: '1.0',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
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
  ['without a stack', new FunctionError('Sandbox.Timedout', 'too long'), 'Sandbox.Timedout', 'too long'],
  ['that is no error of a function', new TypeError('no'), 'TypeError', 'no'],
  ['that is text', 'just text', 'Error', 'just text'],
])('the record of a failure %s has no trace', (_, error, errorType, errorMessage) => {
  expect(recordOf(error)).toMatchObject({ responsePayload: { errorType, errorMessage } });
  expect(recordOf(error)).not.toHaveProperty('responsePayload.trace');
});
