import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { parsePath } from '../json-path/parse-path.ts';
import { putAt } from '../json-path/reference-path.ts';
import { EvaluationError, errorNames, runtimeError } from '../states-error.ts';
import { compileAssign, compileTemplate, readField } from './json-path-expression.ts';
import type { DataFlow, InspectionStep, Scope } from './scope.ts';

/** The way of the data through a state in JSONPath. The fields of the state are known to be right. */
export function jsonPathFlow(state: JsonObject): DataFlow {
  const select = compilePathField(state.InputPath);
  const template = state.Parameters === undefined ? undefined : compileTemplate(state.Parameters);
  const selector = state.ResultSelector === undefined ? undefined : compileTemplate(state.ResultSelector);
  const put = compileResultPath(state.ResultPath);
  const selectOutput = compilePathField(state.OutputPath);
  const assign = isObject(state.Assign) ? compileAssign(state.Assign) : undefined;
  return {
    input: (scope) => shown(scope, 'afterInputPath', select(scope)),
    arguments: (scope) => shown(scope, 'afterParameters', template ? template(scope) : scope.input),
    async outcome(scope, result) {
      const selected = selector ? selector({ ...scope, input: result }) : result;
      shown(scope, 'afterResultSelector', selected);
      const assigned = assign?.({ ...scope, input: selected });
      const combined = shown(scope, 'afterResultPath', put(scope.input, selected));
      return { output: selectOutput({ ...scope, input: combined }), assigned };
    },
  };
}

function shown(scope: Scope, step: InspectionStep, value: JsonValue): JsonValue {
  scope.inspect?.(step, value);
  return value;
}

/** Compiles `InputPath`, `OutputPath` and the like: null selects an empty object. */
export function compilePathField(field: JsonValue | undefined): (scope: Scope) => JsonValue {
  if (field === undefined) return (scope) => scope.input;
  if (typeof field !== 'string') return () => ({});
  const path = parsePath(field);
  return (scope) => {
    if (scope.input === null && path.root.kind === 'input' && path.segments.length > 0) {
      throw runtimeError('Unable to apply Path transformation to null or empty input.');
    }
    return readField(path, scope);
  };
}

/** Compiles `ResultPath`: where the result goes in the input. Null drops the result. */
export function compileResultPath(
  field: JsonValue | undefined,
): (input: JsonValue, result: JsonValue) => JsonValue {
  if (field === undefined) return (_, result) => result;
  if (typeof field !== 'string') return (input) => input;
  const path = parsePath(field);
  return (input, result) => {
    const output = putAt(input, path, result);
    if (output !== undefined) return output;
    throw new EvaluationError(
      errorNames.resultPathMatchFailure,
      `Unable to apply Reference Path ${path.source} to input ${JSON.stringify(input)}`,
    );
  };
}
