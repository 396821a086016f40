import type { Context } from 'aws-lambda';

/** The environment that Lambda gives a function, with credentials that only a local service takes. */
export const functionEnvironment = (functionName: string) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  POWERTOOLS_SERVICE_NAME: functionName,
  POWERTOOLS_METRICS_NAMESPACE: 'Orders',
});

/** The second argument of a handler. */
export const makeContext = (awsRequestId = 'invocation-1') =>
  ({ awsRequestId, functionName: process.env.AWS_LAMBDA_FUNCTION_NAME, memoryLimitInMB: '512' }) as Context;

/**
 * An X-Ray trace: its id, and the header that Lambda puts into `_X_AMZN_TRACE_ID`.
 *
 * @param digit tells the traces of one test apart
 */
export function trace(digit: number) {
  const id = `1-5759e988-bd862e3fe1be46a99427279${digit}`;
  return { id, header: `Root=${id};Parent=53995c3f42cd8ad8;Sampled=0` };
}
