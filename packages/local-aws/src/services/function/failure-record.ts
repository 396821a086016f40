import { FunctionError } from './function-error.ts';

export interface FailedInvocation {
  functionArn: string;
  requestId: string;
  /** What the function was invoked with. */
  payload: unknown;
  error: unknown;
  /** How many times the function ran for it. */
  attempts: number;
  /** Why it was given up: `RetriesExhausted` or `EventAgeExceeded`. */
  condition: string;
  /** When it failed, in milliseconds since 1970. */
  at: number;
}

/**
 * What Lambda sends to an on-failure destination (Lambda developer guide, "Capturing records of Lambda asynchronous
 * invocations").
 */
export function failureRecord({
  functionArn,
  requestId,
  payload,
  error,
  attempts,
  condition,
  at,
}: FailedInvocation): object {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return {
    version: '1.0',
    timestamp: new Date(at).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: payload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: {
      errorType: name,
      errorMessage: message,
      ...(error instanceof FunctionError && error.trace && { trace: error.trace }),
    },
  };
}
