import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { createIam } from '../../iam.ts';
import { systemIds } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import type { LocalRequest } from '../../local-api.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import {
  arnOf,
  countsOf,
  deliverTo,
  FakeClock,
  makeCaller,
  makeContext,
  makeEvent,
  makeIam,
  makePlan,
  settledSteps,
  stepsOf,
  until,
} from '../../testing.ts';
import { createLogs } from '../logs/logs.ts';
import { createQueues } from '../queue/queues.ts';
import { createFunctions } from './functions.ts';
import { createInspectors, type Inspectors } from './inspectors.ts';

interface Spec extends JsonObject {
  /** The files of the zip, or the code of index.mjs. */
  zip: string | JsonObject;
}

const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) end();
  await until(() => processes() === 0, 'the processes are gone');
});

/** How many processes this one has started that are still there. */
const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
/** The folders of functions, except those of a whole system, which other tests run at the same time. */
const folders = () =>
  readdirSync(tmpdir()).filter((name) => {
    const dir = join(tmpdir(), name);
    return (
      name.startsWith('orders-functions-') && existsSync(dir) && !existsSync(join(dir, 'orders-producer'))
    );
  });
/** Waits until every folder that was made since then is gone. */
const noMoreFolders = (before: string[]) =>
  until(() => folders().every((name) => before.includes(name)), 'the folder is gone');

interface StackOptions {
  /** The actions that nobody is allowed. */
  denied?: string[];
  /** The log groups, by the ends of their names. The functions' own if left out. */
  groups?: string[];
  /** Further resources. */
  more?: JsonObject;
  /** The system's clock if left out. */
  clock?: FakeClock;
  inspectors?: Inspectors;
}

/** Functions by name, with arguments over the usual ones. */
function makeFunctions(
  specs: Record<string, Spec>,
  { denied = [], groups = Object.keys(specs), more = {}, clock, inspectors }: StackOptions = {},
) {
  const dir = mkdtempSync(join(tmpdir(), 'orders-zips-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  const resources = Object.entries(specs).map(([name, { zip, ...changes }]) => {
    const files = Object.entries(typeof zip === 'string' ? { 'index.mjs': zip } : zip);
    writeFileSync(
      join(dir, `${name}.zip`),
      zipSync(Object.fromEntries(files.map(([file, code]) => [file, strToU8(String(code))]))),
    );
    const resource: JsonObject = {
      function_name: name,
      role: `arn:role:${name}`,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      filename: `${name}.zip`,
      memory_size: 256,
      timeout: 10,
      logging_config: { log_format: 'JSON' },
      ...changes,
    };
    return [name, resource];
  });
  const plan = makePlan(
    {
      aws_lambda_function: Object.fromEntries(resources),
      aws_cloudwatch_log_group: Object.fromEntries(
        groups.map((name) => [name, { name: `/aws/lambda/${name}` }]),
      ),
      ...more,
    },
    dir,
  );
  const { openSession, roleOfAccessKey } = createIam(makePlan({}), systemIds);
  const iam = { ...makeIam(...denied), openSession, roleOfAccessKey };
  const context = makeContext({ iam, ...(clock && { clock }), ...(inspectors && { inspectors }) });
  const { trace, failures } = context;
  const flow = trace.newFlow();
  const logs = createLogs(plan, context);
  const queues = createQueues(plan, context);
  const functions = createFunctions(plan, context, { logs, queues });
  ends.push(() => functions.close());
  const find = (name: string) => functions.find(arnOf('lambda', `function:${name}`));
  const invoke = async (name: string, payload: unknown = {}, flowId = flow) =>
    find(name)?.invoke(payload, flowId);
  /** What the function has written: not what Lambda writes around each invocation. */
  const lines = (name: string) =>
    Array.from(logs.events(`/aws/lambda/${name}`) ?? [], ({ message }) => message).filter(
      (message) => !/^(INIT_REPORT|(START|END|REPORT) RequestId:) |"type":"platform\./.test(message),
    );
  const log = async (name: string, count: number) => {
    await until(() => lines(name).length >= count, `${name} has ${count} lines`);
    return lines(name);
  };
  /** Delivers an event to the function `f`, as the target of a rule. */
  const deliver = async (event = makeEvent(), flowId = flow) =>
    deliverTo(functions.target(arnOf('lambda', 'function:f'), rule), event, flowId);
  const steps = (flowId = flow) => stepsOf(trace, flowId);
  const settled = (flowId = flow) => settledSteps(trace, flowId);
  return { functions, context, invoke, deliver, lines, log, logs, queues, flow, failures, steps, settled };
}

