/** `pnpm test:chaos`: many orders under all faults at once. */
import { rmSync } from 'node:fs';
import { readChaos, tellChaos } from '../../src/chaos.ts';
import { readValues } from '../read-values.ts';
import { allFaults } from './all-faults.ts';
import { runChaos } from './run-chaos.ts';
import { copyWithoutCondition } from './without-condition.ts';

const usage = `Sends many orders into the system under all faults at once, and says which accepted order isn't where it belongs.

  pnpm test:chaos
    --orders <count>         orders for each seed: 10000 if left out
    --seeds <numbers>        which faults happen, a run for each: 7,8,9 if left out
    --chaos <faults>         the faults, each with its probability: ${allFaults} if left out
    --without-condition      the persister writes without its condition, which has to be found

It ends with 0 if every accepted order is where it belongs, with 1 if not, and with 2 if it was called wrongly.
`;

const values = readValues(
  usage,
  {
    orders: { type: 'string', default: '10000' },
    seeds: { type: 'string', default: '7,8,9' },
    chaos: { type: 'string', default: allFaults },
    'without-condition': { type: 'boolean' },
  },
  (given) =>
    /^[1-9]\d*$/.test(given.orders)
      ? undefined
      : `--orders is ${given.orders}; it must be a whole number from 1 on`,
);
const orders = Number(values.orders);

const outDir = values['without-condition'] ? copyWithoutCondition() : undefined;
process.once('exit', () => outDir && rmSync(outDir, { recursive: true, force: true }));

for (const seed of values.seeds.split(',')) {
  const chaos = readChaos(values.chaos, seed);
  if (!chaos) throw new Error('--chaos is empty');
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stdout.write(`${orders} orders, --chaos ${values.chaos} --seed ${seed}\n`);
  const { accepted, triedAgain, refusals, deadLettered, redrives, violations, report } = await runChaos({
    orders,
    chaos,
    clients: 4,
    ...(outDir !== undefined && { outDir }),
    onProgress: (settled) => process.stdout.write(`  ${settled} settled after ${seconds()} s\n`),
  });
  process.stdout.write(
    `${tellChaos(report)}\n${accepted} orders were accepted, ${triedAgain} of them after several tries, and ` +
      `${refusals.length} were not. ${deadLettered} accepted orders have a dead letter. ${redrives} executions were redriven.\n`,
  );
  for (const refusal of refusals.slice(0, 5)) process.stdout.write(`  ${refusal}\n`);
  for (const violation of violations.slice(0, 50)) process.stderr.write(`✗ ${violation}\n`);
  if (violations.length > 0) process.exitCode = 1;
  process.stdout.write(
    violations.length > 0
      ? `${violations.length} violations with seed ${seed}, in ${seconds()} s\n\n`
      : `Every accepted order is where it belongs, in ${seconds()} s\n\n`,
  );
}
