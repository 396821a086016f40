import type { Catcher, Retrier } from '../definition/definition.ts';
import { errorNames, StatesError } from '../states-error.ts';

/** An error of a state, with what decides about `Retry` and `Catch`. */
export class Failure extends StatesError {
  /** A task timed out for want of a heartbeat: `States.HeartbeatTimeout` matches, too. */
  readonly isHeartbeatTimeout: boolean;

  constructor(error: string | undefined, cause?: string, isHeartbeatTimeout = false) {
    super(error, cause);
    this.isHeartbeatTimeout = isHeartbeatTimeout;
  }
}

/** Whether one of the names in `ErrorEquals` is that of a failure. */
export function isNamed(names: readonly string[], { error, isHeartbeatTimeout }: Failure): boolean {
  // As on AWS, nothing handles this one, not even its name.
  if (error === errorNames.runtime) return false;
  if (error !== undefined && names.includes(error)) return true;
  if (isHeartbeatTimeout && names.includes(errorNames.heartbeatTimeout)) return true;
  return (
    names.includes(errorNames.all) || (names.includes(errorNames.taskFailed) && error !== errorNames.timeout)
  );
}

export const findCatcher = (catchers: readonly Catcher[], failure: Failure): Catcher | undefined =>
  catchers.find(({ errorEquals }) => isNamed(errorEquals, failure));

/**
 * The milliseconds until the next attempt, or undefined if there is none. Counts the attempt.
 *
 * @param retries the attempts that each retrier has granted so far
 */
export function nextAttemptMs(
  retriers: readonly Retrier[],
  retries: number[],
  failure: Failure,
  random: () => number,
): number | undefined {
  const index = retriers.findIndex(({ errorEquals }) => isNamed(errorEquals, failure));
  const retrier = retriers[index];
  const granted = retries[index] ?? 0;
  if (retrier === undefined || granted >= retrier.maxAttempts) return undefined;
  for (let at = 0; at < retriers.length; at++) retries[at] ??= 0;
  retries[index] = granted + 1;
  const { intervalSeconds, backoffRate, maxDelaySeconds = Infinity, fullJitter } = retrier;
  const seconds = Math.min(intervalSeconds * backoffRate ** granted, maxDelaySeconds);
  return Math.round(seconds * 1_000 * (fullJitter ? random() : 1));
}
