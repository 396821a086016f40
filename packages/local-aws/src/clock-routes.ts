import type { MovableClock } from './clock.ts';
import type { LocalResponse, LocalRoutes } from './local-api.ts';
import type { Trace } from './trace.ts';

/** The longest that time is moved at once: a year. */
const maxAdvanceMs = 366 * 24 * 60 * 60 * 1_000;
/** How much of what will happen is listed. */
const maxListed = 100;

/** Time, for people and tests: what it is, what will happen next, and a way to move it ahead. */
export const clockRoutes = (clock: MovableClock, trace: Pick<Trace, 'idle'>): LocalRoutes => {
  const state = (): LocalResponse => {
    const scheduled = clock.scheduled();
    return {
      status: 200,
      body: {
        now: new Date(clock.now()).toISOString(),
        scheduledCount: scheduled.length,
        scheduled: scheduled
          .slice(0, maxListed)
          .map(({ at, what }) => ({ at: new Date(at).toISOString(), inMs: at - clock.now(), what })),
      },
    };
  };
  return {
    'GET /_local/clock': state,

    'POST /_local/clock {"advanceMs": 86400000}': async ({ body }) => {
      const advanceMs = readAdvance(body.toString());
      if (advanceMs === undefined) {
        const message = `The body is ${JSON.stringify(body.toString().slice(0, 100))}; allowed is {"advanceMs": <milliseconds from 0 to ${maxAdvanceMs}>}.`;
        return { status: 400, body: { message } };
      }
      await clock.advance(advanceMs, () => trace.idle());
      return state();
    },
  };
};

function readAdvance(body: string): number | undefined {
  try {
    const { advanceMs, ...others } = JSON.parse(body) as { advanceMs?: unknown };
    const isAllowed = typeof advanceMs === 'number' && advanceMs >= 0 && advanceMs <= maxAdvanceMs;
    return isAllowed && Object.keys(others).length === 0 ? advanceMs : undefined;
  } catch {
    return undefined;
  }
}
