import type { Clock } from './host.ts';

/** Work that was given up, because the execution was stopped or a branch beside it failed. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** The longest time that timers take in one piece: 2^31 - 1 ms. */
const longestTimerMs = 2_147_483_647;

/**
 * Waits for one of several things, and forgets the others.
 *
 * @param start gets what settles the wait; returns how to forget it
 * @throws {CancelledError} when the signal is aborted
 */
export function waitFor<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CancelledError());
    let forget = () => {};
    const settled = () => {
      forget();
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      settled();
      reject(new CancelledError());
    };
    signal.addEventListener('abort', abort);
    forget = start(
      (value) => {
        settled();
        resolve(value);
      },
      (error) => {
        settled();
        reject(error);
      },
    );
  });
}

/** Calls back at a time, however far away it is. */
export function at(clock: Clock, time: number, callback: () => void): () => void {
  let cancel = () => {};
  const next = () => {
    const left = Math.max(0, time - clock.now());
    cancel = left > longestTimerMs ? clock.after(longestTimerMs, next) : clock.after(left, callback);
  };
  next();
  return () => cancel();
}

/** @throws {CancelledError} when the signal is aborted */
export async function sleepUntil(clock: Clock, time: number, signal: AbortSignal): Promise<void> {
  if (time <= clock.now()) return;
  await waitFor<void>(signal, (resolve) => at(clock, time, resolve));
}
