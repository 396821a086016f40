import { compileAssign } from '../data-flow/json-path-expression.ts';
import { compileResultPath } from '../data-flow/json-path-flow.ts';
import { compileOutcome } from '../data-flow/jsonata-flow.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { errorNames } from '../states-error.ts';
import { checkFields } from './check-fields.ts';
import type { Catcher, ErrorHandling, Retrier } from './definition.ts';
import { catcherFields, type Fields, type QueryLanguage, retrierFields } from './fields.ts';
import { inside, type Problems } from './problems.ts';

/** Reads `Retry` and `Catch` of a state. */
export function parseErrorHandling(
  state: JsonObject,
  language: QueryLanguage,
  place: string,
  problems: Problems,
): ErrorHandling {
  const read = <T>(name: 'Retry' | 'Catch', fields: Fields, parse: (fields: JsonObject) => T): T[] => {
    const list = Array.isArray(state[name]) ? state[name] : [];
    return list.flatMap((item, index) => {
      const itemPlace = inside(inside(place, name), index);
      if (!isObject(item)) {
        problems.invalid(itemPlace, `${name} is a list of objects, received ${JSON.stringify(item)}`);
        return [];
      }
      const before = problems.list.length;
      checkFields(item, fields, language, itemPlace, problems);
      checkErrorEquals(item.ErrorEquals ?? null, index === list.length - 1, itemPlace, problems);
      if (problems.list.length > before) return [];
      const parsed = problems.attempt(itemPlace, () => parse(item));
      return parsed === undefined ? [] : [parsed];
    });
  };
  return {
    retriers: read('Retry', retrierFields, parseRetrier),
    catchers: read('Catch', catcherFields, (catcher) => parseCatcher(catcher, language)),
  };
}

function checkErrorEquals(list: JsonValue, isLast: boolean, place: string, problems: Problems): void {
  const errorsPlace = inside(place, 'ErrorEquals');
  if (!Array.isArray(list) || list.length === 0 || list.some((name) => typeof name !== 'string')) {
    problems.invalid(
      errorsPlace,
      `ErrorEquals is a list of at least one name, received ${JSON.stringify(list)}`,
    );
  } else if (list.includes(errorNames.all) && (list.length > 1 || !isLast)) {
    problems.invalid(errorsPlace, `${errorNames.all} has to be the only name, in the last entry`);
  }
}

const names = (list: JsonValue | undefined) => (Array.isArray(list) ? list.map(String) : []);
const number = (value: JsonValue | undefined, otherwise: number) =>
  typeof value === 'number' ? value : otherwise;

function parseRetrier(retrier: JsonObject): Retrier {
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy } = retrier;
  const intervalSeconds = number(IntervalSeconds, 1);
  if (typeof MaxDelaySeconds === 'number' && MaxDelaySeconds <= intervalSeconds) {
    throw new Error(
      `MaxDelaySeconds has to be more than IntervalSeconds (${intervalSeconds}), received ${MaxDelaySeconds}`,
    );
  }
  return {
    errorEquals: names(retrier.ErrorEquals),
    intervalSeconds,
    maxAttempts: number(MaxAttempts, 3),
    backoffRate: number(BackoffRate, 2),
    maxDelaySeconds: typeof MaxDelaySeconds === 'number' ? MaxDelaySeconds : undefined,
    fullJitter: JitterStrategy === 'FULL',
  };
}

function parseCatcher(catcher: JsonObject, language: QueryLanguage): Catcher {
  const base = { errorEquals: names(catcher.ErrorEquals), next: String(catcher.Next) };
  if (language === 'JSONata') {
    const outcome = compileOutcome(catcher);
    return { ...base, outcome: (scope, errorOutput) => outcome({ ...scope, errorOutput }, errorOutput) };
  }
  const put = compileResultPath(catcher.ResultPath);
  const assign = isObject(catcher.Assign) ? compileAssign(catcher.Assign) : undefined;
  return {
    ...base,
    outcome: async (scope, errorOutput) => ({
      output: put(scope.input, errorOutput),
      assigned: assign?.({ ...scope, input: errorOutput }),
    }),
  };
}
