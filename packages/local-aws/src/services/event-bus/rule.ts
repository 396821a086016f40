import { isObject, type JsonValue } from '../../json.ts';
import { block, type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { defaultBus } from '../../plan/resource-types.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { exponentialBackoff, type RetryPolicy } from '../../retry.ts';
import type { Collection } from '../../state/state.ts';
import type { BindTarget, FindRuleQueue, HttpParameters, RuleQueue, Target } from '../../target.ts';
import { type RulePattern, readRulePattern } from './rule-pattern.ts';
import { readTargetInput, type TargetInput } from './target-input.ts';

export interface Rule extends RulePattern {
  targets: RuleTarget[];
}

/** A target, bound for one rule. */
export interface RuleTarget extends Target {
  /** Tells the targets of a rule apart. */
  id: string;
  arn: string;
  roleArn: string | undefined;
  input: TargetInput;
  /** Whether that is other than the event itself. */
  changesInput: boolean;
  retryPolicy: RetryPolicy;
  /** Where an event goes that the target doesn't take, and the ARN of that queue. */
  deadLetters: RuleQueue | undefined;
  deadLetterArn: string | undefined;
}

/** What rules deliver to. */
export interface RuleDestinations {
  targets: readonly BindTarget[];
  /** Finds the dead-letter queue of a target. */
  findQueue: FindRuleQueue;
}

/**
 * The rules of the stack, with their patterns compiled and their targets bound.
 *
 * @param switched the states that rules were switched to, by ARN
 * @throws {UnsupportedError} for a rule that would deliver nothing, or would not deliver as on AWS
 */
export function readRules(plan: Plan, destinations: RuleDestinations, switched?: Collection<string>): Rule[] {
  refuseStrays(plan);
  return plan
    .resources('aws_cloudwatch_event_rule')
    .map((rule) => createRule(plan, rule, destinations, switched));
}

function createRule(
  plan: Plan,
  rule: Resource,
  destinations: RuleDestinations,
  switched: Collection<string> | undefined,
): Rule {
  const pattern = readRulePattern(rule, switched);
  const targets = plan
    .resources('aws_cloudwatch_event_target')
    .filter(
      (target) => text(target, 'rule') === pattern.name && text(target, 'event_bus_name') === pattern.busName,
    )
    .map((target) => createTarget(target, pattern.arn, destinations));
  if (targets.length <= maxTargets) return Object.assign(pattern, { targets });
  throw new UnsupportedError(
    `${rule.address}: it has ${targets.length} targets; AWS takes ${maxTargets} of a rule`,
  );
}

/** How many targets a rule may have (EventBridge quotas). */
const maxTargets = 5;

function createTarget(target: Resource, ruleArn: string, destinations: RuleDestinations): RuleTarget {
  const arn = text(target, 'arn');
  const roleArn = target.attributes.role_arn === undefined ? undefined : text(target, 'role_arn');
  for (const bind of destinations.targets) {
    const bound = bind(arn, { ruleArn, roleArn, http: readHttpParameters(target) });
    if (!bound) continue;
    const changes = ['input', 'input_path', 'input_transformer'].filter(
      (name) => target.attributes[name] !== undefined,
    );
    if (bound.takesEventsOnly !== undefined && changes.length > 0) {
      throw new UnsupportedError(
        `${target.address}: ${changes.join(', ')} can't be here. ${bound.takesEventsOnly}`,
      );
    }
    return {
      ...bound,
      id: String(target.attributes.target_id ?? target.address),
      arn,
      roleArn,
      input: readTargetInput(target),
      changesInput: changes.length > 0,
      retryPolicy: readRetryPolicy(target),
      deadLetters: deadLettersOf(target, ruleArn, destinations),
      deadLetterArn: deadLetterArnOf(target),
    };
  }
  throw new UnsupportedError(`${target.address}: the local run doesn't know the target ${arn}`);
}

/** From the first pause to the longest one. AWS says "exponential back off and jitter", and no figures. */
const backoff = exponentialBackoff(1_000, 10 * 60_000);

/** EventBridge's defaults are 185 retries in 24 hours. */
const eventBridgePolicy = (maxRetries = 185, maxAgeSeconds = 86_400): RetryPolicy => ({
  maxRetries,
  maxAgeMs: maxAgeSeconds * 1_000,
  delayMs: backoff,
});

/** Each of the two limits that isn't said is EventBridge's own, but Terraform sends 0 for one of them that is left out. */
function readRetryPolicy(target: Resource): RetryPolicy {
  const policy = block(target, 'retry_policy', ['maximum_retry_attempts', 'maximum_event_age_in_seconds']);
  if (Object.keys(policy).length === 0) return eventBridgePolicy();
  const { maximum_retry_attempts: retries, maximum_event_age_in_seconds: age } = policy;
  if (typeof retries === 'number' && typeof age === 'number') return eventBridgePolicy(retries, age);
  throw new UnsupportedError(
    `${target.address}: retry_policy has to have both of its arguments as numbers, for the AWS provider sends 0 for one ` +
      `that is left out; received ${JSON.stringify(policy)}`,
  );
}

function readHttpParameters(target: Resource): HttpParameters | undefined {
  if (target.attributes.http_target === undefined) return undefined;
  const {
    path_parameter_values: path = [],
    header_parameters: headers = {},
    query_string_parameters: query = {},
  } = block(target, 'http_target', ['path_parameter_values', 'header_parameters', 'query_string_parameters']);
  if (!text(target, 'arn').includes(':api-destination/')) {
    throw new UnsupportedError(
      `${target.address}: the local run knows http_target for API destinations only`,
    );
  }
  return {
    path: Array.isArray(path) ? path.map(String) : [],
    headers: textsOf(headers),
    query: textsOf(query),
  };
}

const textsOf = (value: JsonValue): Record<string, string> =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]))
    : {};

function deadLetterArnOf(target: Resource): string | undefined {
  const { arn } = block(target, 'dead_letter_config', ['arn']);
  return arn === undefined ? undefined : String(arn);
}

function deadLettersOf(
  target: Resource,
  ruleArn: string,
  { findQueue }: RuleDestinations,
): RuleQueue | undefined {
  const arn = deadLetterArnOf(target);
  if (arn === undefined) return undefined;
  const queue = findQueue(arn, ruleArn);
  if (queue) return queue;
  throw new UnsupportedError(`${target.address}: its dead-letter queue ${arn} isn't in the stack`);
}

/** A rule of a bus that isn't in the stack, or a target of such a rule, would silently deliver nothing. */
function refuseStrays(plan: Plan): void {
  const buses = [...plan.resources('aws_cloudwatch_event_bus').map((bus) => text(bus, 'name')), defaultBus];
  const rules = plan.resources('aws_cloudwatch_event_rule');
  for (const rule of rules) {
    const bus = text(rule, 'event_bus_name');
    if (buses.includes(bus)) continue;
    throw new UnsupportedError(`${rule.address}: the stack has no bus ${bus}, only ${buses.join(', ')}`);
  }
  const ruleIds = rules.map((rule) => `${text(rule, 'event_bus_name')}/${text(rule, 'name')}`);
  for (const target of plan.resources('aws_cloudwatch_event_target')) {
    const id = `${text(target, 'event_bus_name')}/${text(target, 'rule')}`;
    if (!ruleIds.includes(id)) throw new UnsupportedError(`${target.address}: the stack has no rule ${id}`);
  }
}
