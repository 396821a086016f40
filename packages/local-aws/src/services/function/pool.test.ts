import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Environment } from './environment.ts';
import { createPool } from './pool.ts';

/** An environment without a process. */
class FakeEnvironment {
  alive = true;
  readonly #started: Promise<void>;
  constructor(started = Promise.resolve()) {
    this.#started = started;
  }
  free() {
    return this.#started;
  }
  async kill() {
    this.alive = false;
  }
}

test('a retired pool is gone only after the work that waits for one of its environments', async () => {
  const pool = createPool(() => new FakeEnvironment() as unknown as Environment, { most: 1 });
  const crash = Promise.withResolvers<void>();
  const first = pool.run(async (environment) => {
    await crash.promise;
    await environment.kill();
  });
  let isGone = false;
  const second = pool.run(async () => {
    await setImmediate();
    return isGone;
  });
  const retired = pool.retire().then(() => {
    isGone = true;
  });
  crash.resolve();
  await first;
  expect(await second).toBe(false);
  await retired;
});

/** A pool whose environments are counted, on a machine with so many idle cores. */
function countedPool(idleCores: number) {
  let count = 0;
  const start = () => {
    count += 1;
    return new FakeEnvironment() as unknown as Environment;
  };
  return { pool: createPool(start, { watchIdle: () => () => idleCores }), count: () => count };
}

test('a burst of short work takes turns in one environment', async () => {
  const { pool, count } = countedPool(0);
  await Promise.all(Array.from({ length: 100 }, () => pool.run(() => setImmediate())));
  expect(count()).toBe(1);
});

test('work that has waited for the first environment to start takes its turn in it', async () => {
  const started = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  let [count, looks] = [0, 0];
  const start = () => {
    count += 1;
    if (count > 1) first.resolve();
    return new FakeEnvironment(started.promise) as unknown as Environment;
  };
  // The pool looks at the cores when it begins to wait, first and once more.
  const watchIdle = () => {
    looks += 1;
    if (looks === 2) first.resolve();
    return () => 0;
  };
  const pool = createPool(start, { watchIdle });
  const both = [pool.run(() => first.promise), pool.run(() => setImmediate())];
  started.resolve();
  await Promise.all(both);
  expect([count, looks]).toEqual([1, 2]);
});

test('work that takes turns, and still waits for longer than a start takes, gets another environment if a core is idle', async () => {
  const { pool, count } = countedPool(1);
  await Promise.all(Array.from({ length: 100 }, () => pool.run(() => setTimeout(5))));
  expect(count()).toBeGreaterThan(1);
  expect(count()).toBeLessThanOrEqual(10);
});

test('work that waits for what waits behind it does not wait for ever, however busy the machine is', async () => {
  const { pool, count } = countedPool(0);
  const last = Promise.withResolvers<void>();
  const first = Array.from({ length: 5 }, () => pool.run(() => last.promise));
  await pool.run(async () => last.resolve());
  await Promise.all(first);
  expect(count()).toBe(6);
});

test('more environments than there may be are never there', async () => {
  const { pool, count } = countedPool(2);
  const end = Promise.withResolvers<void>();
  let running = 0;
  const all = Array.from({ length: 20 }, () =>
    pool.run(() => {
      running += 1;
      if (running === 10) end.resolve();
      return end.promise;
    }),
  );
  await Promise.all(all);
  expect(count()).toBe(10);
});
