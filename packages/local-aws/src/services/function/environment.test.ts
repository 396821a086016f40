import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { FakeClock, until } from '../../testing.ts';
import { Environment } from './environment.ts';
import { createProcessGuard } from './process-guard.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await until(() => processes() === 0, 'the processes are gone');
});

/** How many processes this one has started that are still there. */
const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

/** What an environment needs to run this code, except for what a parent can't write down. */
function makeOptions(code: string, more: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'orders-environment-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'index.mjs'), code);
  const variables = { LAMBDA_TASK_ROOT: dir, _HANDLER: 'index.handler', ...more };
  return { memoryMb: 128, variables, dir, loadTimeoutMs: 300 };
}

function makeEnvironment(code: string, isMachineBusy = () => false) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const guard = createProcessGuard();
  ends.push(guard.close);
  const environment = new Environment({
    ...makeOptions(code),
    isMachineBusy,
    clock,
    guard,
    findSourceLine: () => undefined,
    onLine: (line) => lines.push(line),
    onLeft() {},
  });
  ends.push(() => environment.kill());
  const invoke = () =>
    environment.invoke({ requestId: 'r', functionArn: 'arn:f', event: {}, traceHeader: '' }, 1_000);
  return { clock, lines, environment, invoke };
}

test('an environment whose code takes too long to load begins again, in the time of the invocation', async () => {
  const { clock, lines, environment, invoke } = makeEnvironment(
    'console.log("loading"); setInterval(() => {}, 1_000); await new Promise(() => {});',
  );
  const invocation = invoke();
  const began = (count: number) =>
    until(() => lines.filter((line) => line.endsWith('loading')).length === count, `it loads, ${count}`);
  await began(1);
  clock.advance(299);
  expect(processes()).toBe(1);
  clock.advance(1);
  await began(2);
  expect(lines).toContain('INIT_REPORT Init Duration: 300.00 ms\tPhase: init\tStatus: timeout\t');
  clock.advance(999);
  expect(environment.alive).toBe(true);
  clock.advance(1);
  await expect(invocation).rejects.toMatchObject({
    name: 'Sandbox.Timedout',
    message: 'Task timed out after 1.00 seconds',
  });
  await until(() => processes() === 0, 'the processes are gone');
});

test('an environment may take three times as long to load when the machine is busy', async () => {
  const code = 'console.log("loading"); setInterval(() => {}, 1_000); await new Promise(() => {});';
  const { clock, lines, environment, invoke } = makeEnvironment(code, () => true);
  const invocation = invoke();
  await until(() => lines.length === 1, 'the code is loading');
  for (let times = 0; times < 2; times++) clock.advance(300);
  expect(processes()).toBe(1);
  clock.advance(300);
  await until(() => lines.length === 2, 'the code is loading again');
  environment.kill();
  await expect(invocation).rejects.toMatchObject({ name: 'Runtime.ExitError' });
});

test('an environment whose code loads in its second time serves', async () => {
  const { clock, lines, invoke } = makeEnvironment(`
    import { existsSync, writeFileSync } from 'node:fs';
    const again = existsSync('loaded-once');
    writeFileSync('loaded-once', '');
    console.log('loading');
    if (!again) { setInterval(() => {}, 1_000); await new Promise(() => {}); }
    export const handler = async () => 'served';`);
  const invocation = invoke();
  await until(() => lines.length === 1, 'the code is loading');
  clock.advance(300);
  await expect(invocation).resolves.toBe('served');
});

test("an environment's process survives the SIGINT that Ctrl-C sends to every process of a terminal", async () => {
  const { invoke } = makeEnvironment('export const handler = async () => process.pid;');
  const pid = await invoke();
  process.kill(Number(pid), 'SIGINT');
  await expect(invoke()).resolves.toBe(pid);
});

