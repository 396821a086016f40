import { compilePattern, InvalidEventPatternError, type Pattern, parsePattern } from '@orders/event-pattern';
import type { JsonObject } from '../../json.ts';
import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** A rule without its targets: which events it takes. */
export interface RulePattern {
  name: string;
  /** Its name in Terraform, `aws_cloudwatch_event_rule.bus_USOrdertoAPI_rule_8606D6FE`. */
  address: string;
  arn: string;
  busName: string;
  /** As the stack has it, JSON. */
  patternText: string;
  pattern: Pattern;
  /** `ENABLED`, or another state that AWS has. */
  state: string;
  isEnabled: boolean;
  /** False for every event of a rule that is disabled. */
  matches: (event: JsonObject) => boolean;
}

/**
 * Reads which events a rule takes.
 *
 * @throws {UnsupportedError} for a pattern that EventBridge refuses
 */
export function readRulePattern(rule: Resource): RulePattern {
  const patternText = text(rule, 'event_pattern');
  const state = String(rule.attributes.state ?? 'ENABLED');
  const isEnabled = state !== 'DISABLED';
  try {
    const pattern = parsePattern(patternText);
    return {
      name: text(rule, 'name'),
      address: rule.address,
      arn: text(rule, 'arn'),
      busName: text(rule, 'event_bus_name'),
      patternText,
      pattern,
      state,
      isEnabled,
      matches: isEnabled ? compilePattern(pattern) : () => false,
    };
  } catch (cause) {
    if (!(cause instanceof InvalidEventPatternError)) throw cause;
    throw new UnsupportedError(`${rule.address}: ${cause.message}`, { cause });
  }
}

/** Reads which events each rule of a stack takes. */
export const readRulePatterns = (plan: Plan): RulePattern[] =>
  plan.resources('aws_cloudwatch_event_rule').map(readRulePattern);

/** Finds a rule by its name, or by its name in Terraform, with or without the type. */
export const findRule = (rules: readonly RulePattern[], named: string): RulePattern | undefined =>
  rules.find(({ name }) => name === named) ??
  rules.find(({ address }) => address === named || address.split('.')[1] === named);
