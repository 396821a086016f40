import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Environment } from './environment.ts';
import { createPool } from './pool.ts';

/** An environment without a process. */
class FakeEnvironment {
  alive = true;
  async free() {}
  async kill() {
    this.alive = false;
  }
}

test('a retired pool is gone only after the work that waits for one of its environments', async () => {
  const pool = createPool(() => new FakeEnvironment() as unknown as Environment, 1);
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
