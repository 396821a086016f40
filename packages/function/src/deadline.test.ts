import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DeadlineError, withDeadline } from './deadline.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the deadline', () => {
  test('is a second before the invocation ends', async () => {
    const begin = Date.now();
    const aborted = withDeadline(
      15_000,
      (abortSignal) =>
        new Promise<{ reason: unknown; afterMs: number }>((resolve) => {
          abortSignal.addEventListener('abort', () =>
            resolve({ reason: abortSignal.reason, afterMs: Date.now() - begin }),
          );
        }),
    );
    jest.advanceTimersByTime(15_000);

    const { reason, afterMs } = await aborted;

    expect(afterMs).toBe(14_000);
    expect(reason).toBeInstanceOf(DeadlineError);
    expect(reason).toMatchObject({ message: expect.stringContaining('stopped after 14000 ms') });
  });

  test.each([999, 0, -5])('is now for an invocation that has %d ms left', async (remainingMs) => {
    const aborted = withDeadline(
      remainingMs,
      (abortSignal) => new Promise<void>((resolve) => abortSignal.addEventListener('abort', () => resolve())),
    );
    jest.advanceTimersByTime(1);
    await aborted;
  });

  test.each([
    ['succeeds', async () => 'done'],
    [
      'fails',
      async () => {
        throw new Error('down');
      },
    ],
  ])('is over when the work %s', async (_, run) => {
    let signal: AbortSignal | undefined;
    const work = withDeadline(15_000, (abortSignal) => {
      signal = abortSignal;
      return run();
    });
    await work.catch(() => {});
    jest.advanceTimersByTime(15_000);
    expect(signal?.aborted).toBe(false);
  });
});
