/** The command line of the local run. Each command is loaded when it runs: a usage is there at once. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

const usage = `The order system on this machine, as infra synthesized it.

  pnpm start                 runs it until Ctrl-C
    --port <port>            its port: 4000, or PORT, or any free one for 0
    --data <folder>          keeps rows, messages and whatever is under way in a folder, beyond the end of the process
    --logs                   prints everything that functions log. Warnings and errors are printed without it, with the
                             lines of source
    --open                   opens the page in the browser
    --otlp <address>         sends the traces to an OTLP endpoint over HTTP as well, such as http://127.0.0.1:4318: Jaeger,
                             Aspire, Grafana
    --watch                  swaps what is edited into the running system: functions, schemas, rules, the workflow.
                             \`pnpm dev\` is \`pnpm start --watch\`
    --inspect[=<port>]       lets a debugger into the functions: the first one at this port, 9229 if left out, the next one
                             at the next. No function times out then
    --chaos <faults>         injects faults, each with its probability: duplicate=0.1,reorder=0.1,drop-response=0.05,
                             function-crash=0.1,throttle=0.1,partner-down=0.2. The end says what it led to
    --seed <number>          which faults happen; the same seed injects the same faults into the same requests
  pnpm demo                  runs it on a free port, places three orders, tells their stories, and ends
  pnpm explain <rule> <event.json>
                             says why a rule matches an event, or doesn't, without running anything; - reads the event from
                             stdin. It ends with 0 if the rule matches, with 1 if it doesn't, and with 2
                             if it can't tell

A command that is called wrongly ends with 2.
`;

/** Where cdktf writes: its own variable, or else its default in `infra/`. */
const outDir = process.env.CDKTF_OUTDIR ?? resolve(import.meta.dirname, '../../../infra/cdktf.out');

/** The options of start that explain doesn't have. */
const ofStart = ['port', 'data', 'logs', 'open', 'otlp', 'watch', 'inspect', 'chaos', 'seed'] as const;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = readArgs(args);
  const [command, ...others] = positionals;
  if (values.help) {
    process.stdout.write(usage);
  } else if (command === 'explain') {
    const [rule, file, ...more] = others;
    if (rule === undefined || file === undefined || more.length > 0)
      throw new UsageError(
        `explain takes a rule and a file with an event, received ${others.join(' ') || 'nothing'}`,
      );
    for (const option of ofStart)
      if (values[option] !== undefined) throw new UsageError(`explain takes no --${option}: it runs nothing`);
    await build(values.build, 'explain');
    const { runExplain } = await import('./explain.ts');
    process.exitCode = (await runExplain({ outDir }, rule, file === '-' ? file : fromCaller(file))) ? 0 : 1;
  } else if (others.length > 0) {
    throw new UsageError(`${others.join(' ')}: nothing goes after ${command}`);
  } else if (command === 'start') {
    const options = {
      outDir,
      port: readPort('The port', values.port ?? (process.env.PORT || '4000')),
      logs: values.logs ?? false,
      open: values.open ?? false,
      ...(values.otlp !== undefined && { otlpUrl: readAddress('--otlp', values.otlp) }),
      watch: values.watch ?? false,
      ...(values.inspect !== undefined && { inspectPort: readPort('--inspect: The port', values.inspect) }),
      ...(values.data !== undefined && { dataDir: fromCaller(values.data) }),
    };
    const { readChaos } = await import('./chaos.ts');
    const chaos = readChaos(values.chaos, values.seed);
    await build(values.build, options.watch || values.inspect !== undefined ? 'dev' : 'start');
    const { runStart } = await import('./start.ts');
    await runStart({ ...options, ...(chaos && { chaos }) });
  } else if (command === 'demo') {
    if (values.port !== undefined) throw new UsageError('demo takes no --port: it runs on a free one');
    if (values.data !== undefined) throw new UsageError('demo takes no --data: it keeps nothing');
    if (values.logs) throw new UsageError('demo takes no --logs: it prints warnings and errors');
    for (const option of ['chaos', 'seed'] as const)
      if (values[option] !== undefined) throw new UsageError(`demo takes no --${option}: its orders arrive`);
    for (const option of ['open', 'otlp', 'watch', 'inspect'] as const)
      if (values[option] !== undefined) throw new UsageError(`demo takes no --${option}: it ends by itself`);
    await build(values.build, 'demo');
    const { runDemo } = await import('./demo.ts');
    process.exitCode = (await runDemo({ outDir })) ? 0 : 1;
  } else {
    throw new UsageError(`${command ?? 'nothing'}: the commands are start, demo and explain`);
  }
}

/** Builds what a command needs, once it is known that its arguments are right. */
async function build(
  wanted: boolean | undefined,
  command: 'start' | 'dev' | 'demo' | 'explain',
): Promise<void> {
  if (!wanted) return;
  const { buildFor } = await import('./build.ts');
  await buildFor(command);
}

/** A path as the caller means it: pnpm runs this in the root of the repository, wherever it was called. */
const fromCaller = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string', short: 'p' },
        data: { type: 'string' },
        logs: { type: 'boolean' },
        open: { type: 'boolean' },
        otlp: { type: 'string' },
        watch: { type: 'boolean' },
        inspect: { type: 'string' },
        chaos: { type: 'string' },
        seed: { type: 'string' },
        // The scripts of pnpm have it.
        build: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Where Node.js has its own inspector. */
const inspectPort = 9229;

function readPort(what: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`${what} is ${JSON.stringify(text)}; allowed are numbers from 0 to 65535`);
}

function readAddress(option: string, text: string): string {
  const url = URL.parse(text);
  if (url && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '') return text;
  throw new UsageError(
    `${option}: The address is ${JSON.stringify(text)}; allowed is one with http:// or https://, such as http://127.0.0.1:4318`,
  );
}

async function isMendable(error: unknown): Promise<boolean> {
  const { AccessDeniedError, PortError, StateError, UnknownRuleError, UnsupportedError } = await import(
    '@orders/local-aws'
  );
  const { BuildError } = await import('./dev/build-error.ts');
  const kinds = [AccessDeniedError, BuildError, PortError, StateError, UnknownRuleError, UnsupportedError];
  return kinds.some((kind) => error instanceof kind);
}

// As Node.js has it, the port of --inspect may be left out.
const args = process.argv
  .slice(2)
  .filter((arg) => arg !== '--')
  .map((arg) => (arg === '--inspect' ? `--inspect=${inspectPort}` : arg));
try {
  await main(args);
} catch (error) {
  // What a user can mend is said in a sentence; everything else is a fault here, and needs its stack.
  const expected = error instanceof UsageError || (await isMendable(error));
  process.stderr.write(
    `${error instanceof Error ? (expected ? error.message : error.stack) : String(error)}\n`,
  );
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  // Of explain, 1 is an answer.
  process.exitCode = error instanceof UsageError || args[0] === 'explain' ? 2 : 1;
}
