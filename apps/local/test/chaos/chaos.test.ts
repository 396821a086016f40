import { rmSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { readProbabilities } from '@orders/local-aws';
import { allFaults } from './all-faults.ts';
import { runChaos } from './run-chaos.ts';
import { copyWithoutCondition } from './without-condition.ts';

/** The small version of `pnpm test:chaos`. It may take long on a machine that does much else. */
jest.setTimeout(300_000);

const copies: string[] = [];
afterEach(() => {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true });
});

describe('orders under faults', () => {
  test('end where their location sends them, or in a dead-letter queue that the faults explain', async () => {
    const chaos = { seed: 7, probabilities: readProbabilities(allFaults) };
    const { accepted, violations, report } = await runChaos({ orders: 12, chaos, clients: 2 });
    expect(violations).toEqual([]);
    expect(accepted).toBeGreaterThan(9);
    for (const count of Object.values(report.injected)) expect(count).toBeGreaterThan(0);
  });

  test('are written twice by a persister without its condition, which is found', async () => {
    const outDir = copyWithoutCondition();
    copies.push(outDir);
    const chaos = { seed: 7, probabilities: { duplicate: 1 } };
    const { violations } = await runChaos({ orders: 1, chaos, clients: 1, outDir });
    expect(violations).toContainEqual(
      expect.stringMatching(/^The order \S+ \(eu-west\) was written \d times; it must be written once$/),
    );
  });
});
