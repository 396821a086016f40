/** `pnpm test:kills`: kill -9 at moments that follow from a seed, under load. It ends with 1 when an accepted order is lost. */
import { parseArgs } from 'node:util';
import { runKills } from './run-kills.ts';

/** How long a start may take, in milliseconds. */
const longestReadyMs = 2_000;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '7' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || !Number.isInteger(seed) || kills < 1) {
  throw new Error(`--kills is ${values.kills} and --seed ${values.seed}; give whole numbers`);
}

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
