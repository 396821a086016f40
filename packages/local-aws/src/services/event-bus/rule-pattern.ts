import { compilePattern, InvalidEventPatternError, type Pattern, parsePattern } from '@orders/event-pattern';
import type { JsonObject } from '../../json.ts';
import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { Collection } from '../../state/state.ts';

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
  /** `ENABLED`, or another state that AWS has: as the stack has it, or as it was switched since. */
  readonly state: string;
  readonly isEnabled: boolean;
  /** False for every event of a rule that is disabled. */
  matches: (event: JsonObject) => boolean;
}

/**
 * Reads which events a rule takes.
 *
 * @param switched the states that rules were switched to, by ARN
 * @throws {UnsupportedError} for a pattern that EventBridge refuses
 */
export function readRulePattern(
  rule: Resource,
  switched: Pick<Collection<string>, 'get'> = new Map(),
): RulePattern {
  const patternText = text(rule, 'event_pattern');
  const arn = text(rule, 'arn');
  const ownState = String(rule.attributes.state ?? 'ENABLED');
  try {
    const pattern = parsePattern(patternText);
    const matches = compilePattern(pattern);
    const read: RulePattern = {
      name: text(rule, 'name'),
      address: rule.address,
      arn,
      busName: text(rule, 'event_bus_name'),
      patternText,
      pattern,
      get state() {
        return switched.get(arn) ?? ownState;
      },
      get isEnabled() {
        return read.state !== 'DISABLED';
      },
      matches: (event) => read.isEnabled && matches(event),
    };
    return read;
  } catch (cause) {
    if (!(cause instanceof InvalidEventPatternError)) throw cause;
    throw new UnsupportedError(`${rule.address}: ${cause.message}`, { cause });
  }
}

/** Reads which events each rule of a stack takes. */
export const readRulePatterns = (plan: Plan): RulePattern[] =>
  plan.resources('aws_cloudwatch_event_rule').map((rule) => readRulePattern(rule));

/** Finds a rule by its name, or by its name in Terraform, with or without the type. */
export const findRule = (rules: readonly RulePattern[], named: string): RulePattern | undefined =>
  rules.find(({ name }) => name === named) ??
  rules.find(({ address }) => address === named || address.split('.')[1] === named);
