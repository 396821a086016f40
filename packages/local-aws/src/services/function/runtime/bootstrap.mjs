/**
 * The process of one function environment: loads the handler, and runs it when the parent says so, one invocation at a
 * time, as the Lambda runtime for Node.js does.
 *
 * This folder is JavaScript, because a process that begins with TypeScript starts more slowly, by a quarter. It gets
 * the modules of Node.js by `process.getBuiltinModule`: an import reads all that they export, and so loads what nobody needs,
 * which is another fifth.
 *
 * @import { Ending, Invoke, Outcome, Ready } from './protocol.ts'
 */
import { channelFd, openChannel } from './channel.mjs';
import { patchConsole } from './console.mjs';
import { Invocation } from './invocation.mjs';
import { watchWork } from './left-work.mjs';
import { loadHandler } from './load-handler.mjs';
import { initReportLine, reportLines, startLine } from './platform-log.mjs';
import { failureOf, runtimeError } from './runtime-error.mjs';

const { Socket } = process.getBuiltinModule('node:net');
const { setFlagsFromString } = process.getBuiltinModule('node:v8');
const { LAMBDA_TASK_ROOT = '', _HANDLER = '', AWS_LAMBDA_LOG_FORMAT } = process.env;
/** Milliseconds since the process began. `performance.now` would load a dozen modules of Node.js. */
const now = () => process.uptime() * 1_000;
const isJson = AWS_LAMBDA_LOG_FORMAT === 'JSON';
const log = patchConsole(isJson);
const work = watchWork();
/** @type {Invocation | undefined} */
let invocation;
/** How long the parent may take to stop this process. */
const freezingMs = 100;
/** With what Node.js itself ends, too, when the code of a module waits for nothing, forever. */
const neverLoadedStatus = 13;
/** How long loading has taken, until it is in a report. @type {number | undefined} */
let initMs;
/** Whether the process ends by what has happened. */
let hasCrashed = false;
let isLoaded = false;
/** Runs the handler, once it is loaded. @type {((invoke: Invoke) => void) | undefined} */
let run;

// A write is over when it returns: what a function writes faster than it is read can't fill its memory, and isn't lost with it.
for (const stream of /** @type {{ _handle?: { setBlocking?(on: boolean): void } }[]} */ ([
  process.stdout,
  process.stderr,
])) {
  stream._handle?.setBlocking?.(true);
}

const parent = new Socket({ fd: channelFd });
/** @type {(message: Outcome | Ready | Ending, onSent?: () => void) => void} */
const send = openChannel(parent, (message) => run?.(/** @type {Invoke} */ (message)));
// The parent is gone: so is the reason to be.
parent.on('close', () => process.exit());
// Ctrl-C at a terminal reaches every process; this one ends when the parent says so.
process.on('SIGINT', () => {});

process.on('uncaughtException', (error) => {
  log.error('Uncaught Exception', error);
  end(error, 129);
});
process.on('unhandledRejection', (reason) => {
  const error = runtimeError('UnhandledPromiseRejection', reason);
  log.error('Unhandled Promise Rejection', error);
  end(error, 128);
});
process.on('beforeExit', () => {
  if (!isLoaded && !hasCrashed) process.exit(neverLoadedStatus);
  invocation?.eventLoopIsEmpty();
});

// The channel to the parent isn't work that an invocation waits for.
parent.unref();
try {
  const handler = await loadHandler(LAMBDA_TASK_ROOT, _HANDLER);
  // A worker that it starts has the limit of its heap from here.
  for (const flag of process.execArgv) if (flag.startsWith('--max-old-space-size=')) setFlagsFromString(flag);
  run = (invoke) => {
    parent.unref();
    log.requestId = invoke.requestId;
    process.env._X_AMZN_TRACE_ID = invoke.traceHeader;
    const begunAt = now();
    writeLine(startLine(isJson, invoke.requestId, invoke.functionArn, Date.now()));
    /** @param {string | undefined} errorType */
    const ended = (errorType) => {
      report(invoke.requestId, now() - begunAt, errorType);
      getReady();
    };
    work.begin();
    invocation = new Invocation({ log, send, ended });
    invocation.start(handler, invoke);
  };
  initMs = now();
  isLoaded = true;
  getReady();
} catch (error) {
  log.error('Uncaught Exception', error);
  end(error, 129);
}

/** @param {string} line */
function writeLine(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Reports an invocation. Written here, and not by the parent, it follows what the handler has written.
 *
 * @param {string} requestId
 * @param {number} durationMs
 * @param {string | undefined} errorType
 */
function report(requestId, durationMs, errorType) {
  const lines = reportLines(
    isJson,
    {
      requestId,
      durationMs,
      initMs,
      memoryMb: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '',
      // Kilobytes.
      usedMb: Math.ceil(process.resourceUsage().maxRSS / 1024),
      status: errorType === undefined ? 'success' : 'error',
      errorType,
      hasCrashed,
    },
    Date.now(),
  );
  initMs = undefined;
  for (const line of lines) writeLine(line);
}

/** Takes the next invocation, when what the last one has just thrown is known. */
function getReady() {
  parent.ref();
  const lookAround = () => {
    const left = invocation ? work.left() : [];
    send({ type: 'ready', ...(left.length > 0 && { left }) });
    // The parent stops this process meanwhile: nothing of what was left goes on before that.
    if (left.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, freezingMs);
  };
  setImmediate(() => (work.isUnsure ? setImmediate(lookAround) : lookAround()));
}

/**
 * Fails what is under way, and ends the process when the parent knows.
 *
 * @param {unknown} error
 * @param {number} status
 */
function end(error, status) {
  hasCrashed = true;
  if (invocation) {
    invocation.endWith(error);
  } else {
    const failure = failureOf(error);
    const { errorType } = failure;
    if (!isLoaded) {
      const failed = { durationMs: now(), status: /** @type {const} */ ('error'), errorType };
      writeLine(initReportLine(isJson, failed, Date.now()));
    }
    send(failure);
  }
  send({ type: 'ending', status }, () => process.exit(status));
}
