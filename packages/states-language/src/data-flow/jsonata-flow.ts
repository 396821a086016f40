import type { JsonObject, JsonValue } from '../json.ts';
import { compileJsonataTemplate } from '../jsonata/expression.ts';
import type { Assign, DataFlow, Scope } from './scope.ts';

/** The way of the data through a state in JSONata. */
export function jsonataFlow(state: JsonObject): DataFlow {
  const evaluateArguments =
    state.Arguments === undefined ? undefined : compileJsonataTemplate(state.Arguments, 'Arguments');
  const outcome = compileOutcome(state);
  return {
    input: (scope) => scope.input,
    async arguments(scope) {
      if (evaluateArguments === undefined) return scope.input;
      const value = await evaluateArguments(scope);
      scope.inspect?.('afterArguments', value);
      return value;
    },
    // Only a state that calls something has `$states.result`.
    outcome: (scope, result) => outcome(state.Type === 'Pass' ? scope : { ...scope, result }, result),
  };
}

/** Compiles `Output` and `Assign` of a state, a choice rule or a catcher. */
export function compileOutcome(fields: JsonObject) {
  const output = fields.Output === undefined ? undefined : compileJsonataTemplate(fields.Output, 'Output');
  const assign =
    fields.Assign === undefined ? undefined : (compileJsonataTemplate(fields.Assign, 'Assign') as Assign);
  return async (scope: Scope, result: JsonValue) => ({
    assigned: await assign?.(scope),
    output: output ? await output(scope) : result,
  });
}