const rule = { ruleArn: 'arn:rule', roleArn: undefined };

/** The one function `f`. */
const makeFunction = (zip: Spec['zip'], more: JsonObject = {}) => makeFunctions({ f: { zip, ...more } });

const handler = (body: string) => `export const handler = async (event, context) => { ${body} };`;
const failure = (errorType: string, message: unknown) => ({ name: errorType, message });

describe('an invocation', () => {
  test('gives what the handler returns, and null for nothing', async () => {
    const { invoke, settled, context, flow } = makeFunction(
      handler('return event.nothing ? undefined : { got: event };'),
    );
    await expect(invoke('f', { a: [1, 'é'] })).resolves.toEqual({ got: { a: [1, 'é'] } });
    // An invocation is over a little after its answer.
    await settled();
    await expect(invoke('f', { nothing: true })).resolves.toBeNull();
    const step = { kind: 'invocation', function: 'f', status: 'succeeded' };
    expect(await settled()).toEqual([expect.objectContaining(step), expect.objectContaining(step)]);
    expect(context.trace.entriesOf(flow)).toMatchObject([
      { type: 'begun', activity: { input: '{"a":[1,"é"]}' } },
      { type: 'ended', outcome: { answer: '{"got":{"a":[1,"é"]}}' } },
      { type: 'begun', activity: { input: '{"nothing":true}' } },
      { type: 'ended', outcome: { answer: 'null' } },
    ]);
  });

  test('gives the handler the context that Lambda gives it, and that of the next in the same process', async () => {
    const { invoke, flow, context } = makeFunction(
      handler(
        `return {
          ...context,
          left: context.getRemainingTimeInMillis(),
          trace: process.env._X_AMZN_TRACE_ID,
          cwd: process.cwd(),
          pid: process.pid,
        };`,
      ),
    );
    const headerOf = (flowId: string) =>
      expect.stringMatching(`^Root=${flowId};Parent=[0-9a-f]{16};Sampled=0$`);
    const first = (await invoke('f')) as JsonObject;
    expect(first).toMatchObject({
      functionName: 'f',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/f',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      invokedFunctionArn: arnOf('lambda', 'function:f'),
      trace: headerOf(flow),
    });
    expect(first.left).toBeGreaterThan(5_000);
    expect(first.left).toBeLessThanOrEqual(10_000);
    expect(String(first.cwd)).toMatch(/orders-functions-\d+-\w+[\\/]f$/);

    const nextFlow = context.trace.newFlow();
    const next = (await invoke('f', {}, nextFlow)) as JsonObject;
    expect(next.trace).toEqual(headerOf(nextFlow));
    expect(next.trace).not.toBe(first.trace);
    expect(next.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(next.awsRequestId).not.toBe(first.awsRequestId);
    expect(next.pid).toBe(first.pid);
  });

  const stays = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
  describe('of a handler that fails, and the next one is served, when it', () => {
    const rows: [what: string, body: string, errorType: string, message: string][] = [
      ['throws', 'throw new RangeError("none left");', 'RangeError', 'none left'],
      [
        'ends its process',
        `process.exit(7); ${stays}`,
        'Runtime.ExitError',
        'Runtime exited with error: exit status 7',
      ],
      [
        'ends its process without an error',
        `process.exit(0); ${stays}`,
        'Runtime.ExitError',
        'Runtime exited with error: exit status 0',
      ],
      [
        'is killed',
        `process.kill(process.pid, "SIGKILL"); ${stays}`,
        'Runtime.ExitError',
        'Runtime exited with error: signal SIGKILL',
      ],
    ];
    const outcomes: { failed: unknown; next: unknown; steps: unknown[] }[] = [];
    // One function for all of them: a process that is left is that of the next one.
    beforeAll(async () => {
      const { invoke, settled, context } = makeFunction(
        handler(`
          const fails = [${rows.map(([, body]) => `async () => { ${body} }`)}];
          if (event.row !== undefined) await fails[event.row]();
          return 'fine';`),
      );
      for (const row of rows.keys()) {
        const flow = context.trace.newFlow();
        const failed = await invoke('f', { row }, flow).catch((error: unknown) => ({ error }));
        const next = await invoke('f', {}, flow);
        outcomes.push({ failed, next, steps: await settled(flow) });
      }
    });

    test.each(rows.map(([what, , ...error], row) => [what, row, ...error] as const))(
      '%s',
      (_, row, errorType, message) => {
        expect(outcomes[row]).toMatchObject({
          failed: { error: failure(errorType, message) },
          next: 'fine',
          steps: [
            { status: 'failed', error: expect.stringMatching(new RegExp(`^${errorType}: `)) },
            { status: 'succeeded' },
          ],
        });
        expect(outcomes[row]?.steps).toHaveLength(2);
      },
    );
  });

  test('right after one whose handler left an error behind is served by another process', async () => {
    const { invoke } = makeFunction(
      handler('if (event.leaves) Promise.reject(new Error("alone")); return process.pid;'),
    );
    const pid = await invoke('f', { leaves: true });
    const next = await invoke('f');
    expect(next).toEqual(expect.any(Number));
    expect(next).not.toBe(pid);
  });

  test('whose handler leaves work behind its answer has it in its story, which is not settled before', async () => {
    const { invoke, settled } = makeFunction(handler('setTimeout(() => {}, 60_000); return 1;'));
    await invoke('f');
    expect((await settled())[1]).toMatchObject({ kind: 'left work', function: 'f', left: ['a timer'] });
  });

  test('that takes longer than the timeout fails, its process ends, and the next one is served', async () => {
    const clock = new FakeClock();
    const { invoke, log } = makeFunctions(
      {
        f: { zip: handler(`if (event.slow) { console.info("began"); ${stays} } return 'fine';`), timeout: 2 },
      },
      { clock },
    );
    const slow = invoke('f', { slow: true });
    await log('f', 1);
    clock.advance(1_999);
    expect(clock.timers).toBe(1);
    clock.advance(1);
    await expect(slow).rejects.toMatchObject(
      failure('Sandbox.Timedout', 'Task timed out after 2.00 seconds'),
    );
    await until(() => processes() === 0, 'the process is gone');
    await expect(invoke('f')).resolves.toBe('fine');
    expect(clock.timers).toBe(0);
  });
});

describe('the log of a function', () => {
  const parsed = (messages: string[]) => messages.map((message) => JSON.parse(message) as JsonObject);

  describe('has in one JSON line', () => {
    const rows: [what: string, code: string, level: string, message: unknown][] = [
      ['an object', 'console.info({ a: 1 })', 'INFO', { a: 1 }],
      ['text', 'console.log("a")', 'INFO', 'a'],
      ['several values', 'console.warn("a", 1, { b: 2 })', 'WARN', 'a 1 { b: 2 }'],
      ['a format', 'console.error("%s has %d", "a", 1)', 'ERROR', 'a has 1'],
      [
        'an error',
        'console.error(new RangeError("a"))',
        'ERROR',
        { errorType: 'RangeError', errorMessage: 'a', stackTrace: expect.any(Array) },
      ],
      [
        'an error in an object',
        'console.error({ cause: new RangeError("a") })',
        'ERROR',
        { cause: expect.objectContaining({ errorMessage: 'a' }) },
      ],
      [
        'an error beside text',
        'console.debug("b", new RangeError("a"))',
        'DEBUG',
        expect.stringMatching(/^b RangeError: a/),
      ],
      [
        'an object that contains itself',
        'const a = { b: 1 }; a.a = a; console.trace(a)',
        'TRACE',
        expect.stringContaining('[Circular *1]'),
      ],
      ['a big integer', 'console.info({ a: 1n })', 'INFO', expect.stringContaining('1n')],
    ];
    let requestIds: unknown[];
    let written: JsonObject[];
    let thrown: JsonObject | undefined;
    // One process writes all of them.
    beforeAll(async () => {
      const { invoke, log } = makeFunction(`
        const rows = [${rows.map(([, code]) => `() => { ${code}; }`)}, () => { throw new RangeError("too far"); }];
        ${handler('rows[event.row](); return context.awsRequestId;')}`);
      requestIds = [];
      for (const row of rows.keys()) requestIds.push(await invoke('f', { row }));
      written = parsed(await log('f', rows.length));
      await expect(invoke('f', { row: rows.length })).rejects.toThrow('too far');
      [thrown] = parsed(await log('f', rows.length + 1)).slice(rows.length);
    });

    test('the error that a handler threw', () => {
      expect(thrown).toMatchObject({
        level: 'ERROR',
        message: { errorType: 'RangeError', errorMessage: 'too far', stackTrace: expect.any(Array) },
      });
    });

    test.each(rows.map(([what, , level, message], row) => [what, row, level, message] as const))(
      '%s',
      (_, row, level, message) => {
        expect(written).toHaveLength(rows.length);
        expect(written[row]).toMatchObject({
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          level,
          requestId: requestIds[row],
          message,
        });
      },
    );
  });

  test('goes to the log group that the stack names, or to its own, in a stream for each process', async () => {
    const { invoke, log, lines, logs } = makeFunctions(
      {
        f: { zip: handler('console.info("a"); return context.logStreamName;') },
        g: {
          zip: handler('console.info("b"); return context.logGroupName'),
          logging_config: { log_group: '/aws/lambda/shared' },
        },
      },
      { groups: ['f', 'shared'] },
    );
    const stream = await invoke('f');
    await expect(invoke('g')).resolves.toBe('/aws/lambda/shared');
    await log('f', 1);
    expect(await log('shared', 1)).toEqual([expect.stringMatching(/^\S+Z\t[\w-]+\tINFO\tb$/)]);
    expect(lines('f')).toHaveLength(1);
    expect(
      new Set(Array.from(logs.events('/aws/lambda/f') ?? [], ({ logStreamName }) => logStreamName)),
    ).toEqual(new Set([stream]));
  });
});

test("a function's environment has Lambda's variables and the stack's, and none of the developer's", async () => {
  expect(process.env.PATH).toBeDefined();
  const { invoke, context } = makeFunctions({
    f: { zip: handler('return process.env;'), environment: { variables: { BUS_NAME: 'Orders', COUNT: 3 } } },
    g: { zip: handler('return process.env;') },
  });
  const own = (await invoke('f')) as Record<string, string>;
  const { __CF_USER_TEXT_ENCODING: _ofMacOs, ...variables } = own;
  expect(variables).toEqual({
    BUS_NAME: 'Orders',
    COUNT: '3',
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: expect.stringMatching(/f$/),
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4000',
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[0-9A-F]{16}$/),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
    AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    TZ: ':UTC',
    AWS_CONFIG_FILE: expect.stringMatching(/no-aws-config$/),
    AWS_SHARED_CREDENTIALS_FILE: expect.stringMatching(/no-aws-credentials$/),
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=/),
  });
  const others = (await invoke('g')) as Record<string, string>;
  const keys = [own, others].map(({ AWS_ACCESS_KEY_ID = '' }) => AWS_ACCESS_KEY_ID);
  expect(keys.map((key) => context.iam.roleOfAccessKey(key))).toEqual(['arn:role:f', 'arn:role:g']);
});

