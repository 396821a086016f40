const { format } = process.getBuiltinModule('node:util');

/**
 * What the process of a function writes to its log.
 *
 * @typedef {object} FunctionLog
 * @property {string | undefined} requestId the invocation that lines belong to from now on
 * @property {(what: string, thrown: unknown) => void} error writes an error that nobody has caught, and how it came
 *   here: `Invoke Error`
 */

/**
 * Makes the console write lines in the format that the function's logging asks for, as Lambda does.
 *
 * @param {boolean} isJson
 * @returns {FunctionLog}
 */
export function patchConsole(isJson) {
  /** @type {FunctionLog} */
  const log = {
    requestId: undefined,
    error(what, thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (isJson) console.error(error);
      else console.error(what, `\t${jsonOf(error, textForm) ?? format(error)}`);
    },
  };
  const lineOf = isJson ? jsonLine : textLine;
  for (const level of /** @type {const} */ (['trace', 'debug', 'info', 'warn', 'error'])) {
    console[level] = (/** @type {unknown[]} */ ...values) => {
      // A message of several lines is one event of the log.
      const line = lineOf(level.toUpperCase(), log.requestId, values).replaceAll('\n', '\r');
      process.stdout.write(`${line}\n`);
    };
  }
  console.log = console.info;
  return log;
}

/** @type {(level: string, requestId: string | undefined, values: unknown[]) => string} */
const textLine = (level, requestId, values) =>
  `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;

/** @type {(level: string, requestId: string | undefined, values: unknown[]) => string} */
const jsonLine = (level, requestId, values) => {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    const [message] = values;
    // A log line must not throw.
    return jsonOf({ ...line, message }, jsonForm) ?? JSON.stringify({ ...line, message: format(message) });
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: format(...values), ...(error && partsOf(error)) });
};

const linesOf = (/** @type {Error} */ error) => error.stack?.split('\n') ?? [];
const partsOf = (/** @type {Error} */ error) => ({
  errorType: error.constructor?.name ?? 'UnknownError',
  errorMessage: error.message,
  stackTrace: linesOf(error),
});

/** How an error is written inside of a line. */
const jsonForm = (/** @type {Error} */ error) => ({ ...partsOf(error), ...error });
const textForm = (/** @type {Error & { code?: unknown }} */ error) => ({
  errorType: error.name,
  errorMessage: error.message,
  code: error.code,
  ...error,
  stack: linesOf(error),
});

/**
 * JSON with the errors in it; undefined for what has no JSON.
 *
 * @param {unknown} value
 * @param {(error: Error) => object} form
 * @returns {string | undefined}
 */
function jsonOf(value, form) {
  try {
    return JSON.stringify(value, (_, inner) => (inner instanceof Error ? form(inner) : inner));
  } catch {
    return undefined;
  }
}
