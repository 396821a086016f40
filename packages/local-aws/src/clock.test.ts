import { afterEach, describe, expect, test } from '@jest/globals';
import { createClock, type MovableClock } from './clock.ts';

let clock: MovableClock;
afterEach(() => clock.close());
const idle = async () => {};

/** A clock, and what happened by it, each with the milliseconds since the beginning. */
function makeClock() {
  clock = createClock();
  const startedAt = clock.now();
  const happened: [what: string, ms: number][] = [];
  const after = (ms: number, what: string, then: () => void = () => {}) =>
    clock.after(
      ms,
      () => {
        happened.push([what, Math.round((clock.now() - startedAt) / 1_000) * 1_000]);
        then();
      },
      what,
    );
  return { happened, after };
}
const hour = 3_600_000;

describe('a clock', () => {
  test('goes on by itself', async () => {
    makeClock();
    const before = Date.now();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    await new Promise<void>((resolve) => void clock.after(2, resolve));
    expect(clock.now()).toBeGreaterThanOrEqual(before + 2);
  });

  test('that was moved is as far ahead after a restart', async () => {
    const moves = new Map<string, number>();
    clock = createClock(moves);
    await clock.advance(5 * hour, idle);
    const before = clock.now();
    clock.close();
    clock = createClock(moves);
    expect(clock.now() - before).toBeLessThan(hour);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  test('that is moved lets happen what becomes due on the way, in order, each at its own time', async () => {
    const { happened, after } = makeClock();
    after(3 * hour, 'third');
    after(hour, 'first');
    after(2 * hour, 'second');
    after(5 * hour, 'later');
    await clock.advance(4 * hour, idle);
    expect(happened).toEqual([
      ['first', hour],
      ['second', 2 * hour],
      ['third', 3 * hour],
    ]);
    expect(clock.now() - Date.now()).toBeGreaterThan(4 * hour - 1_000);
  });

  test('makes one move of what becomes due within some time, still in order, each at its own time', async () => {
    const { happened, after } = makeClock();
    for (const minutes of [61, 60, 62, 90]) after(minutes * 60_000, `after ${minutes}`);
    let moves = 0;
    await clock.advance(
      3 * hour,
      async () => {
        moves += 1;
      },
      5 * 60_000,
    );
    expect(happened).toEqual([60, 61, 62, 90].map((minutes) => [`after ${minutes}`, minutes * 60_000]));
    // The two moves, and the look that finds nothing more.
    expect(moves).toBe(3);
  });

  test('lets happen, too, what is only scheduled on the way', async () => {
    const { happened, after } = makeClock();
    const again = (left: number): void =>
      void after(hour, `again ${left}`, () => left > 1 && again(left - 1));
    again(3);
    await clock.advance(24 * hour, idle);
    expect(happened).toEqual([
      ['again 3', hour],
      ['again 2', 2 * hour],
      ['again 1', 3 * hour],
    ]);
  });

  test('waits until nothing runs before each move', async () => {
    const { happened, after } = makeClock();
    let runs = false;
    after(hour, 'begins', () => {
      runs = true;
    });
    after(2 * hour, 'ends');
    const waited: boolean[] = [];
    await clock.advance(3 * hour, async () => {
      waited.push(runs);
      runs = false;
    });
    expect(happened.map(([what]) => what)).toEqual(['begins', 'ends']);
    expect(waited).toEqual([false, true, false]);
  });

  test('keeps to the time that is left of what was scheduled before it was moved', async () => {
    const { happened, after } = makeClock();
    after(hour + 5, 'soon');
    await clock.advance(hour, idle);
    expect(happened).toEqual([]);
    await new Promise<void>((resolve) => void clock.after(50, resolve));
    expect(happened).toEqual([['soon', hour]]);
  });

  test('takes more than setTimeout does', async () => {
    const { happened, after } = makeClock();
    after(100 * 24 * hour, 'far');
    await new Promise<void>((resolve) => void clock.after(5, resolve));
    expect(happened).toEqual([]);
    await clock.advance(101 * 24 * hour, idle);
    expect(happened).toEqual([['far', 100 * 24 * hour]]);
  });

  test('does not call back what was cancelled', async () => {
    const { happened, after } = makeClock();
    after(hour, 'cancelled')();
    await clock.advance(2 * hour, idle);
    expect(happened).toEqual([]);
  });

  test('lists what will happen, the soonest first, and nothing that only limits what runs', () => {
    const { after } = makeClock();
    after(2 * hour, 'second');
    after(hour, 'first');
    clock.after(hour, () => {});
    expect(clock.scheduled().map(({ what }) => what)).toEqual(['first', 'second']);
    expect(clock.scheduled()[0]?.at).toBeGreaterThan(clock.now());
  });

  test('forgets everything that is to come when it is closed', () => {
    const { after } = makeClock();
    after(hour, 'never');
    clock.close();
    expect(clock.scheduled()).toEqual([]);
  });
});
