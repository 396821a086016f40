import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { watchIdleCores } from './idle-cores.ts';

test('no more cores are idle than there are, and none is in no time', async () => {
  expect(watchIdleCores()()).toBeLessThanOrEqual(availableParallelism());
  const idle = watchIdleCores();
  await setTimeout(30);
  expect(idle()).toBeGreaterThanOrEqual(0);
  expect(idle()).toBeLessThanOrEqual(availableParallelism());
});
