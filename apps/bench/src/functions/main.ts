/** `pnpm bench:functions`: how long a new environment takes to its first answer, for each way to deploy the same function. */
import { parseArgs } from 'node:util';
import { readOptions, runCommand } from '../command.ts';

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

await runCommand(usage, async () => {
  const options = readOptions(parse);
  if (!options) process.stdout.write(usage);
  else {
    // Loaded when it is needed: a wrong call is answered without esbuild.
    const { measure } = await import('./measure-all.ts');
    process.stdout.write(await measure(options));
  }
});
