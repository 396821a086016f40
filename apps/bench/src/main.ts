/** The command line of the benchmark. Its figures are of one run on one machine, and compare only with others of the same. */
import { parseArgs } from 'node:util';
import { readOptions, runCommand } from './command.ts';

const usage = `Measures how long orders take, and how many go through, from outside: by HTTP and the AWS SDK.

  pnpm bench                        starts the local run, and measures it
    --quick                         1,000 orders for each figure of throughput, and not 10,000 as well
    --data <folder>                 with its state on disk
    --growth                        50,000 orders more, with the memory after each 10,000
    --json                          prints JSON
    --against <endpoint>            measures what answers AWS SDKs there, to which the stack was deployed: http://127.0.0.1:4566
      --host <api host>             the Host header of requests to the API: <api id>.execute-api.localhost:4566
      --stage <path>                the path of the API's stage: /dev by default
`;

function parse(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      data: { type: 'string' },
      growth: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      against: { type: 'string' },
      host: { type: 'string' },
      stage: { type: 'string', default: '/dev' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { against, host } = values;
  if (against !== undefined && !URL.canParse(against))
    throw new TypeError(`--against is ${against}; it must be an address such as http://127.0.0.1:4566`);
  if (host !== undefined && against === undefined)
    throw new TypeError('--host goes with --against: the local run has its API at its own address');
  if (values.data !== undefined && against !== undefined)
    throw new TypeError('--data goes with the local run, and not with --against');
  return values;
}

await runCommand(usage, async () => {
  const options = readOptions(parse);
  if (!options) process.stdout.write(usage);
  else {
    // Loaded when it is needed: a wrong call is answered without the AWS SDK.
    const { measure } = await import('./measure-all.ts');
    process.stdout.write(await measure(options));
  }
});
