import type { Collection } from './state/state.ts';

/** The one source of time. Passed in, so that a test need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls back after some milliseconds.
   *
   * @param what what will happen then, for people; left out for what only limits something that runs
   * @returns cancels the call
   */
  after(ms: number, callback: () => void, what?: string): () => void;
}

/** Something that will happen. */
export interface Scheduled {
  /** When, in milliseconds since 1970. */
  at: number;
  what: string;
}

/** The time of the system, which can be moved ahead. */
export interface MovableClock extends Clock {
  /** What will happen, the soonest first. */
  scheduled(): Scheduled[];
  /**
   * Moves the time ahead. Whatever becomes due on the way happens, in order, each at its own time.
   *
   * @param idle waits until nothing runs any more; called before each move
   * @param togetherMs what becomes due within so many milliseconds happens in one move, in order; 0 if left out
   */
  advance(ms: number, idle: () => Promise<void>, togetherMs?: number): Promise<void>;
  /** Cancels whatever is still to come. */
  close(): void;
}

interface Timer {
  due: number;
  callback: () => void;
  what: string | undefined;
  handle: NodeJS.Timeout | undefined;
}

/** The longest delay that `setTimeout` takes. What is due later is armed again by then. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * The clock of the machine, and how far it was moved ahead.
 *
 * @param moves keeps how far that is, so that the time never goes back after a restart
 */
export function createClock(moves: Collection<number> = new Map<string, number>()): MovableClock {
  const timers = new Set<Timer>();
  let aheadMs = moves.get('aheadMs') ?? 0;
  const now = () => Date.now() + aheadMs;
  const moveTo = (time: number) => {
    const ms = time - now();
    if (ms <= 0) return;
    aheadMs += ms;
    moves.set('aheadMs', aheadMs);
  };
  const fire = (timer: Timer) => {
    clearTimeout(timer.handle);
    if (timers.delete(timer)) timer.callback();
  };
  const arm = (timer: Timer) => {
    clearTimeout(timer.handle);
    const ms = timer.due - now();
    timer.handle = setTimeout(
      () => (timer.due <= now() ? fire(timer) : arm(timer)),
      Math.min(ms, maxDelayMs),
    );
  };
  const soonest = () => [...timers].sort((a, b) => a.due - b.due);

  return {
    now,
    after(ms, callback, what) {
      const timer: Timer = { due: now() + ms, callback, what, handle: undefined };
      timers.add(timer);
      arm(timer);
      return () => {
        clearTimeout(timer.handle);
        timers.delete(timer);
      };
    },
    scheduled: () => soonest().flatMap(({ due, what }) => (what === undefined ? [] : [{ at: due, what }])),
    async advance(ms, idle, togetherMs = 0) {
      const target = now() + ms;
      for (;;) {
        await idle();
        const due = soonest();
        const until = Math.min(target, (due[0]?.due ?? Infinity) + togetherMs);
        if (!due[0] || due[0].due > target) break;
        for (const next of due) {
          if (next.due > until) break;
          moveTo(next.due);
          fire(next);
        }
      }
      moveTo(target);
      for (const timer of timers) arm(timer);
    },
    close() {
      for (const { handle } of timers) clearTimeout(handle);
      timers.clear();
    },
  };
}
