import type { Catcher, Retrier } from '../definition/definition.ts';
import type { JsonObject } from '../json.ts';
import { errorNames, StatesError } from '../states-error.ts';

/** An error of a state, with what decides about `Retry` and `Catch`. */
export class Failure extends StatesError {
  /** A task missed its heartbeat: `States.HeartbeatTimeout` matches, too. */
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

/** The first retrier that takes a failure, and how many attempts it has granted. */
export function findRetrier(retriers: readonly Retrier[], retries: readonly number[], failure: Failure) {
  const index = retriers.findIndex(({ errorEquals }) => isNamed(errorEquals, failure));
  const retrier = retriers[index];
  return retrier && { index, retrier, granted: retries[index] ?? 0 };
}

/** The seconds before the next attempt, without jitter. */
export const backoffSeconds = (retrier: Retrier, granted: number): number =>
  Math.min(retrier.intervalSeconds * retrier.backoffRate ** granted, retrier.maxDelaySeconds ?? Infinity);

/**
 * The milliseconds until the next attempt, or undefined if there is none. Counts the attempt.
 *
 * @param retries the attempts that each retrier has granted so far
 */
export function grantAttempt(
  retriers: readonly Retrier[],
  retries: number[],
  failure: Failure,
  random: () => number,
): number | undefined {
  const found = findRetrier(retriers, retries, failure);
  if (found === undefined || found.granted >= found.retrier.maxAttempts) return undefined;
  const { index, retrier, granted } = found;
  for (let at = 0; at < retriers.length; at++) retries[at] ??= 0;
  retries[index] = granted + 1;
  return Math.round(backoffSeconds(retrier, granted) * 1_000 * (retrier.fullJitter ? random() : 1));
}

/** What a catcher gets. Without a cause, AWS gives an empty text for a timeout, and null for any other error. */
export const errorOutputOf = ({ error, cause }: Failure): JsonObject => ({
  Error: error ?? null,
  Cause: cause ?? (error === errorNames.timeout ? '' : null),
});
