import { compileRule } from '../choice/rule.ts';
import { compileAssign } from '../data-flow/json-path-expression.ts';
import { compilePathField } from '../data-flow/json-path-flow.ts';
import { compileOutcome } from '../data-flow/jsonata-flow.ts';
import type { Scope } from '../data-flow/scope.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { compileTyped, expressionIn } from '../jsonata/expression.ts';
import { checkFields } from './check-fields.ts';
import type { Choice, ChoiceState } from './definition.ts';
import type { Fields, QueryLanguage } from './fields.ts';
import { inside, type Problems } from './problems.ts';

/** The fields of a choice rule in JSONata. In JSONPath, a rule has a comparison instead of a condition. */
export const jsonataRuleFields: Fields = {
  Condition: { kind: 'anything', required: true },
  Next: { kind: 'state', required: true },
  Assign: { kind: 'object' },
  Output: { kind: 'anything' },
  Comment: { kind: 'text' },
};

/** Reads what only a Choice state has. */
export function parseChoices(
  state: JsonObject,
  language: QueryLanguage,
  place: string,
  problems: Problems,
): Pick<ChoiceState, 'choices' | 'otherwise'> {
  const { Choices: list, Default: otherwise } = state;
  const choicesPlace = inside(place, 'Choices');
  const rules = Array.isArray(list) ? list : [];
  if (rules.length === 0) problems.invalid(choicesPlace, 'Value cannot be empty');
  const choices = rules.flatMap((rule, index) => {
    const rulePlace = inside(choicesPlace, index);
    return problems.attempt(rulePlace, () => parseChoice(rule, state, language, rulePlace, problems)) ?? [];
  });
  return { choices, otherwise: typeof otherwise === 'string' ? otherwise : undefined };
}

function parseChoice(
  rule: JsonValue,
  state: JsonObject,
  language: QueryLanguage,
  place: string,
  problems: Problems,
): Choice | undefined {
  if (!isObject(rule)) throw new Error(`A rule has to be an object, received ${JSON.stringify(rule)}`);
  return language === 'JSONata' ? parseJsonata(rule, place, problems) : parseJsonPath(rule, state);
}

function parseJsonPath(rule: JsonObject, state: JsonObject): Choice {
  const { Next: next, Assign: assigned } = rule;
  if (typeof next !== 'string') throw new Error('These fields are required: [Next]');
  if (assigned !== undefined && !isObject(assigned)) throw new Error('Assign has to be an object');
  const matches = compileRule(rule, ['Next', 'Assign']);
  const assign = assigned && compileAssign(assigned);
  const select = compilePathField(state.OutputPath);
  return {
    matches: async (scope) => matches(scope),
    next,
    outcome: async (scope: Scope) => ({ output: select(scope), assigned: assign?.(scope) }),
  };
}

function parseJsonata(rule: JsonObject, place: string, problems: Problems): Choice | undefined {
  const before = problems.list.length;
  checkFields(rule, jsonataRuleFields, 'JSONata', place, problems);
  const { Condition: condition = null, Next: next } = rule;
  if (typeof condition !== 'boolean' && expressionIn(condition) === undefined) {
    problems.invalid(
      inside(place, 'Condition'),
      `Condition has to be {% an expression %}, received ${JSON.stringify(condition)}`,
    );
  }
  if (problems.list.length > before || typeof next !== 'string') return undefined;
  const evaluate = compileTyped(condition, 'Condition', 'boolean');
  const outcome = compileOutcome(rule);
  return {
    matches: async (scope) => (await evaluate(scope)) === true,
    next,
    outcome: (scope) => outcome(scope, scope.input),
  };
}
