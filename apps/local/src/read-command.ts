/** Reads the command line. Nothing is built or run for arguments that are wrong. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { StartOptions } from './start.ts';
import { UsageError } from './usage-error.ts';

/** What is to be done. */
export type Command =
  | { name: 'help' }
  | { name: 'start'; build: boolean; options: Omit<StartOptions, 'outDir'> }
  | { name: 'demo'; build: boolean }
  | { name: 'explain'; build: boolean; rule: string; file: string };

/** The options of start that explain doesn't have. */
const ofStart = ['port', 'data', 'logs', 'open', 'otlp', 'watch', 'inspect', 'chaos', 'seed'] as const;

/**
 * Reads the arguments of the command line.
 *
 * @param args without those of Node.js
 * @param env PORT is the port of `start`, if it isn't among the arguments
 * @throws {UsageError} for arguments that are wrong
 */
export async function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Command> {
  const { values, positionals } = readArgs(args);
  const { build = false } = values;
  const [name, ...others] = positionals;
  if (values.help) return { name: 'help' };
  if (name === 'explain') {
    const [rule, file, ...more] = others;
    if (rule === undefined || file === undefined || more.length > 0)
      throw new UsageError(
        `explain takes a rule and a file with an event, received ${others.join(' ') || 'nothing'}`,
      );
    for (const option of ofStart)
      if (values[option] !== undefined) throw new UsageError(`explain takes no --${option}: it runs nothing`);
    return { name, build, rule, file: file === '-' ? file : fromCaller(file) };
  }
  if (others.length > 0) throw new UsageError(`${others.join(' ')}: nothing goes after ${name}`);
  if (name === 'start') {
    const options = {
      port: readPort('The port', values.port ?? (env.PORT || '4000')),
      logs: values.logs ?? false,
      open: values.open ?? false,
      ...(values.otlp !== undefined && { otlpUrl: readAddress('--otlp', values.otlp) }),
      watch: values.watch ?? false,
      ...(values.inspect !== undefined && { inspectPort: readPort('--inspect: The port', values.inspect) }),
      ...(values.data !== undefined && { dataDir: fromCaller(values.data) }),
    };
    const chaos = await readChaosIn(values);
    return { name, build, options: { ...options, ...(chaos && { chaos }) } };
  }
  if (name === 'demo') {
    if (values.port !== undefined) throw new UsageError('demo takes no --port: it runs on a free one');
    if (values.data !== undefined) throw new UsageError('demo takes no --data: it keeps nothing');
    if (values.logs) throw new UsageError('demo takes no --logs: it prints warnings and errors');
    for (const option of ['chaos', 'seed'] as const)
      if (values[option] !== undefined) throw new UsageError(`demo takes no --${option}: its orders arrive`);
    for (const option of ['open', 'otlp', 'watch', 'inspect'] as const)
      if (values[option] !== undefined) throw new UsageError(`demo takes no --${option}: it ends by itself`);
    return { name, build };
  }
  throw new UsageError(`${name ?? 'nothing'}: the commands are start, demo and explain`);
}

/** Loads what knows the faults when there are some: it is the whole local run. */
async function readChaosIn({ chaos, seed }: { chaos?: string | undefined; seed?: string | undefined }) {
  if (chaos === undefined && seed === undefined) return undefined;
  const { readChaos } = await import('./chaos.ts');
  return readChaos(chaos, seed);
}

/** A path as the caller means it: pnpm runs this in the root of the repository, wherever it was called. */
const fromCaller = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);

/** Where Node.js has its own inspector. */
const inspectPort = 9229;

function readArgs(given: readonly string[]) {
  // As Node.js has it, the port of --inspect may be left out.
  const args = given
    .filter((arg) => arg !== '--')
    .map((arg) => (arg === '--inspect' ? `--inspect=${inspectPort}` : arg));
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
