import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { type Count, createMetrics } from './metrics.ts';

/** What a function has for one event or request. */
export interface Invocation {
  log: Log;
  count: Count;
  /** Aborts shortly before the invocation's time is up. Pass it to everything that the function waits for. */
  abortSignal: AbortSignal;
}

/**
 * Makes the handler that Lambda calls. Call it once, where the module exports the handler: it builds the log and
 * the metrics, which all invocations of the environment share.
 *
 * @param run handles one event. What it returns is the function's answer, and what it throws is the function's error.
 * @example
 * export const handler = createHandler((event: unknown, { log, abortSignal }) =>
 *   dispatchOrder(event, { log, publish: (dispatched) => publish(client, 'Orders', [dispatched], { abortSignal }) }),
 * );
 */
export function createHandler<Event, Result>(
  run: (event: Event, invocation: Invocation) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const log = new Logger();
  const countIn = createMetrics();
  // Lambda fails an invocation whose promise never settles if its handler is an async function. Any other has succeeded.
  return async (event, context) => {
    log.addContext(context);
    return withDeadline(context.getRemainingTimeInMillis(), (abortSignal) =>
      run(event, { log, count: countIn(context), abortSignal }),
    );
  };
}
