import type { Clock } from '../../clock.ts';

/**
 * The clock of an execution, which tells when the execution only waits: for a time to come, and for no call.
 *
 * @param onWait gets the time until which nothing runs, in milliseconds since 1970
 * @param what what happens then, for people
 */
export function waitingClock(clock: Clock, onWait: (until: number) => void, what: string) {
  const due = new Set<{ at: number }>();
  let calls = 0;
  const look = () => {
    if (calls === 0 && due.size > 0) onWait(Math.min(...[...due].map(({ at }) => at)));
  };
  return {
    clock: {
      now: () => clock.now(),
      after(ms: number, callback: () => void): () => void {
        const timer = { at: clock.now() + ms };
        due.add(timer);
        const cancel = clock.after(
          ms,
          () => {
            due.delete(timer);
            callback();
          },
          what,
        );
        // Later: a timer that limits a call is set just before the call.
        setImmediate(look);
        return () => {
          due.delete(timer);
          cancel();
        };
      },
    },
    /** Makes a call. The execution doesn't wait meanwhile. */
    async during<T>(call: () => Promise<T>): Promise<T> {
      calls += 1;
      try {
        return await call();
      } finally {
        calls -= 1;
      }
    },
  };
}
