import { compileExpression, compilePathValue } from '../data-flow/json-path-expression.ts';
import type { Scope } from '../data-flow/scope.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { compileTyped } from '../jsonata/expression.ts';
import { EvaluationError, errorNames, runtimeError } from '../states-error.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { QueryLanguage } from './fields.ts';

type Read<T> = (scope: Scope) => Promise<T>;

/** The longest wait: 2^31 - 1 seconds. */
const maxWaitMs = 2_147_483_647_000;

const inText = (value: JsonValue) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Reads a whole number from a field, or from where its `...Path` points: `TimeoutSeconds`, `MaxConcurrency`. */
export function compileCount(
  state: JsonObject,
  name: string,
  language: QueryLanguage,
  least: number,
): Read<number> | undefined {
  const { [name]: value, [`${name}Path`]: path } = state;
  if (typeof path === 'string') {
    const read = compilePathValue(path);
    return async (scope) => {
      const text = inText(read(scope));
      // As on AWS, a text in digits will do.
      if (/^-?\d+$/.test(text) && Number(text) >= least) return Number(text);
      throw runtimeError(
        `The ${name}Path field refers to value "${text}" which is not a valid integer: ${path}`,
      );
    };
  }
  if (value === undefined) return undefined;
  if (language === 'JSONPath') return async () => Number(value);
  const evaluate = compileTyped(value, name, 'number');
  return async (scope) => {
    const count = Number(await evaluate(scope));
    if (Number.isInteger(count) && count >= least) return count;
    throw new EvaluationError(
      errorNames.queryEvaluationError,
      `The ${name} field has to be a whole number of at least ${least}, received ${count}`,
      name,
    );
  };
}

/** Reads a text from a field, or from where its `...Path` points: `Error`, `Cause`. */
export function compileText(
  state: JsonObject,
  name: string,
  language: QueryLanguage,
): Read<string> | undefined {
  const { [name]: value, [`${name}Path`]: path } = state;
  if (typeof path === 'string') {
    const read = compileExpression(path, `${name}Path`);
    return async (scope) => inText(read(scope));
  }
  if (value === undefined) return undefined;
  if (language === 'JSONPath') return async () => String(value);
  const evaluate = compileTyped(value, name, 'string');
  return async (scope) => String(await evaluate(scope));
}

/** Reads until when a Wait state waits. Exactly one of its four fields is known to be there. */
export function compileWait(
  state: JsonObject,
  language: QueryLanguage,
): (scope: Scope, now: number) => Promise<number> {
  const until =
    state.Seconds !== undefined || state.SecondsPath !== undefined
      ? compileSeconds(state, language)
      : compileTimestamp(state, language);
  return async (scope, now) => {
    const time = await until(scope, now);
    if (time - now > maxWaitMs) throw runtimeError('Wait state delay is too long.');
    return time;
  };
}

function compileSeconds(state: JsonObject, language: QueryLanguage) {
  const { Seconds: seconds = null, SecondsPath: path } = state;
  if (typeof path === 'string') {
    const read = compilePathValue(
      path,
      `The SecondsPath parameter does not reference an input value: ${path}`,
    );
    return async (scope: Scope, now: number) => {
      const value = read(scope);
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        throw runtimeError(
          `The SecondsPath parameter cannot be parsed as a long value: ${path} == ${inText(value)}`,
        );
      }
      if (value < 0) {
        throw runtimeError(`The SecondsPath parameter references a negative value: ${path} == ${value}`);
      }
      return now + value * 1_000;
    };
  }
  if (language === 'JSONPath') return async (_: Scope, now: number) => now + Number(seconds) * 1_000;
  const evaluate = compileTyped(seconds, 'Seconds', 'number');
  return async (scope: Scope, now: number) => {
    const value = Number(await evaluate(scope));
    if (Number.isInteger(value) && value >= 0) return now + value * 1_000;
    throw new EvaluationError(
      errorNames.queryEvaluationError,
      `The Seconds field has to be a whole number of at least 0, received ${value}`,
      'Seconds',
    );
  };
}

function compileTimestamp(state: JsonObject, language: QueryLanguage): Read<number> {
  const { Timestamp: timestamp = null, TimestampPath: path } = state;
  if (typeof path === 'string') {
    const read = compilePathValue(
      path,
      `The TimestampPath parameter does not reference an input value: ${path}`,
    );
    return async (scope) => {
      const value = read(scope);
      const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
      if (time !== undefined) return time;
      throw runtimeError(
        'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ' +
          `${path} == ${inText(value)}`,
      );
    };
  }
  if (language === 'JSONPath') return async () => parseTimestamp(String(timestamp)) ?? 0;
  const evaluate = compileTyped(timestamp, 'Timestamp', 'string');
  return async (scope) => {
    const value = String(await evaluate(scope));
    const time = parseTimestamp(value);
    if (time !== undefined) return time;
    throw new EvaluationError(
      errorNames.queryEvaluationError,
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
      'Timestamp',
    );
  };
}