describe("when their parent is killed, environments' processes end: one that", () => {
  const rows: [what: string, onLoad: string, answer: string][] = [
    ['waits for an invocation', '', 'null'],
    ['is busy', 'for (;;);', 'null'],
    ['stands still, because it has left work', '', 'void setTimeout(() => {}, 60_000)'],
  ];
  const ended: boolean[] = [];
  // One parent has all of them.
  beforeAll(async () => {
    // Each process holds a connection, which the system closes when the process ends, however it ends.
    const server = createServer((connection) => {
      ends.push(() => void connection.destroy());
      connection
        .on('error', () => {})
        .once('data', (row) => {
          const of = Number(String(row));
          ended[of] = false;
          connection.on('close', () => {
            ended[of] = true;
          });
        });
    }).listen(0, '127.0.0.1');
    ends.push(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const parent = startParent(
      rows.map(([, onLoad, answer], row) =>
        makeOptions(
          `import { connect } from 'node:net';
          const connection = connect(${port}, '127.0.0.1').unref();
          await new Promise((resolve) => connection.write('${row}', resolve));
          ${onLoad}
          export const handler = async () => ${answer};`,
        ),
      ),
    );

    await until(() => rows.every((_, row) => ended[row] === false), 'all are connected');
    const said = (line: string) => until(() => parent.output.includes(line), line);
    await said('0 has answered');
    await said('2 has answered');
    await said('2 stands still');
    parent.process.kill('SIGKILL');
    await until(() => ended.every((has) => has), "the environments' processes are gone").catch(() => {});
  });

  test.each(rows.map(([what], row) => [what, row] as const))('%s', (_, row) => {
    expect(ended[row]).toBe(true);
  });
});

/** Starts a process that starts environments, invokes each, and stays. */
function startParent(environments: object[]): { process: ChildProcess; output: string } {
  const [environment, guard] = ['environment', 'process-guard'].map(
    (name) => new URL(`./${name}.ts`, import.meta.url).href,
  );
  const code = `
    import { Environment } from ${JSON.stringify(environment)};
    import { createProcessGuard } from ${JSON.stringify(guard)};
    const clock = { now: Date.now, after: () => () => {} };
    const guard = createProcessGuard();
    for (const [id, options] of ${JSON.stringify(environments)}.entries()) {
      const environment = new Environment({
        ...options,
        clock,
        guard,
        isMachineBusy: () => false,
        findSourceLine() {},
        onLine() {},
        onLeft: (left, invoke, isFrozen) => isFrozen && console.log(id + ' stands still'),
      });
      environment
        .invoke({ requestId: 'r', functionArn: 'arn:f', event: {}, traceHeader: '' }, 60_000)
        .then(() => console.log(id + ' has answered'));
    }`;
  const parent = spawn(process.execPath, [...nodeOptions, '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => void parent.kill('SIGKILL'));
  const started = { process: parent, output: '' };
  parent.stdout.on('data', (chunk: Buffer) => {
    started.output += chunk;
  });
  return started;
}

test('code that talks to its parent finds none, as on Lambda', async () => {
  const { invoke } = makeEnvironment(`
    export const handler = async () => {
      return { send: typeof process.send };
    };
  `);
  await expect(invoke()).resolves.toEqual({ send: 'undefined' });
});

test('the heap of a process is limited by the memory of its function, and so are those of its workers', async () => {
  const { invoke } = makeEnvironment(`
    import { once } from 'node:events';
    import { getHeapStatistics } from 'node:v8';
    import { Worker } from 'node:worker_threads';
    const limitOfWorker = 'require("node:v8").getHeapStatistics().heap_size_limit';
    export const handler = async () => {
      const worker = new Worker(\`require("node:worker_threads").parentPort.postMessage(\${limitOfWorker})\`, { eval: true });
      return [getHeapStatistics().heap_size_limit, ...(await once(worker, 'message'))];
    };
  `);
  const [process = 0, worker = 0] = ((await invoke()) as number[]).map((limit) => limit / 1024 ** 2);
  expect(worker).toBe(process);
  // The limit has the space for young objects on top: three times 16 MB, at most.
  expect(process).toBeGreaterThanOrEqual(128);
  expect(process).toBeLessThanOrEqual(128 + 3 * 16);
});

test('a line without an end is logged in pieces, and does not fill the memory of its function, which writes it all at once', async () => {
  const { invoke, lines } = makeEnvironment(
    `export const handler = async () => {
      for (let count = 0; count < 200; count += 1) process.stdout.write('x'.repeat(1024 * 1024));
    };`,
  );
  await invoke();
  const length = () => lines.reduce((total, line) => total + line.length, 0);
  // The last piece waits for its end.
  await until(() => length() > 199 * 1024 * 1024, 'the pieces are logged');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1024 * 1024);
});

test('a process that the code has started, and that outlives it, keeps nothing open here', async () => {
  const pipes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length;
  const before = pipes();
  const { invoke, environment } = makeEnvironment(`
    import { spawn } from 'node:child_process';
    export const handler = async () => {
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'inherit', detached: true });
      child.unref();
      return child.pid;
    };
  `);
  const pid = Number(await invoke());
  try {
    environment.kill();
    await until(() => pipes() === before, 'its pipes are closed');
    // The process itself is still there: it isn't ours.
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});
