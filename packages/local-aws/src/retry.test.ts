import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exponentialBackoff, nextAttempt, type RetryPolicy } from './retry.ts';

const policy: RetryPolicy = { maxRetries: 3, maxAgeMs: 10_000, delayMs: () => 1_000 };
const state = { retries: 0, ageMs: 0, random: 0 };

describe('after an attempt that failed', () => {
  test('comes another one, after the delay of the policy', () => {
    expect(nextAttempt(policy, state)).toEqual({ delayMs: 1_000 });
  });

  test('comes the last one at the last retry, and none after it', () => {
    expect(nextAttempt(policy, { ...state, retries: 2 })).toEqual({ delayMs: 1_000 });
    expect(nextAttempt(policy, { ...state, retries: 3 })).toEqual({ exhausted: 'MaximumRetryAttempts' });
  });

  test('comes none that would be too old', () => {
    expect(nextAttempt(policy, { ...state, ageMs: 9_000 })).toEqual({ delayMs: 1_000 });
    expect(nextAttempt(policy, { ...state, ageMs: 9_001 })).toEqual({
      exhausted: 'MaximumEventAgeInSeconds',
    });
  });

  test('comes none before the time that the target asked for', () => {
    expect(nextAttempt(policy, { ...state, notBeforeMs: 5_000 })).toEqual({ delayMs: 5_000 });
    expect(nextAttempt(policy, { ...state, notBeforeMs: 10 })).toEqual({ delayMs: 1_000 });
    expect(nextAttempt(policy, { ...state, notBeforeMs: 10_001 })).toEqual({
      exhausted: 'MaximumEventAgeInSeconds',
    });
  });

  test('comes none at all without retries', () => {
    expect(nextAttempt({ ...policy, maxRetries: 0 }, state)).toEqual({ exhausted: 'MaximumRetryAttempts' });
  });
});

describe('exponential backoff', () => {
  const delay = exponentialBackoff(1_000, 60_000);

  test('doubles up to the longest delay, spread over its upper half', () => {
    expect([1, 2, 3, 6, 7, 185].map((retry) => delay(retry, 0))).toEqual([
      500, 1_000, 2_000, 16_000, 30_000, 30_000,
    ]);
    expect(delay(1, 0.5)).toBe(750);
  });

  test('is a time to wait, whatever the retry', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retry, random) => {
          expect(delay(retry, random)).toBeGreaterThanOrEqual(500);
          expect(delay(retry, random)).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });
});