describe('the processes of a function', () => {
  /** The function `f`. Each invocation connects to a gate, says its id, and returns when the gate closes the connection. */
  const makeGated = async () => {
    const connections = new Map<string, Socket>();
    let isOpen = false;
    const gate = createServer((connection) => {
      // A process that is killed resets it.
      connection.on('error', () => {});
      connection.once('data', (id) => {
        connections.set(String(id), connection);
        if (isOpen) connection.end();
      });
    }).listen(0, '127.0.0.1');
    ends.push(() => gate.close());
    await once(gate, 'listening');
    const { port } = gate.address() as AddressInfo;
    const gated = makeFunction(
      `import { once } from 'node:events';
      import { connect } from 'node:net';
      export const handler = async ({ id }) => {
        const connection = connect(${port}, '127.0.0.1').resume();
        connection.write(String(id));
        await once(connection, 'close');
        return process.pid;
      };`,
      // Processes start one after the other, which takes its time on a busy machine.
      { timeout: 50 },
    );
    const began = () => [...connections.keys()];
    const end = (id: string) => connections.get(id)?.end();
    const endAll = () => {
      isOpen = true;
      for (const id of began()) end(id);
    };
    /** The gate keeps what comes from here on, and forgets what came before. */
    const beginAgain = () => {
      isOpen = false;
      connections.clear();
    };
    return { ...gated, began, end, endAll, beginAgain };
  };

  test('are as many as are reserved, and Lambda refuses another one', async () => {
    const { invoke, began, endAll, functions } = await makeGated();
    const call = makeCaller([functions], makeContext());
    await call('AWSLambda.PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 });
    const first = invoke('f', { id: 0 });
    await until(() => began().length === 1, 'one has begun');
    await expect(invoke('f', { id: 1 })).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await call('AWSLambda.DeleteFunctionConcurrency', { FunctionName: 'f' });
    const second = invoke('f', { id: 2 });
    await until(() => began().length === 2, 'another one has begun');
    endAll();
    await Promise.all([first, second]);
  });

  test('are at most ten: what comes then waits, and close ends them, fails it, and starts no new one', async () => {
    const before = folders();
    const { invoke, began, end, endAll, beginAgain, functions } = await makeGated();
    const running = Array.from({ length: 10 }, (_, id) => invoke('f', { id }));
    const eleventh = invoke('f', { id: 10 });
    await until(() => began().length === 10, 'ten have begun');
    expect(began()).not.toContain('10');
    expect(processes()).toBe(10);
    end('3');
    const pid = await running[3];
    await until(() => began().length === 11, 'the eleventh has begun');
    endAll();
    const pids = await Promise.all(running);
    expect(new Set(pids).size).toBe(10);
    await expect(eleventh).resolves.toBe(pid);

    beginAgain();
    const all = Array.from({ length: 12 }, (_, id) => invoke('f', { id }));
    await until(() => began().length === 10, 'ten have begun');
    functions.close();
    all.push(invoke('f', { id: 'late' }));
    const outcomes = Promise.allSettled(all);
    const messages = (await outcomes).map((outcome) =>
      outcome.status === 'rejected' ? String(outcome.reason) : 'it succeeded',
    );
    expect(messages.filter((message) => /There is no index|ENOENT/.test(message))).toEqual([]);
    expect(messages).not.toContain('it succeeded');
    await until(() => processes() === 0, 'the processes are gone');
    await noMoreFolders(before);
  });

  test('are replaced when they crash between invocations', async () => {
    const { invoke } = makeFunction(handler('return process.pid;'));
    const pid = await invoke('f');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => processes() === 0, 'it crashed');
    const next = await invoke('f');
    expect(next).toEqual(expect.any(Number));
    expect(next).not.toBe(pid);
  });
});

