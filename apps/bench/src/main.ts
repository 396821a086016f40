/** The command line of the benchmark. Its figures are of one run on one machine, and compare only with others of the same. */
import { parseArgs } from 'node:util';
import { readOptions, runCommand } from './command.ts';
import { startLocalRun } from './local-run.ts';
import { machine } from './machine.ts';
import { type Latencies, measureLatency, measureThroughput, type Throughput } from './measure.ts';
import { createOrderClient } from './order-client.ts';
import { type Usage, usageOf } from './processes.ts';
import { type Figures, tellFigures } from './report.ts';

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

const say = (sentence: string) => process.stderr.write(`${sentence}\n`);

async function run(options: NonNullable<ReturnType<typeof parse>>): Promise<Figures> {
  const { against, host, stage, data, quick, growth } = options;
  const local = against === undefined ? await startLocalRun(data) : undefined;
  const target = local?.target ?? { endpoint: against ?? '', stage, ...(host !== undefined && { host }) };
  const client = createOrderClient(target);
  const look = (): Usage | undefined => (local ? usageOf(local.pid) : undefined);
  try {
    const idle = look();
    const firstAt = performance.now();
    await client.place();
    const firstMs = performance.now() - firstAt;
    say('One order after the other …');
    await measureLatency(client, 20);
    const latency: Latencies = await measureLatency(client, 200);

    const throughput: (Throughput & { cpuMs?: { main: number; functions: number } })[] = [];
    for (const orders of quick ? [1_000] : [1_000, 10_000]) {
      for (const clients of [16, 64]) {
        say(`${orders} orders, ${clients} at a time …`);
        const before = look();
        const measured = await measureThroughput(client, orders, clients);
        const after = look();
        const perOrder = (name: 'mainCpu' | 'functionsCpu') =>
          (1_000 * ((after?.[name] ?? 0) - (before?.[name] ?? 0))) / orders;
        throughput.push({
          ...measured,
          ...(after && { cpuMs: { main: perOrder('mainCpu'), functions: perOrder('functionsCpu') } }),
        });
      }
    }
    const afterwards = look();

    const memory: { orders: number; mainMb: number }[] = [];
    for (let orders = 10_000; growth && orders <= 50_000; orders += 10_000) {
      say(`${orders} orders for the growth …`);
      await measureThroughput(client, 10_000, 16);
      const now = look();
      if (now) memory.push({ orders, mainMb: now.mainMb });
    }
    return {
      of: against ?? `the local run${data === undefined ? '' : ' with --data'}`,
      ...machine(),
      ...(local && { readyMs: local.readyMs }),
      firstMs,
      latency,
      throughput,
      ...(idle && afterwards && { memory: { idle, afterwards, growth: memory } }),
    };
  } finally {
    client.close();
    await local?.close();
  }
}

await runCommand(usage, async () => {
  const options = readOptions(parse);
  if (!options) process.stdout.write(usage);
  else {
    const figures = await run(options);
    process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : tellFigures(figures));
  }
});
