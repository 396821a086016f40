/**
 * @import { FunctionLog } from './console.mjs'
 * @import { Callback, Handler } from './load-handler.mjs'
 * @import { Invoke, Outcome } from './protocol.ts'
 */
import { failureOf, runtimeError } from './runtime-error.mjs';

/**
 * What an invocation has around it.
 *
 * @typedef {object} InvocationHost
 * @property {FunctionLog} log
 * @property {(outcome: Outcome) => void} send hands an outcome over; throws for a result that has no JSON
 * @property {(errorType: string | undefined) => void} ended gets the end of the invocation: the next one may come
 */

const tooLarge = (/** @type {number} */ most) => {
  const message = `Response payload size exceeded maximum allowed payload size (${most} bytes).`;
  return Object.assign(new Error(message), { name: 'Function.ResponseSizeTooLarge' });
};

/** One call of a handler, as Lambda's runtime makes it. The handler answers once, in one of several ways. */
export class Invocation {
  /** @type {InvocationHost} */
  #host;
  /** Whether the handler has said how it ends. What it says later doesn't count. */
  #isDecided = false;
  #isOver = false;
  #waitsForEmptyEventLoop = true;
  /** The most bytes of an answer. */
  #maxAnswerBytes = 0;
  /** What is done when nothing is left that the process could wait for. */
  #onEmpty = () => {};

  /** @param {InvocationHost} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * @param {Handler} handler
   * @param {Invoke} invoke
   */
  start(handler, invoke) {
    this.#maxAnswerBytes = invoke.maxAnswerBytes;
    const isAsync = handler.constructor.name === 'AsyncFunction';
    // A handler that isn't async and calls nothing back has nothing to say.
    this.#onEmpty = () => (isAsync ? this.fail(nodeJsExit()) : this.#succeed(null));
    const { succeed, fail, done, callback } = this.#answers();
    try {
      const context = Object.assign(this.#context(), { succeed, fail, done }, contextOf(invoke));
      const result = handler(invoke.event, context, callback);
      if (isPromise(result)) result.then(succeed, fail).then(undefined, fail);
    } catch (error) {
      callback(error);
    }
  }

  /** Nothing is left that the process could wait for. */
  eventLoopIsEmpty() {
    this.#onEmpty();
  }

  /**
   * Ends the invocation with an error, unless it is over.
   *
   * @param {unknown} error
   */
  fail(error) {
    if (this.#isOver) return;
    this.#host.log.error('Invoke Error', error);
    this.endWith(error);
  }

  /**
   * As {@link fail}, for an error that is in the log.
   *
   * @param {unknown} error
   */
  endWith(error) {
    if (this.#isOver) return;
    const failure = failureOf(error);
    this.#host.send(failure);
    this.#over(failure.errorType);
  }

  /**
   * @param {unknown} result
   * @throws {Error} for a result that has no JSON
   */
  #succeed(result) {
    if (this.#isOver) return;
    try {
      const json = JSON.stringify(result ?? null) ?? '';
      if (Buffer.byteLength(json) > this.#maxAnswerBytes) {
        this.endWith(tooLarge(this.#maxAnswerBytes));
        return;
      }
      this.#host.send({ type: 'result', result: result ?? null });
    } catch {
      throw new Error('Unable to stringify response body');
    }
    this.#over();
  }

  /** @param {string} [errorType] */
  #over(errorType) {
    this.#isOver = true;
    this.#onEmpty = () => {};
    this.#host.ended(errorType);
  }

  /** The ways to answer, of which the first counts. One that throws hasn't answered. */
  #answers() {
    const first =
      (/** @type {Callback} */ answer) =>
      (/** @type {[unknown?, unknown?]} */ ...given) => {
        if (this.#isDecided) return;
        this.#onEmpty = () => {};
        answer(...given);
        this.#isDecided = true;
      };
    /** @type {Callback} */
    const done = (error, result) => (isGiven(error) ? this.fail(error) : this.#succeed(result));
    /** @type {Callback} */
    const callback = (error, result) => {
      if (isGiven(error) || !this.#waitsForEmptyEventLoop) return done(error, result);
      this.#onEmpty = () => setImmediate(() => this.#succeed(result));
    };
    return {
      callback: first(callback),
      done: first(done),
      succeed: first((result) => this.#succeed(result)),
      fail: first((error) => this.fail(isGiven(error) ? error : 'handled')),
    };
  }

  /** @returns {object} */
  #context() {
    const invocation = this;
    return {
      get callbackWaitsForEmptyEventLoop() {
        return invocation.#waitsForEmptyEventLoop;
      },
      set callbackWaitsForEmptyEventLoop(waits) {
        invocation.#waitsForEmptyEventLoop = waits;
      },
    };
  }
}

const isGiven = (/** @type {unknown} */ error) => error !== undefined && error !== null;

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isPromise(value) {
  return typeof Object(value).then === 'function';
}

const nodeJsExit = () =>
  runtimeError(
    'NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was ' +
      'never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );

const contextOf = (/** @type {Invoke} */ { requestId, functionArn, deadlineMs }) => ({
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  clientContext: undefined,
  identity: undefined,
  invokedFunctionArn: functionArn,
  awsRequestId: requestId,
  getRemainingTimeInMillis: () => deadlineMs - Date.now(),
});
