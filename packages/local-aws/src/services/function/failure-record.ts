import { FunctionError } from './environment.ts';

export interface FailedInvocation {
  functionArn: string;
  requestId: string;
  /** What the function was invoked with. */
  payload: unknown;
  error: unknown;
  /** When it failed, in milliseconds since 1970. */
  at: number;
}

/**
 * What Lambda sends to an on-failure destination (Lambda developer guide, "Capturing records of Lambda asynchronous
 * invocations"). The local run doesn't retry, so an invocation is the only one.
 */
export function failureRecord({ functionArn, requestId, payload, error, at }: FailedInvocation): object {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return {
    version: '1.0',
    timestamp: new Date(at).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
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
