import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { FakeClock, until } from '../../../testing.ts';
import { Environment } from '../environment.ts';
import type { FunctionError } from '../function-error.ts';

/**
 * What a handler does beside its answer and instead of it, and what becomes of the invocation: as the runtime client of
 * AWS has it for Node.js.
 */

const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await until(() => processes() === 0, 'the processes are gone');
});

/** How many processes this one has started that are still there. */
const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

/** The files of a function, or the code of its index.mjs. */
type Files = string | Record<string, string>;

function makeFolder(files: Files): string {
  const dir = mkdtempSync(join(tmpdir(), 'orders-runtime-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, code] of Object.entries(typeof files === 'string' ? { 'index.mjs': files } : files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), code);
  }
  return dir;
}

/** An environment with this code. */
function makeEnvironment(
  files: Files,
  { handler = 'index.handler', format = 'JSON' }: { handler?: string; format?: string } = {},
) {
  const dir = makeFolder(files);
  const lines: string[] = [];
  const left: object[] = [];
  const clock = new FakeClock();
  const environment = new Environment({
    memoryMb: 128,
    variables: {
      LAMBDA_TASK_ROOT: dir,
      _HANDLER: handler,
      AWS_LAMBDA_LOG_FORMAT: format,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    },
    dir,
    loadTimeoutMs: 10_000,
    isMachineBusy: () => false,
    clock,
    guard: { start: (process) => process(), close() {} },
    findSourceLine: () => undefined,
    onLine: (line) => lines.push(line),
    onLeft: (work, _, isFrozen) => left.push({ work, isFrozen }),
  });
  ends.push(() => environment.kill());
  /** Runs the handler, and gives its answer, or what it failed with. */
  const run = async (event: unknown = {}) => {
    await environment.free();
    return environment
      .invoke({ requestId: 'r-1', functionArn: 'arn:f', event, traceHeader: '' }, 10_000)
      .catch(({ name, message }: FunctionError) => ({ error: name, message }));
  };
  const own = () => lines.filter(isOwn);
  /** The lines, when there are so many. */
  const log = async (count: number) => {
    await until(() => lines.length >= count, `there are ${count} lines`);
    return lines;
  };
  return { environment, run, lines, own, log, left, clock };
}

/** Whether the code has written a line, and not Lambda around an invocation. */
const isOwn = (line: string) =>
  !/^(INIT_REPORT|(START|END|REPORT) RequestId:) |"type":"platform\./.test(line);

/** The files of a function that runs the handler of the row in its event. */
function inOneFunction(handlers: readonly string[]): Record<string, string> {
  const indexes = [...handlers.keys()];
  const name = (row: number) => `handler${row}`;
  return {
    ...Object.fromEntries(handlers.map((code, row) => [`${name(row)}.mjs`, code])),
    'index.mjs': `
      ${indexes.map((row) => `import { handler as ${name(row)} } from './${name(row)}.mjs';`).join('\n')}
      const handlers = [${indexes.map(name)}];
      export const handler = ({ row, ...event }, context, callback) => handlers[row](event, context, callback);`,
  };
}

/** A handler in its two forms. */
const asynchronous = (body: string) => `export const handler = async (event, context) => { ${body} };`;
const calling = (body: string) => `export const handler = (event, context, callback) => { ${body} };`;

const waits = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
const stays = 'setTimeout(() => {}, 60_000);';
const unstringifiable = { error: 'Error', message: 'Unable to stringify response body' };

describe('a handler', () => {
  type Row = [what: string, code: string, outcome: unknown];
  const leaveNothing: Row[] = [
    // What it gives.
    ['that is async and returns', asynchronous('return { a: 1 };'), { a: 1 }],
    ['that calls back', calling('callback(null, { a: 1 });'), { a: 1 }],
    ['that is async and returns nothing', asynchronous(''), null],
    ['that calls back with nothing', calling('callback();'), null],
    ['that returns, and is not async', calling('return 1;'), null],
    ['that calls context.succeed', calling('context.succeed(1);'), 1],
    ['that calls context.done', calling('context.done(null, 1);'), 1],
    ['that returns a promise, and is not async', calling('return Promise.resolve(1);'), 1],
    // What it fails with.
    [
      'that is async and throws',
      asynchronous('throw new RangeError("far");'),
      { error: 'RangeError', message: 'far' },
    ],
    [
      'that throws, and is not async',
      calling('throw new RangeError("far");'),
      { error: 'RangeError', message: 'far' },
    ],
    [
      'that calls back with an error',
      calling('callback(new RangeError("far"));'),
      { error: 'RangeError', message: 'far' },
    ],
    [
      'that calls context.fail',
      calling('context.fail(new RangeError("far"));'),
      { error: 'RangeError', message: 'far' },
    ],
    ['that is async and throws a text', asynchronous('throw "far";'), { error: 'string', message: 'far' }],
    ['that calls back with a text', calling('callback("far");'), { error: 'string', message: 'far' }],
    ['that throws a number', asynchronous('throw 7;'), { error: 'number', message: '7' }],
    [
      'that throws what looks like an error',
      asynchronous('throw { name: "Own", message: "m", stack: "s" };'),
      { error: 'Own', message: 'm' },
    ],
    ['that is async and returns what has no JSON', asynchronous('return 1n;'), unstringifiable],
    [
      'that calls back with what has no JSON, and waits for nothing',
      calling('context.callbackWaitsForEmptyEventLoop = false; callback(null, 1n);'),
      unstringifiable,
    ],
    [
      'that answers more than 6 MB',
      asynchronous(`return 'x'.repeat(${6_291_556 - 1});`),
      {
        error: 'Function.ResponseSizeTooLarge',
        message: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    ],
    // The first answer counts.
    ['that calls back twice', calling('callback(null, 1); callback(null, 2);'), 1],
    ['that calls back, and then fails', calling('callback(null, 1); context.fail(new Error("late"));'), 1],
    [
      'that fails, and then succeeds',
      calling('context.fail(new Error("first")); context.succeed(2);'),
      { error: 'Error', message: 'first' },
    ],
    [
      'that is async, and calls back first',
      `export const handler = async (event, context, callback) => { context.done(null, 1); return 2; };`,
      1,
    ],
    // Nothing is left to wait for, or a little is.
    [
      'whose promise never settles with nothing left to wait for, and is not async',
      calling('return new Promise(() => {});'),
      null,
    ],
    ['that never calls back', calling('setTimeout(() => {}, 1);'), null],
    [
      'that calls back, and has a little work left, which is waited for',
      calling('const list = []; setTimeout(() => list.push("done"), 20); callback(null, list);'),
      ['done'],
    ],
  ];
  const leaveWork: Row[] = [
    ['that answers, and has work left', asynchronous(`${stays} return 1;`), 1],
    [
      'that calls back, and has work left that it does not wait for',
      calling(`context.callbackWaitsForEmptyEventLoop = false; ${stays} callback(null, 1);`),
      1,
    ],
    ['that calls context.succeed, and has work left', calling(`${stays} context.succeed(1);`), 1],
  ];

  // One process for all rows of a table.
  describe.each([
    ['that leaves nothing', leaveNothing],
    ['that leaves work', leaveWork],
  ])('%s, and whose process serves the next invocation,', (_, rows) => {
    const outcomes: unknown[] = [];
    beforeAll(async () => {
      const { environment, run } = makeEnvironment(inOneFunction(rows.map(([, code]) => code)));
      for (const row of rows.keys()) {
        const outcome = await run({ row });
        await environment.free();
        outcomes.push(environment.alive ? outcome : 'the process has ended');
      }
    });

    test.each(rows.map(([what, , outcome], row) => [what, row, outcome] as const))(
      '%s',
      (_, row, outcome) => {
        expect(outcomes[row]).toEqual(outcome);
      },
    );
  });

  describe('that ends its process, with 128 for a rejection and with 129 for an error,', () => {
    test.each<[...Row, status: number]>([
      ['that calls back with what has no JSON', calling('callback(null, 1n);'), unstringifiable, 129],
      // What it leaves.
      [
        'that is async and leaves a rejection that nobody awaits',
        asynchronous(`Promise.reject(new Error("alone")); ${waits}`),
        { error: 'Runtime.UnhandledPromiseRejection', message: 'Error: alone' },
        128,
      ],
      [
        'that leaves a rejection that nobody awaits',
        calling(`Promise.reject(new Error("alone")); ${stays}`),
        { error: 'Runtime.UnhandledPromiseRejection', message: 'Error: alone' },
        128,
      ],
      [
        'that answers, and leaves a rejection that nobody awaits',
        asynchronous('Promise.reject(new Error("alone")); return "answered";'),
        'answered',
        128,
      ],
      [
        'that is async and throws in a timer',
        asynchronous(`setTimeout(() => { throw new RangeError("later"); }, 1); ${waits}`),
        { error: 'RangeError', message: 'later' },
        129,
      ],
      [
        'that throws in a timer',
        calling(`setTimeout(() => { throw new RangeError("later"); }, 1); ${stays}`),
        { error: 'RangeError', message: 'later' },
        129,
      ],
      [
        'that calls back, and then throws in what is waited for',
        calling('setTimeout(() => { throw new RangeError("later"); }, 1); callback(null, 1);'),
        { error: 'RangeError', message: 'later' },
        129,
      ],
      // Its process.
      [
        'that ends its process',
        asynchronous(`process.exit(7); ${waits}`),
        { error: 'Runtime.ExitError', message: 'Runtime exited with error: exit status 7' },
        7,
      ],
    ])('%s', async (_, code, outcome, status) => {
      const { environment, run } = makeEnvironment(code);
      expect(await run()).toEqual(outcome);
      await environment.free();
      expect(environment.alive).toBe(false);
      expect(await run()).toEqual({
        error: 'Runtime.ExitError',
        message: `Runtime exited with error: exit status ${status}`,
      });
    });
  });

  test('that is async, and whose promise never settles with nothing left to wait for, fails, and its process serves the next', async () => {
    const { environment, run } = makeEnvironment(asynchronous('await new Promise(() => {});'));
    expect(await run()).toEqual({
      error: 'Runtime.NodeJsExit',
      message: expect.stringContaining('commonly caused by a Promise that was never settled'),
    });
    await environment.free();
    expect(environment.alive).toBe(true);
  });

  test('that answers late answers nothing that came after it', async () => {
    const { run } = makeEnvironment(
      calling(`
        if (event.first) { setTimeout(() => callback(null, 'late'), 20); context.succeed('first'); }
        else setTimeout(() => callback(null, 'second'), 40);`),
    );
    expect(await run({ first: true })).toBe('first');
    expect(await run()).toBe('second');
  });
});

/** Loads handlers, and calls each, in one process of a function. Gives their answers, or what they fail with. */
async function loadAll(rows: readonly { files: Files; handler: string }[]): Promise<unknown[]> {
  const { run } = makeEnvironment(`
    import { loadHandler } from ${JSON.stringify(new URL('load-handler.mjs', import.meta.url).href)};
    export const handler = async ({ root, name }) => (await loadHandler(root, name))();`);
  const outcomes: unknown[] = [];
  for (const { files, handler } of rows) outcomes.push(await run({ root: makeFolder(files), name: handler }));
  return outcomes;
}

describe('a handler is found', () => {
  const returns = (value: string) => `exports.handler = async () => '${value}';`;
  const rows: [what: string, Record<string, string>, handler: string, answer: unknown][] = [
    ['in an .mjs', { 'index.mjs': asynchronous("return 'mjs'") }, 'index.handler', 'mjs'],
    ['in a .cjs', { 'index.cjs': returns('cjs') }, 'index.handler', 'cjs'],
    ['in a .js that is CommonJS', { 'index.js': returns('js') }, 'index.handler', 'js'],
    [
      'in a .js, rather than in an .mjs',
      { 'index.js': returns('js'), 'index.mjs': '' },
      'index.handler',
      'js',
    ],
    [
      'in a .js of a package of modules',
      { 'index.js': asynchronous("return 'esm'"), 'package.json': '{"type":"module"}' },
      'index.handler',
      'esm',
    ],
    ['in a folder', { 'src/app.mjs': asynchronous('return 1') }, 'src/app.handler', 1],
    [
      'among nested exports',
      { 'src/app.mjs': 'export const v1 = { api: { main: async () => 1 } };' },
      'src/app.v1.api.main',
      1,
    ],
    [
      'in a module that imports another file',
      { 'index.mjs': 'export { handler } from "./lib/a.mjs";', 'lib/a.mjs': asynchronous('return 2') },
      'index.handler',
      2,
    ],
    [
      'in a package',
      { 'node_modules/orders/index.js': returns('package'), 'other.js': '' },
      'orders.handler',
      'package',
    ],
    [
      'in a CommonJS module that exports it only when it runs',
      { 'index.cjs': 'module.exports = Object.fromEntries([["handler", async () => 3]]);' },
      'index.handler',
      3,
    ],
  ];
  let answers: unknown[];
  beforeAll(async () => {
    answers = await loadAll(rows.map(([, files, handler]) => ({ files, handler })));
  });

  test.each(rows.map(([what, , , answer], row) => [what, row, answer] as const))('%s', (_, row, answer) => {
    expect(answers[row]).toEqual(answer);
  });
});

describe('a handler does not load', () => {
  type Row = [what: string, Files, handler: string, error: string, message: string | RegExp];
  const messageOf = (message: string | RegExp) =>
    typeof message === 'string' ? message : expect.stringMatching(message);

  const rows: Row[] = [
    [
      'whose file is missing',
      { 'main.mjs': '' },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module 'index'/,
    ],
    [
      'whose CommonJS file requires what is missing',
      { 'index.cjs': 'require("./missing")' },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module '.\/missing'/,
    ],
    [
      'whose module imports what is missing',
      'import "@orders/missing";',
      'index.handler',
      'Error',
      /^Cannot find package '@orders\/missing'/,
    ],
    [
      'that the file does not export',
      'export const other = 1;',
      'index.handler',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'that is not a function',
      'export const handler = 1;',
      'index.handler',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    ['that has no dot', '', 'index', 'Runtime.MalformedHandlerName', 'Bad handler'],
    [
      'that leaves the folder',
      '',
      '../index.handler',
      'Runtime.MalformedHandlerName',
      /^'\.\.\/index\.handler' is not a valid handler name/,
    ],
    [
      'whose file is not JavaScript',
      'export const = ;',
      'index.handler',
      'Runtime.UserCodeSyntaxError',
      "SyntaxError: Unexpected token '='",
    ],
    [
      'whose .js has an import, and no package says that it is a module',
      { 'index.js': 'import "node:fs";' },
      'index.handler',
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: Cannot use import statement outside a module',
    ],
  ];
  let failures: unknown[];
  beforeAll(async () => {
    failures = await loadAll(rows.map(([, files, handler]) => ({ files, handler })));
  });

  test.each(rows.map(([what, , , ...failure], row) => [what, row, ...failure] as const))(
    '%s',
    (_, row, error, message) => {
      expect(failures[row]).toEqual({ error, message: messageOf(message) });
    },
  );

  test.each<Row>([
    [
      'that is not there, when its process begins',
      { 'main.mjs': '' },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module 'index'/,
    ],
    ['whose file throws', 'throw new RangeError("at import");', 'index.handler', 'RangeError', 'at import'],
    [
      'whose file waits for nothing, forever',
      'await new Promise(() => {});',
      'index.handler',
      'Runtime.ExitError',
      'Runtime exited with error: exit status 13',
    ],
    [
      'whose file leaves a rejection that nobody awaits',
      'Promise.reject(new Error("alone")); await new Promise((resolve) => setTimeout(resolve, 60_000));',
      'index.handler',
      'Runtime.UnhandledPromiseRejection',
      'Error: alone',
    ],
  ])('%s, and its process ends', async (_, files, handler, error, message) => {
    const { run, environment, lines } = makeEnvironment(files, { handler });
    expect(await run()).toEqual({ error, message: messageOf(message) });
    expect(environment.alive).toBe(false);
    const reports = lines.filter((line) => line.includes('"platform.initReport"'));
    expect(reports.map((line) => JSON.parse(line).record)).toEqual([
      {
        initializationType: 'on-demand',
        phase: 'init',
        status: 'error',
        errorType: error,
        metrics: { durationMs: expect.any(Number) },
      },
    ]);
  });
});

describe('the log', () => {
  /** What each of these handlers writes, in one process of a function. */
  async function logsOf(format: string, bodies: readonly string[]): Promise<string[][]> {
    const { run, lines } = makeEnvironment(inOneFunction(bodies.map(asynchronous)), { format });
    const ends = () => lines.filter((line) => /^REPORT |"type":"platform.report"/.test(line)).length;
    const logs: string[][] = [];
    for (const row of bodies.keys()) {
      const before = lines.length;
      await run({ row });
      await until(() => ends() > row, 'the invocation is reported');
      logs.push(lines.slice(before).filter(isOwn));
    }
    return logs;
  }
  const time = String.raw`\d{4}-\d\d-\d\dT\S+Z`;

  describe('in the Text format', () => {
    const rows: [what: string, code: string, rest: string][] = [
      ['text', 'console.log("a %s", 1)', 'INFO\ta 1'],
      ['an object', 'console.warn({ a: 1 })', 'WARN\t{ a: 1 }'],
      ['several lines, as one', 'console.error("a\\nb")', 'ERROR\ta\nb'],
    ];
    let written: string[][];
    let thrown: string[];
    let plain: string[];
    beforeAll(async () => {
      const logs = await logsOf('Text', [
        ...rows.map(([, code]) => code),
        'throw Object.assign(new RangeError("far"), { code: "E" });',
        'process.stdout.write("plain\\nlines\\n");',
      ]);
      written = logs.slice(0, rows.length);
      [thrown = [], plain = []] = logs.slice(rows.length);
    });

    test.each(rows.map(([what, , rest], row) => [what, row, rest] as const))(
      'has %s, with the time, the request and the level',
      (_, row, rest) => {
        const [line = '', ...others] = written[row] ?? [];
        expect(line.replace(new RegExp(`^${time}`), '')).toBe(`\tr-1\t${rest}`);
        expect(others).toEqual([]);
      },
    );

    test('has the error that a handler threw', () => {
      const [line = ''] = thrown;
      const [, , level, what, json = ''] = line.split('\t');
      expect([level, what]).toEqual(['ERROR', 'Invoke Error ']);
      expect(JSON.parse(json)).toEqual({
        errorType: 'RangeError',
        errorMessage: 'far',
        code: 'E',
        stack: expect.arrayContaining(['RangeError: far']),
      });
    });

    test('has what a handler writes by itself as it is', () => {
      expect(plain).toEqual(['plain', 'lines']);
    });
  });

  test('in the JSON format names an error by its class', async () => {
    const code = 'class Late extends RangeError {}; console.error("it was", new Late("far"));';
    const [[line = ''] = []] = await logsOf('JSON', [code]);
    expect(JSON.parse(line)).toMatchObject({
      level: 'ERROR',
      requestId: 'r-1',
      message: expect.stringContaining('it was Late [RangeError]: far'),
      errorType: 'Late',
      errorMessage: 'far',
      stackTrace: expect.any(Array),
    });
  });
});

describe('around an invocation, Lambda writes', () => {
  const duration = '\\d+\\.\\d\\d ms';
  const report = (rest: string) =>
    new RegExp(
      `^REPORT RequestId: r-1\\tDuration: ${duration}\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\t${rest}$`,
    );

  test('START, END and REPORT in the Text format; the first REPORT has the time that loading took', async () => {
    const { run, log } = makeEnvironment(asynchronous('console.log("a");'), { format: 'Text' });
    await run();
    await run();
    const lines = await log(8);
    expect(lines.slice(0, 4)).toEqual([
      'START RequestId: r-1 Version: $LATEST',
      expect.stringMatching(/INFO\ta$/),
      'END RequestId: r-1',
      expect.stringMatching(report(`Max Memory Used: \\d+ MB\\tInit Duration: ${duration}\\t`)),
    ]);
    expect(lines[7]).toMatch(report('Max Memory Used: \\d+ MB\\t'));
  });

  test('records in the JSON format, with how it ended', async () => {
    const { run, log } = makeEnvironment(asynchronous('if (event.fail) throw new RangeError("far");'));
    await run();
    await run({ fail: true });
    const [start, first, , , second] = (await log(5)).map((line) => JSON.parse(line) as unknown);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(start).toEqual({
      time,
      type: 'platform.start',
      record: { requestId: 'r-1', functionArn: 'arn:f', version: '$LATEST' },
    });
    const metrics = {
      durationMs: expect.any(Number),
      billedDurationMs: expect.any(Number),
      memorySizeMB: 128,
      maxMemoryUsedMB: expect.any(Number),
    };
    expect(first).toEqual({
      time,
      type: 'platform.report',
      record: {
        requestId: 'r-1',
        metrics: { ...metrics, initDurationMs: expect.any(Number) },
        status: 'success',
      },
    });
    expect(second).toEqual({
      time,
      type: 'platform.report',
      record: { requestId: 'r-1', metrics, status: 'error', errorType: 'RangeError' },
    });
  });

  test('what a process that is gone could not write', async () => {
    const crashed = makeEnvironment(asynchronous(`process.exit(7); ${waits}`), { format: 'Text' });
    await crashed.run();
    expect((await crashed.log(4)).slice(1)).toEqual([
      'RequestId: r-1 Error: Runtime exited with error: exit status 7\nRuntime.ExitError',
      'END RequestId: r-1',
      expect.stringMatching(report('Status: error\\tError Type: Runtime.ExitError\\t')),
    ]);
    const late = makeEnvironment(asynchronous(waits), { format: 'Text' });
    const running = late.run();
    await late.log(1);
    late.clock.advance(10_000);
    await running;
    expect((await late.log(4)).slice(1)).toEqual([
      expect.stringMatching(/Z r-1 Task timed out after 10\.00 seconds$/),
      'END RequestId: r-1',
      expect.stringMatching(/\tDuration: 10000\.00 ms\t.*\tStatus: timeout\t$/),
    ]);
  });

  test('the kind of error that ended its process', async () => {
    const { run, log } = makeEnvironment(
      asynchronous(`setTimeout(() => { throw new RangeError("later"); }, 1); ${waits}`),
      { format: 'Text' },
    );
    await run();
    expect((await log(4)).at(-1)).toMatch(/\tStatus: error\tError Type: RangeError\t$/);
  });
});

describe('an environment stands still from its answer to its next invocation', () => {
  const frozen = process.platform !== 'win32';
  /** A server that counts requests, and answers all except those of `/slow`. */
  async function makeServer() {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      if (request.url !== '/slow') response.end('ok');
    }).listen(0, '127.0.0.1');
    ends.push(() => void server.close().closeAllConnections());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { requests, server, url: `http://127.0.0.1:${port}` };
  }

  test('so that a timer that it left goes on with the next invocation', async () => {
    const { run, left, own, log } = makeEnvironment(
      asynchronous('if (event.leaves) setTimeout(() => console.log("late"), 20); return 1;'),
    );
    await run({ leaves: true });
    await until(() => left.length > 0, 'the timer is known');
    expect(left).toEqual([{ work: ['a timer'], isFrozen: frozen }]);
    // Time passes, and nothing of it goes on.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(own()).toEqual([]);
    await run();
    await log(5);
    await until(() => own().length > 0, 'the timer has gone on');
  });

  test('so that a request that it left goes on with the next invocation, or after it', async () => {
    const { url, requests } = await makeServer();
    const { run, left } = makeEnvironment(`
      import { request } from 'node:http';
      export const handler = async (event) => {
        if (event.leaves) request('${url}/late', { headers: { 'x-amz-target': 'AWSEvents.PutEvents' } }).end();
        return 1;
      };`);
    await run({ leaves: true });
    await until(() => left.length > 0, 'the request is known');
    expect(left).toEqual([{ work: ['the request AWSEvents.PutEvents'], isFrozen: frozen }]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(requests).toEqual([]);
    await run();
    await until(() => requests.length === 1, 'the request has come');
  });

  test('and serves when its kept connection was closed meanwhile', async () => {
    const { url, server, requests } = await makeServer();
    const { run, left } = makeEnvironment(`
      const ask = async () => (await fetch('${url}/')).text();
      export const handler = async (event) => {
        const answer = await ask();
        if (event.leaves) setTimeout(() => {}, 60_000);
        return answer;
      };`);
    expect(await run({ leaves: true })).toBe('ok');
    await until(() => left.length > 0, 'the timer is known');
    server.closeAllConnections();
    expect(await run()).toBe('ok');
    expect(requests).toHaveLength(2);
  });

  describe('and it has left nothing with', () => {
    const rows: [what: string, body: string][] = [
      ['a kept connection', 'await (await fetch(event.url)).text(); return 1;'],
      [
        'a request that was given up',
        "await fetch(event.url + '/slow', { signal: AbortSignal.timeout(50) }).catch(() => {}); return 1;",
      ],
      [
        'a request of node:http that was given up',
        "const { request } = await import('node:http'); request(event.url + '/slow').on('error', () => {}).destroy(); return 1;",
      ],
      ['a timer that keeps nothing going', 'setTimeout(() => {}, 60_000).unref(); return 1;'],
      ['a timer that was there before', 'return 1;'],
    ];
    const answers: unknown[] = [];
    const leftBy: object[][] = [];
    // One process for all of them, twice each.
    beforeAll(async () => {
      const { url } = await makeServer();
      const { environment, run, left } = makeEnvironment(
        inOneFunction(rows.map(([, body]) => `setInterval(() => {}, 60_000); ${asynchronous(body)}`)),
      );
      for (const row of rows.keys()) {
        const before = left.length;
        answers.push([await run({ row, url }), await run({ row, url })]);
        await environment.free();
        leftBy.push(left.slice(before));
      }
    });

    test.each(rows.map(([what], row) => [what, row] as const))('%s', (_, row) => {
      expect(answers[row]).toEqual([1, 1]);
      expect(leftBy[row]).toEqual([]);
    });
  });
});
