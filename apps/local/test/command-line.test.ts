import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';

/** As the root's scripts run it. */
const main = ['--disable-warning=ExperimentalWarning', resolve(import.meta.dirname, '../src/cli.mjs')];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill();
    await once(child, 'close');
  }
});

/** Runs the command; `until` is the output to wait for, else its end. */
async function run(
  args: string[],
  { env = {}, until }: { env?: Record<string, string>; until?: RegExp } = {},
) {
  const child = spawn(process.execPath, [...main, ...args], { env: { PATH: process.env.PATH, ...env } });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  const seen = Promise.withResolvers<void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
      if (until?.test(output.stdout)) seen.resolve();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  await (until ? Promise.race([seen.promise, ended]) : ended);
  return { child, output, ended };
}

/** Waits until a process has printed a line. */
const printed = (child: ChildProcess, output: { stdout: string }, line: RegExp) =>
  new Promise<void>((resolve) => {
    child.stdout?.on('data', () => line.test(output.stdout) && resolve());
  });

test('demo tells three stories, without colours unless it writes to a terminal, and exits 0', async () => {
  const { output, ended } = await run(['demo']);
  expect(await ended).toBe(0);
  expect(output.stderr).toBe('');
  expect(output.stdout).toMatch(/rule EUOrdertoStepFunctions → state machine EUOrderFulfilment ✓/);
  expect(output.stdout).toMatch(/state PublishOrderProcessed ✓/);
  expect(output.stdout).toMatch(/PutItem in table OrderDetails: \{"orderId"/);
  expect(output.stdout).toMatch(/event Order Dispatched on bus Orders/);
  expect(output.stdout).toMatch(/rule USOrdertoAPI → API destination us-fulfilment-partner ✓/);
  expect(output.stdout).not.toContain('\x1b');
});

test('start serves, prints what went wrong, and ends with 0 and a word on its faults, though an order is under way', async () => {
  const chaos = ['--chaos', 'partner-down=1', '--seed', '7'];
  const { child, output, ended } = await run(['start', '--port', '0', ...chaos], {
    until: /_local\/chaos/,
  });
  const endpoint = /running at (http:\S+)/.exec(output.stdout)?.[1];
  const [, api = ''] = /place an order\s+curl '([^?]+)/.exec(output.stdout) ?? [];
  expect((await fetch(`${endpoint}/_local/health`)).status).toBe(200);
  expect(output.stdout).toContain('Faults are injected: --chaos partner-down=1 --seed 7');
  const report = await fetch(`${endpoint}/_local/chaos`);
  expect(await report.json()).toMatchObject({ seed: 7, injected: { 'partner-down': 0 }, flows: 0 });

  const refused = printed(child, output, /^orders-producer WARN order refused .*value/m);
  await fetch(`${api}?location=eu-west`);
  await refused;
  expect((await fetch(`${api}?location=us-east-1&category=office-supplies&value=300`)).status).toBe(202);
  const injected = async () => {
    const { injected } = (await (await fetch(`${endpoint}/_local/chaos`)).json()) as {
      injected: Record<string, number>;
    };
    return injected['partner-down'];
  };
  while ((await injected()) === 0);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  // As it would be told after half a minute.
  expect(output.stdout).not.toContain('still in flight');
  expect(output.stdout).toMatch(/^Injected with seed 7/m);
  expect(output.stderr).toBe('');
});

test('start whose output nobody reads any more, as by `start | head -2`, ends with 0', async () => {
  const { child, ended } = await run(['start', '--port', '0'], { until: /Starting/ });
  child.stdout?.destroy();
  expect(await ended).toBe(0);
});

test('start prints everything that functions log with --logs, and ends when the pnpm that ran it is gone, which does not pass SIGTERM on', async () => {
  // A shell in the place of pnpm: it prints the id of the process that it starts, and waits for it.
  const command = `'${process.execPath}' '${main.join("' '")}' start --port 0 --logs & echo "id $!"; wait`;
  const env = { PATH: process.env.PATH, npm_lifecycle_event: 'start' };
  const shell = spawn('sh', ['-c', command], { env });
  children.push(shell);
  let stdout = '';
  const running = Promise.withResolvers<void>();
  const logged = Promise.withResolvers<void>();
  shell.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (/Ctrl-C/.test(stdout)) running.resolve();
    if (/^orders-producer \{.*"message":"order placed"/m.test(stdout)) logged.resolve();
  });
  await running.promise;
  const endpoint = /running at (http:\S+)/.exec(stdout)?.[1];
  await fetch(`${endpoint}/dev?location=aq-south&category=books&value=3`);
  await logged.promise;
  const pid = Number(/id (\d+)/.exec(stdout)?.[1]);
  expect(() => process.kill(pid, 0)).not.toThrow();
  // Its output is closed once the process, too, has ended.
  const closed = once(shell, 'close');
  shell.kill('SIGKILL');
  await closed;
  expect(stdout).toContain('Ending');
});

test('start on a port that is taken says so, and how to choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { output, ended } = await run(['start'], { env: { PORT: String(port) } });
  expect(await ended).toBe(1);
  other.close();
  expect(output.stderr).toContain(`Port ${port} is taken`);
  expect(output.stderr).toContain('--port or PORT');
});

test.each([
  [['start', '--chaos', 'dup=1'], '--chaos: The fault is "dup=1". Allowed are duplicate, reorder,'],
  [['explain', 'USOrdertoAPI'], 'explain takes a rule and a file with an event, received USOrdertoAPI'],
])('%j is refused with a sentence and the usage, before anything is built', async (args, message) => {
  // A build would fail with this, and end with 1.
  const { output, ended } = await run([...args, '--build'], { env: { TURBO_CONCURRENCY: 'none' } });
  expect(await ended).toBe(2);
  expect(output.stderr).toContain(message);
  expect(output.stderr).toContain('--port <port>');
});

test('--help prints the usage', async () => {
  const { output, ended } = await run(['--help']);
  expect(await ended).toBe(0);
  expect(output.stdout).toContain('pnpm demo');
});

describe('build-first.ts', () => {
  const buildFirst = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [
        ...nodeOptions,
        resolve(import.meta.dirname, '../src/dev/build-first.ts'),
        'no-such-task',
        'apps/smoke/src/main.ts',
        ...args,
      ],
      { encoding: 'utf8' },
    );

  test.each(['--help', '-h'])('builds nothing for %s', (option) => {
    const { status, stdout } = buildFirst(option);
    expect(stdout).toContain('pnpm smoke');
    expect(status).toBe(0);
  });

  test('does not run the program without what it needs', () => {
    const { status, stdout, stderr } = buildFirst('--url', 'http://127.0.0.1:1');
    expect(stderr).toContain('Could not find task `no-such-task`');
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  test('replaces a hook, which would also build for a usage', () => {
    const root = resolve(import.meta.dirname, '../../..');
    const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const hooked = Object.entries(scripts).filter(([name]) => `pre${name}` in scripts);
    expect(hooked.length).toBeGreaterThan(2);
    const withUsage = hooked.filter(([, script]) => {
      const program = /\S+\.ts/.exec(script)?.[0] ?? '';
      return /^const usage = /m.test(readFileSync(resolve(root, program), 'utf8'));
    });
    expect(withUsage).toEqual([]);
  });
});
