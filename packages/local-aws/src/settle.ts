import type { MovableClock } from './clock.ts';
import type { Trace } from './trace.ts';

/** How far time is moved until everything is settled: longer than any queue keeps a message. */
const longestMs = 30 * 24 * 60 * 60 * 1_000;
/** What is due within so many milliseconds happens in one move. Thousands of retries would take their time one by one. */
const togetherMs = 1_000;

/** Something is still under way, and time alone doesn't end it. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
}

/**
 * Moves the time ahead, from one thing that is scheduled to the next, until nothing runs and nothing is scheduled in any
 * flow. What time alone doesn't end is an error: a loop, or a workflow that waits for a task token.
 *
 * @throws {UnsettledError} when something is under way after 30 days, or waits for no time
 */
export async function settle(clock: MovableClock, trace: Trace): Promise<void> {
  const giveUpAt = clock.now() + longestMs;
  const idle = () => trace.idle();
  for (;;) {
    await idle();
    const flows = trace.unsettled();
    if (flows.size === 0) return;
    const [next] = clock.scheduled();
    if (!next || next.at > giveUpAt) {
      throw new UnsettledError(
        `${flows.size} flows don't settle${next ? ' within 30 days' : ', and nothing is scheduled'}: ` +
          `${[...flows.keys()].slice(0, 3).join(', ')}. ${next ? `Next: ${next.what}` : 'They wait for a call from outside'}`,
      );
    }
    await clock.advance(Math.max(0, next.at - clock.now()) + togetherMs, idle, togetherMs);
  }
}
