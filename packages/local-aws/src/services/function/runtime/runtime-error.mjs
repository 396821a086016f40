/** @import { Failure } from './protocol.ts' */

const { types } = process.getBuiltinModule('node:util');

/**
 * The errors of Lambda's runtime itself, as functions are told them.
 *
 * @typedef {'HandlerNotFound' | 'ImportModuleError' | 'MalformedHandlerName' | 'NodeJsExit'
 *   | 'UnhandledPromiseRejection' | 'UserCodeSyntaxError'} RuntimeErrorName
 */

/**
 * @param {RuntimeErrorName} name
 * @param {unknown} cause what happened: text, or what was thrown
 */
export function runtimeError(name, cause) {
  const error = new Error(String(cause));
  error.name = `Runtime.${name}`;
  return error;
}

/**
 * An error, or what looks like one: of another realm, or made by hand.
 *
 * @param {unknown} thrown
 * @returns {thrown is Error}
 */
function isError(thrown) {
  if (types.isNativeError(thrown)) return true;
  const { name, message, stack } = Object(thrown);
  return [name, message, stack].every((part) => typeof part === 'string' && part !== '');
}

/**
 * What Lambda answers for something that was thrown: for what isn't an error, its type in JavaScript.
 *
 * @param {any} thrown
 * @returns {Failure}
 */
export function failureOf(thrown) {
  try {
    if (isError(thrown)) {
      const { name, message, stack = '' } = thrown;
      return { type: 'error', errorType: name, errorMessage: message, trace: stack.split('\n') };
    }
    return { type: 'error', errorType: typeof thrown, errorMessage: thrown.toString(), trace: [] };
  } catch {
    // A getter of the error throws, or it has no toString.
    return {
      type: 'error',
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}
