/**
 * The process of one function environment: loads the handler, and runs it when the parent says so, one invocation at a
 * time, as the Lambda runtime for Node.js does.
 *
 * This folder is JavaScript, because a process that begins with TypeScript starts more slowly, by a quarter.
 *
 * @import { Invoke, Outcome, Ready } from './protocol.ts'
 */
import { patchConsole } from './console.mjs';
import { Invocation } from './invocation.mjs';
import { loadHandler } from './load-handler.mjs';
import { failureOf, runtimeError } from './runtime-error.mjs';

const { LAMBDA_TASK_ROOT = '', _HANDLER = '', AWS_LAMBDA_LOG_FORMAT } = process.env;
const log = patchConsole(AWS_LAMBDA_LOG_FORMAT === 'JSON');
/** @type {Invocation | undefined} */
let invocation;

// The handler's code finds no parent to talk to, as on Lambda.
const sendToParent = process.send?.bind(process);
delete process.send;

// The parent is gone: so is the reason to be.
process.on('disconnect', () => process.exit());
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
process.on('beforeExit', () => invocation?.eventLoopIsEmpty());

// The channel to the parent isn't work that an invocation waits for.
process.channel?.unref();
try {
  const handler = await loadHandler(LAMBDA_TASK_ROOT, _HANDLER);
  process.on('message', (/** @type {Invoke} */ invoke) => {
    process.channel?.unref();
    log.requestId = invoke.requestId;
    process.env._X_AMZN_TRACE_ID = invoke.traceHeader;
    invocation = new Invocation({ log, send, ended: getReady });
    invocation.start(handler, invoke);
  });
  getReady();
} catch (error) {
  log.error('Uncaught Exception', error);
  end(error, 129);
}

/** Takes the next invocation, when what the last one has just thrown is known. */
function getReady() {
  process.channel?.ref();
  setImmediate(() => send({ type: 'ready' }));
}

/**
 * Fails what is under way, and ends the process when the parent knows.
 *
 * @param {unknown} error
 * @param {number} status
 */
function end(error, status) {
  if (invocation) invocation.endWith(error);
  else send(failureOf(error));
  sendToParent?.({ type: 'ending', status }, () => process.exit(status));
}

/** @param {Outcome | Ready} message */
function send(message) {
  sendToParent?.(message);
}
