/** `pnpm bench:functions`: how long a new environment takes to its first answer, for each way to deploy the same function. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readOptions, runCommand } from '../command.ts';
import { machine } from '../machine.ts';
import { distributionOf } from '../measure.ts';
import { table } from '../table.ts';
import { type ColdStart, measureColdStart, startAcceptingAws } from './cold-start.ts';
import { makeVariants } from './variants.ts';

const usage = `Measures how long a new environment of each function takes to its first answer, beside other ways to build it.

  pnpm bench:functions
    --runs <count>                  processes for each figure, which is their median: 20 if left out
    --json                          prints JSON
`;

function parse(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new TypeError(`--runs is ${values.runs}; it must be a whole number from 1 on`);
  return { runs, json: values.json };
}

async function measure({ runs, json }: NonNullable<ReturnType<typeof parse>>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'orders-bench-'));
  const aws = await startAcceptingAws();
  try {
    const variants = (await makeVariants(dir)).map((variant) => ({ ...variant, starts: [] as ColdStart[] }));
    // In turns, so that a slow moment of the machine meets all of them.
    for (let run = 0; run <= runs; run += 1) {
      for (const variant of variants) {
        const start = await measureColdStart(variant, aws.endpoint);
        // The first one reads the files from disk.
        if (run > 0) variant.starts.push(start);
      }
    }
    const figures = variants.map(({ starts, file: _, ...variant }) => ({
      ...variant,
      importMs: distributionOf(starts.map((start) => start.import)).p50,
      invocationMs: distributionOf(starts.map(({ invocation }) => invocation)).p50,
    }));
    const said = machine();
    if (json) process.stdout.write(`${JSON.stringify({ ...said, runs, figures }, null, 2)}\n`);
    else {
      const head = ['function', 'way', 'kB', 'import ms', 'of "by defaults"', 'first invocation ms'];
      const rows = figures.map((each) => {
        const defaults = figures.find(
          ({ function: name, way }) => name === each.function && way === 'by defaults',
        );
        return [
          each.function,
          each.way,
          (each.bytes / 1_000).toFixed(0),
          each.importMs.toFixed(1),
          defaults ? (each.importMs / defaults.importMs).toFixed(2) : '',
          each.invocationMs.toFixed(1),
        ];
      });
      process.stdout.write(
        `${said.commit}, ${said.machine}, medians of ${runs} processes each\n\n${table([head, ...rows])}\n`,
      );
    }
  } finally {
    aws.close();
    rmSync(dir, { recursive: true });
  }
}

await runCommand(usage, async () => {
  const options = readOptions(parse);
  if (options) await measure(options);
  else process.stdout.write(usage);
});
