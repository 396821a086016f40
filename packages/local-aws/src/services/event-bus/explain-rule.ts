import { type Explanation, explain, explainInWords } from '@orders/event-pattern';
import type { JsonObject } from '../../json.ts';
import { type PlanOptions, resolvePlan, type SynthesizedStack } from '../../plan/read-plan.ts';
import { findRule, type RulePattern, readRulePatterns } from './rule-pattern.ts';

/** Why a rule matches an event, or doesn't. */
export interface RuleExplanation extends Explanation {
  /** The name of the rule. */
  rule: string;
  /** The same in one sentence, without the full stop. */
  sentence: string;
}

/** There is no rule of that name. The message lists those of the stack. */
export class UnknownRuleError extends Error {
  override readonly name = 'UnknownRuleError';
}

/**
 * Explains why a rule matches an event, or doesn't: field by field, and in a sentence.
 *
 * @param named the rule's name, or its name in Terraform
 * @throws {UnknownRuleError}
 */
export function explainRule(
  rules: readonly RulePattern[],
  named: string,
  event: JsonObject,
): RuleExplanation {
  const rule = findRule(rules, named);
  if (!rule) {
    const known = rules.map(({ name }) => name).join(', ');
    throw new UnknownRuleError(`There is no rule ${named}. The stack has ${known || 'none'}.`);
  }
  const explanation = explain(rule.pattern, event);
  const sentence = explainInWords(explanation);
  if (rule.isEnabled) return { rule: rule.name, sentence, ...explanation };
  return {
    rule: rule.name,
    ...explanation,
    sentence: 'the rule is disabled, and gets no event',
    matches: false,
  };
}

/** Reads the rules of a stack that doesn't run: its variables have no values, and the rules need none. */
export const readRulesOffline = (stack: SynthesizedStack): RulePattern[] =>
  readRulePatterns(resolvePlan(stack, offline(stack)));

function offline({ json }: SynthesizedStack): PlanOptions {
  const names = Object.keys(json.variable ?? {});
  // An address is taken wherever a text is.
  const variables = Object.fromEntries(names.map((name) => [name, `https://${name}`]));
  return { endpoint: 'http://127.0.0.1', variables };
}
