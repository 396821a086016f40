import { expect, test } from '@jest/globals';
import { runKills } from './run-kills.ts';

/** The small version of `pnpm test:kills`. */
test('no order that was accepted is lost when the system is killed and started again', async () => {
  const { accepted, violations } = await runKills({ kills: 2, seed: 11 });
  expect(violations).toEqual([]);
  expect(accepted).toBeGreaterThan(3);
});
