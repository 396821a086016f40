/**
 * The process of one function environment: loads the handler, and runs it when the parent says so, one
 * invocation at a time, as the Lambda runtime for Node.js does.
 *
 * JavaScript, because a process that begins with TypeScript starts more slowly, by a quarter.
 *
 * @import { Invoke, Outcome, Ready } from './protocol.ts'
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

/** @typedef {(event: unknown, context: object) => unknown} Handler */

const { LAMBDA_TASK_ROOT = '', _HANDLER = '', AWS_LAMBDA_LOG_FORMAT, ...lambda } = process.env;
/** @type {string | undefined} */
let requestId;

// The handler's code finds no parent to talk to, as on Lambda.
const sendToParent = process.send?.bind(process);
delete process.send;

if (AWS_LAMBDA_LOG_FORMAT === 'JSON') {
  for (const level of /** @type {const} */ (['trace', 'debug', 'info', 'warn', 'error']))
    console[level] = jsonLogger(level);
  console.log = console.info;
}

// The parent is gone: so is the reason to be.
process.on('disconnect', () => process.exit());
// Ctrl-C at a terminal reaches every process; this one ends when the parent says so.
process.on('SIGINT', () => {});

const handler = await load().catch((error) => {
  send(failure(error));
  return undefined;
});
if (handler) {
  process.on('message', (/** @type {Invoke} */ invoke) => void run(handler, invoke));
  send({ type: 'ready' });
}

/** @returns {Promise<Handler>} */
async function load() {
  const [, file, name] = /^(.*)\.([^.]+)$/.exec(_HANDLER) ?? [];
  for (const extension of ['mjs', 'js', 'cjs']) {
    const path = join(LAMBDA_TASK_ROOT, `${file}.${extension}`);
    if (!existsSync(path)) continue;
    /** @type {Record<string, any>} */
    const module = await import(pathToFileURL(path).href);
    // A CommonJS module that makes its exports when it runs has them all in `default`.
    const found = module[name ?? ''] ?? module.default?.[name ?? ''];
    if (typeof found === 'function') return found;
    throw new Error(`${file}.${extension} exports no function ${name}; the handler is ${_HANDLER}`);
  }
  throw new Error(`There is no ${file}.mjs, .js or .cjs in the function's zip; the handler is ${_HANDLER}`);
}

/**
 * @param {Handler} handle
 * @param {Invoke} invoke
 */
async function run(handle, invoke) {
  requestId = invoke.requestId;
  process.env._X_AMZN_TRACE_ID = invoke.traceHeader;
  const context = {
    functionName: lambda.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: lambda.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: lambda.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: lambda.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: lambda.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: requestId,
    invokedFunctionArn: invoke.functionArn,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invoke.deadlineMs - Date.now()),
  };
  try {
    send({ type: 'result', result: (await handle(invoke.event, context)) ?? null });
  } catch (error) {
    console.error(error);
    send(failure(error));
  }
}

/** @param {Outcome | Ready} message */
function send(message) {
  sendToParent?.(message);
}

/**
 * @param {unknown} error
 * @returns {Extract<Outcome, { type: 'error' }>}
 */
function failure(error) {
  if (!(error instanceof Error)) return { type: 'error', errorType: 'Error', errorMessage: String(error) };
  const { name, message, stack = '' } = error;
  return { type: 'error', errorType: name, errorMessage: message, trace: stack.split('\n') };
}

/**
 * A console method that writes lines as Lambda's JSON log format has them.
 *
 * @param {string} level
 */
function jsonLogger(level) {
  return (/** @type {unknown[]} */ ...args) => {
    const line = { timestamp: new Date().toISOString(), level: level.toUpperCase(), requestId };
    const message = args.length === 1 ? args[0] : format(...args);
    process.stdout.write(
      `${jsonOf({ ...line, message }) ?? jsonOf({ ...line, message: format(message) })}\n`,
    );
  };
}

/**
 * JSON with errors as Lambda writes them, or undefined for what has no JSON: a log line must not throw.
 *
 * @param {object} line
 */
function jsonOf(line) {
  try {
    return JSON.stringify(line, (_, value) =>
      value instanceof Error
        ? {
            errorType: value.name,
            errorMessage: value.message,
            stackTrace: value.stack?.split('\n') ?? [],
            ...value,
            ...(value.cause !== undefined && { cause: value.cause }),
          }
        : value,
    );
  } catch {
    return undefined;
  }
}
