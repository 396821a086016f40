import { expect, jest, test } from '@jest/globals';
import { runKills } from './run-kills.ts';

/** The small version of `pnpm test:kills`. It may take long on a machine that does much else. */
jest.setTimeout(300_000);

test('no order that was accepted is lost when the system is killed and started again', async () => {
  const { accepted, violations } = await runKills({ kills: 1, seed: 11 });
  expect(violations).toEqual([]);
  expect(accepted).toBeGreaterThan(3);
});
