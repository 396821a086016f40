/** `pnpm test:kills`: kill -9 at moments that follow from a seed, under load. */
import { readValues } from '../read-values.ts';
import { runKills } from './run-kills.ts';

/** How long a start may take, in milliseconds. */
const longestReadyMs = 2_000;

const usage = `Kills the system under load with kill -9, starts it again on its state, and looks for lost orders.

  pnpm test:kills
    --kills <count>          how often: 50 if left out
    --seed <number>          at which moments: 7 if left out

It ends with 0 if no accepted order is lost, with 1 if one is or a start takes too long, and with 2 if it was called wrongly.
`;

const values = readValues(
  usage,
  { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '7' } },
  (given) =>
    /^[1-9]\d*$/.test(given.kills) && /^-?\d+$/.test(given.seed)
      ? undefined
      : `--kills is ${given.kills} and --seed ${given.seed}; they must be whole numbers, and --kills 1 or more`,
);
const [kills, seed] = [Number(values.kills), Number(values.seed)];

let count = 0;
const { accepted, readyMs, violations } = await runKills({
  kills,
  seed,
  onKill(orders, ms) {
    count += 1;
    const ready = ms === undefined ? 'killed while it started' : `ready in ${ms.toFixed(0)} ms`;
    process.stdout.write(`  kill ${count}: ${ready}, ${orders} orders accepted\n`);
  },
});
const slow = readyMs.filter((ms) => ms >= longestReadyMs);
const longest = Math.max(...readyMs).toFixed(0);
process.stdout.write(
  `${kills} kills with seed ${seed}: ${accepted} orders were accepted, the longest start took ${longest} ms\n`,
);
for (const violation of violations) process.stderr.write(`✗ ${violation}\n`);
if (slow.length > 0) process.stderr.write(`✗ ${slow.length} starts took ${longestReadyMs} ms or longer\n`);
if (violations.length + slow.length > 0) process.exitCode = 1;
else process.stdout.write('No accepted order is lost.\n');
