import type { Clock } from '../../clock.ts';

/** AWS's limit for a task without `TimeoutSeconds`. */
const longestTaskMs = 99_999_999_000;

/**
 * The clock of an execution, which reports when the execution only waits: for a time to come, or for somebody's answer.
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
  const lookForAnswer = () => {
    if (due.size > 0) look();
    else if (calls === 0) onWait(clock.now() + longestTaskMs);
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
    /**
     * Makes a call. The execution doesn't wait meanwhile.
     *
     * @param isAnsweredLater whether the execution then waits for the answer to its task token
     */
    async during<T>(call: () => Promise<T>, isAnsweredLater: boolean): Promise<T> {
      calls += 1;
      try {
        return await call();
      } finally {
        calls -= 1;
        if (isAnsweredLater) setImmediate(lookForAnswer);
      }
    },
  };
}
