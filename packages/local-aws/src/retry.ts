/** How often, and for how long, something that failed is tried again. */
export interface RetryPolicy {
  /** How many times it is tried again, at most, after the first time. */
  maxRetries: number;
  /** How long after its beginning it may be tried again, in milliseconds. */
  maxAgeMs: number;
  /**
   * How long to wait before a retry, in milliseconds.
   *
   * @param retry 1 for the first one
   * @param random from 0 up to 1, to spread the retries of many
   */
  delayMs(retry: number, random: number): number;
}

/** Which of its two limits ended the retries, in EventBridge's words. */
export type ExhaustedRetryCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** What comes after an attempt that failed. */
export type NextAttempt = { delayMs: number } | { exhausted: ExhaustedRetryCondition };

/**
 * Decides what comes after an attempt that failed.
 *
 * @param retries how many times it was tried again so far
 * @param ageMs how long ago it began
 * @param notBeforeMs the shortest delay, for a target that asked for one
 */
export function nextAttempt(
  { maxRetries, maxAgeMs, delayMs }: RetryPolicy,
  {
    retries,
    ageMs,
    random,
    notBeforeMs = 0,
  }: { retries: number; ageMs: number; random: number; notBeforeMs?: number },
): NextAttempt {
  if (retries >= maxRetries) return { exhausted: 'MaximumRetryAttempts' };
  const delay = Math.max(delayMs(retries + 1, random), notBeforeMs);
  // By the time of a retry that comes too late, the event would be too old.
  return ageMs + delay > maxAgeMs ? { exhausted: 'MaximumEventAgeInSeconds' } : { delayMs: delay };
}

/**
 * Delays that double from the first one to the longest one, each between a half and the whole of that. AWS publishes
 * no figures of its own; with a first delay of 1 s and a longest one of 10 min, 185 retries take about 23 hours.
 */
export const exponentialBackoff =
  (firstMs: number, longestMs: number): RetryPolicy['delayMs'] =>
  (retry, random) =>
    Math.min(longestMs, firstMs * 2 ** Math.min(retry - 1, 60)) * (0.5 + random / 2);