describe('a function with a debugger', () => {
  test('is found before its first invocation, and has no other line in its log', async () => {
    const inspectors = createInspectors(0);
    const { invoke, log } = makeFunctions({ f: { zip: handler('console.log("mine");') } }, { inspectors });
    const [found] = await inspectors.listening();
    expect(found).toMatchObject({ function: 'f', url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\//) });
    const socket = new WebSocket(found?.url ?? '');
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    await invoke('f');
    socket.close();
    expect(await log('f', 1)).toEqual([expect.stringContaining('mine')]);
  });

  test('has no timeout, and one process at a time', async () => {
    const clock = new FakeClock();
    const inspectors = createInspectors(0);
    const gate = join(mkdtempSync(join(tmpdir(), 'orders-gate-')), 'gate');
    ends.push(() => rmSync(dirname(gate), { recursive: true, force: true }));
    const code = `import { existsSync } from 'node:fs';
export const handler = async () => {
  console.log('begun');
  while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 5));
  return process.pid;
};`;
    const { invoke, log } = makeFunctions({ f: { zip: code } }, { clock, inspectors });
    const both = [invoke('f'), invoke('f')];
    await log('f', 1);
    clock.advance(3_600_000);
    writeFileSync(gate, '');
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(expect.any(Number));
    expect(second).toBe(first);
  });

  test('whose port is taken runs without, and says so', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const inspectors = createInspectors(port);
    const { invoke, failures } = makeFunctions({ f: { zip: handler('return 1;') } }, { inspectors });
    expect(await inspectors.listening()).toEqual([]);
    expect(failures).toEqual([
      `No debugger finds the function f. Starting inspector on 127.0.0.1:${port} failed: address already in use`,
    ]);
    await expect(invoke('f')).resolves.toBe(1);
  });
});

describe('a zip', () => {
  test.each(['../evil.mjs', '/evil.mjs', 'a/../../evil.mjs', '../f-evil/x.mjs'])(
    'with the entry %s, which is outside the folder, is refused, and leaves nothing behind',
    async (name) => {
      const before = folders();
      expect(() => makeFunction({ [name]: 'x' })).toThrow(
        `the entry ${name} would leave the function's folder`,
      );
      await noMoreFolders(before);
    },
  );

  test('that is missing or is no zip is refused, by the address of its function', () => {
    const read = (filename: string) => () => makeFunction(handler(''), { filename });
    expect(read('none.zip')).toThrow(/^aws_lambda_function\.f: its zip \S+none\.zip can't be read: ENOENT/);
    expect(read(import.meta.filename)).toThrow(/^aws_lambda_function\.f: its zip \S+ can't be read/);
  });

  test('may have folders as entries', async () => {
    const { invoke } = makeFunction({ 'lib/': '', 'lib/deep/': '', 'index.mjs': handler('return 1') });
    await expect(invoke('f')).resolves.toBe(1);
  });
});

describe('a function', () => {
  const arn = arnOf('lambda', 'function:f');
  const zip = handler('if (event.detail?.fail) throw new RangeError("no"); return null;');

  test.each<[string, JsonObject, string]>([
    [
      'of another runtime',
      { runtime: 'python3.13' },
      'aws_lambda_function.f: the local run knows the runtimes nodejs….x, received python3.13',
    ],
    [
      'whose log group is not in the stack',
      { logging_config: { log_group: 'other' } },
      "aws_lambda_function.f: its log group other isn't in the stack",
    ],
  ])('%s is refused', (_, changes, message) => {
    expect(() => makeFunction(zip, changes)).toThrow(UnsupportedError);
    expect(() => makeFunction(zip, changes)).toThrow(message);
  });

  const stream = arnOf('logs', 'log-group:/aws/lambda/f:log-stream:f');
  test.each([
    ['sts:AssumeRole', `denied: lambda.amazonaws.com sts:AssumeRole arn:role:f ${arn}`],
    ['logs:CreateLogStream', `denied: arn:role:f logs:CreateLogStream ${stream}`],
    ['logs:PutLogEvents', `denied: arn:role:f logs:PutLogEvents ${stream}`],
  ])('without the permission for %s does not start, and leaves nothing behind', async (action, message) => {
    const before = folders();
    expect(() => makeFunctions({ f: { zip } }, { denied: [action] })).toThrow(message);
    await noMoreFolders(before);
  });

  test('is found by its ARN and by its invoke ARN', () => {
    const { functions } = makeFunction(zip);
    const invokeArn = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
    expect(functions.find(arn)?.name).toBe('f');
    expect(functions.find(invokeArn)?.name).toBe('f');
    expect(functions.find(`${arn}:1`)).toBeUndefined();
  });

  test('as a target is invoked with the event, and the delivery does not wait for it', async () => {
    const { functions, deliver, steps, settled, failures } = makeFunction(zip);
    expect(functions.target(arn, rule)?.description).toBe('function f');
    await deliver();
    expect(steps()).toMatchObject([{ kind: 'invocation', status: 'running' }]);
    expect(await settled()).toMatchObject([{ status: 'succeeded' }]);
    expect(failures).toEqual([]);
  });

  test('that fails for an event is tried again', async () => {
    const { deliver, steps, failures } = makeFunction(zip);
    await deliver(makeEvent({ detail: { fail: true } }));
    await until(() => JSON.stringify(steps()).includes('nextAttemptAtMs'), 'a retry is scheduled');
    expect(steps()).toMatchObject([
      {
        status: 'running',
        error: expect.stringMatching(/^RangeError: no at handler \(index\.mjs:1:\d+\)$/),
        stack: [
          expect.stringMatching(/^ {4}at handler \(index\.mjs/),
          expect.stringContaining("of Lambda's runtime"),
        ],
      },
    ]);
    expect(failures).toEqual([]);
  });

  test('that has no permission for the rule is not invoked', async () => {
    const { deliver, steps } = makeFunctions({ f: { zip } }, { denied: ['lambda:InvokeFunction'] });
    await expect(deliver()).rejects.toThrow(
      `denied: events.amazonaws.com lambda:InvokeFunction ${arn} arn:rule`,
    );
    expect(steps()).toEqual([]);
  });

  test("is not a target for another service's ARN", () => {
    expect(makeFunction(zip).functions.target('arn:other', rule)).toBeUndefined();
  });
});

describe('a function with a queue for the events that it fails for', () => {
  const zip = handler(
    'if (event.detail?.fail) throw new RangeError("no".padEnd(event.detail.fail, "o")); return null;',
  );
  const arn = arnOf('lambda', 'function:f');
  const config = (destination_config: JsonObject, function_name = 'f'): JsonObject => ({
    aws_sqs_queue: { q: { name: 'Q' } },
    aws_lambda_function_event_invoke_config: {
      c: { function_name, destination_config, maximum_retry_attempts: 0 },
    },
  });
  const inQueue = config({ on_failure: { destination: '${aws_sqs_queue.q.arn}' } });
  const makeKeeper = (more = inQueue, denied: string[] = [], code = zip) =>
    makeFunctions({ f: { zip: code } }, { denied, more });

  /** Fails for an event, and gives what is in the queue, and the steps of the flow. */
  async function failFor({ deliver, settled, queues, context }: ReturnType<typeof makeKeeper>, fail = 2) {
    const event = makeEvent({ detail: { fail } });
    const flow = context.trace.newFlow();
    await deliver(event, flow);
    const steps = await settled(flow);
    const queue = queues.find(arnOf('sqs', 'Q'));
    const messages = (await queue?.receive({ max: 10, visibilityTimeoutMs: 0, waitMs: 0 })) ?? [];
    return { event, messages, steps };
  }

  test('sends a record of the invocation to its queue, which its story and the view of the queue show', async () => {
    const keeper = makeKeeper();
    const { event, messages, steps } = await failFor(keeper);
    expect(messages.map(({ body }) => JSON.parse(body) as JsonObject)).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: `${arn}:$LATEST`,
        }),
        requestPayload: event,
        responsePayload: {
          errorType: 'RangeError',
          errorMessage: 'no',
          trace: expect.arrayContaining(['RangeError: no', expect.stringMatching(/^ +at /)]),
        },
      }),
    ]);
    expect(messages[0]?.attributes).toEqual({});
    const error = expect.stringMatching(/^RangeError: no at handler \(index\.mjs:1:\d+\)$/);
    const stack = expect.arrayContaining([expect.stringContaining('at handler (index.mjs:1:')]);
    expect(steps).toMatchObject([{ status: 'failed', error, stack, failureQueue: 'Q' }]);
    expect(keeper.failures).toEqual([
      expect.stringMatching(
        `^The function f failed for the event ${event.id}\\. RangeError: no at handler \\(.*\\)\\. The event is in the queue Q$`,
      ),
    ]);

    // The view has the error and its stack, and nothing is received.
    const queue = keeper.queues.find(arnOf('sqs', 'Q'));
    queue?.send('of somebody else');
    const list = keeper.queues.routes?.['GET /_local/queues/<name>/messages'];
    const told = await list?.({ parameters: { name: 'Q' } } as unknown as LocalRequest);
    const view = (told?.body ?? {}) as { messages?: { error?: string }[] };
    expect(view.messages?.map((message) => message.error)).toEqual([
      expect.stringMatching(/^RangeError: no at handler \(index\.mjs:1:\d+\)\n {4}at handler/),
      undefined,
    ]);
    expect(queue?.counts.visible).toBe(2);
  });

  test('records the request id that the handler had', async () => {
    const throwsId = handler('throw new Error(context.awsRequestId);');
    const { messages } = await failFor(makeKeeper(inQueue, [], throwsId));
    const record = JSON.parse(messages[0]?.body ?? '') as Record<string, JsonObject>;
    expect(record.requestContext?.requestId).toBe(record.responsePayload?.errorMessage);
  });

  test('reports a record that is too large for the queue as lost', async () => {
    const keeper = makeKeeper();
    const { messages, steps } = await failFor(keeper, 256 * 1024);
    expect(messages).toEqual([]);
    expect(keeper.failures).toEqual([
      expect.stringMatching(
        /The event is lost: the queue Q did not take it: .*must be shorter than 262144 bytes/,
      ),
    ]);
    expect(steps[0]).toMatchObject({ status: 'failed' });
    expect(steps[0]).not.toHaveProperty('failureQueue');
    expect(countsOf(keeper.context, 'AWS/Lambda')).toMatchObject({
      Invocations: 1,
      Errors: 1,
      DestinationDeliveryFailures: 1,
    });
  });

  test('sends nothing for an event that it succeeds for, or when its caller waits and gets the error', async () => {
    const keeper = makeKeeper();
    const { messages, steps } = await failFor(keeper, 0);
    expect(messages).toEqual([]);
    expect(steps).toMatchObject([{ status: 'succeeded' }]);
    expect(keeper.failures).toEqual([]);

    await expect(keeper.invoke('f', { detail: { fail: 2 } })).rejects.toThrow('no');
    expect(keeper.queues.find(arnOf('sqs', 'Q'))?.counts).toMatchObject({ visible: 0, notVisible: 0 });
    expect(keeper.steps()).toMatchObject([{ status: 'failed' }]);
    expect(keeper.steps()[0]).not.toHaveProperty('failureQueue');
    expect(keeper.failures).toEqual([]);
  });

  test('sends nothing without a destination for failures', async () => {
    const keeper = makeKeeper(config({}));
    expect((await failFor(keeper)).messages).toEqual([]);
    expect(keeper.failures).toEqual([
      expect.stringMatching(
        /RangeError: no at handler \(.*\)\. The event is lost: the function has no destination for failures$/,
      ),
    ]);
  });

  test('does not start when its role may not send to the queue, and leaves nothing behind', async () => {
    const before = folders();
    expect(() => makeKeeper(inQueue, ['sqs:SendMessage'])).toThrow(
      `denied: arn:role:f sqs:SendMessage ${arnOf('sqs', 'Q')}`,
    );
    await noMoreFolders(before);
  });

  test.each<[string, JsonObject, string]>([
    [
      'a function that is not in the stack',
      config({ on_failure: { destination: '${aws_sqs_queue.q.arn}' } }, 'g'),
      'aws_lambda_function_event_invoke_config.c: the stack has no function g, only f',
    ],
    [
      'a destination that is not a queue of the stack',
      config({ on_failure: { destination: 'arn:aws:sns:x' } }),
      'aws_lambda_function_event_invoke_config.c: the local run knows queues of the stack as destinations, received {"destination":"arn:aws:sns:x"}',
    ],
    [
      'a destination for what succeeds',
      config({ on_success: { destination: '${aws_sqs_queue.q.arn}' } }),
      "aws_lambda_function_event_invoke_config.c.destination_config: the local run doesn't know the argument on_success",
    ],
  ])('with %s is refused, and leaves nothing behind', async (_, more, message) => {
    const before = folders();
    expect(() => makeKeeper(more)).toThrow(UnsupportedError);
    expect(() => makeKeeper(more)).toThrow(message);
    await noMoreFolders(before);
  });
});

test('the code of a function is unpacked once it runs, and is there until close', async () => {
  const before = folders();
  const { functions, invoke } = makeFunctions({ f: { zip: handler('return 1;') }, g: { zip: '' } });
  const [folder = ''] = folders().filter((name) => !before.includes(name));
  const isUnpacked = (name: string) => existsSync(join(tmpdir(), folder, name, 'index.mjs'));
  expect([isUnpacked('f'), isUnpacked('g')]).toEqual([false, false]);
  await expect(invoke('f')).resolves.toBe(1);
  expect([isUnpacked('f'), isUnpacked('g')]).toEqual([true, false]);
  await functions.close();
  expect(existsSync(join(tmpdir(), folder))).toBe(false);
});
