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

/**
 * The second argument of a handler.
 *
 * @param remainingMs the time that the invocation has when it begins; 15 s by default, as the stack gives it
 */
export function makeContext(awsRequestId = 'invocation-1', remainingMs = 15_000): Context {
  const end = performance.now() + remainingMs;
  return {
    awsRequestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => Math.round(end - performance.now()),
  } as Context;
}

/**
 * An X-Ray trace: its id, and the header that Lambda puts into `_X_AMZN_TRACE_ID`.
 *
 * @param digit tells the traces of one test apart
 */
export function trace(digit: number) {
  const id = `1-5759e988-bd862e3fe1be46a99427279${digit}`;
  return { id, header: `Root=${id};Parent=53995c3f42cd8ad8;Sampled=0` };
}

/** How an invocation ended: `timed out` if Lambda would have ended the process. */
export type Outcome<Result> = PromiseSettledResult<Result> | 'timed out';

/**
 * Invokes a handler for the time that Lambda gives it.
 *
 * @param run calls the handler with the context
 */
export async function invoke<Result>(
  run: (context: Context) => Promise<Result>,
  { awsRequestId, remainingMs }: { awsRequestId: string; remainingMs: number },
): Promise<Outcome<Result>> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<'timed out'>((resolve) => {
    timer = setTimeout(() => resolve('timed out'), remainingMs);
  });
  const settled = Promise.allSettled([run(makeContext(awsRequestId, remainingMs))]).then(
    ([result]) => result,
  );
  const outcome = await Promise.race([settled, timedOut]);
  clearTimeout(timer);
  return outcome;
}
