import { AwsError } from '../../aws-error.ts';
import { type Operation, operation } from '../../operation.ts';
import { type Bus, findBus } from './bus.ts';
import type { Rule, RuleTarget } from './rule.ts';

const EventBusName = { type: 'text' } as const;
const required = { type: 'text', required: true } as const;

/**
 * The operations that tell of buses, rules and targets, and switch rules on and off.
 *
 * @param switchRule gives a rule another state
 */
export function ruleOperations(
  buses: readonly Bus[],
  switchRule: (rule: Rule, state: 'ENABLED' | 'DISABLED') => void,
): Record<string, Operation> {
  const busOf = (named = 'default'): Bus => {
    const bus = findBus(buses, named);
    if (bus) return bus;
    throw new AwsError(
      'ResourceNotFoundException',
      `Event bus ${named} does not exist. The stack has ${buses.map(({ name }) => name).join(', ')}.`,
    );
  };
  const ruleOf = (bus: Bus, named: string): Rule => {
    const rule = bus.rules.find(({ name }) => name === named);
    if (rule) return rule;
    throw new AwsError(
      'ResourceNotFoundException',
      `Rule ${named} does not exist on EventBus ${bus.name}. It has ${bus.rules.map(({ name }) => name).join(', ')}.`,
    );
  };

  const switchTo = (state: 'ENABLED' | 'DISABLED') =>
    operation({ Name: required, EventBusName }, (input, { authorize }) => {
      const rule = ruleOf(busOf(input.EventBusName), input.Name);
      authorize(rule.arn);
      switchRule(rule, state);
      return {};
    });

  return {
    EnableRule: switchTo('ENABLED'),
    DisableRule: switchTo('DISABLED'),

    DescribeEventBus: operation({ Name: { type: 'text' } }, ({ Name }, { authorize }) => {
      const { name, arn } = busOf(Name);
      authorize(arn);
      return { Name: name, Arn: arn };
    }),

    ListEventBuses: operation({ NamePrefix: { type: 'text' } }, ({ NamePrefix = '' }, { authorize }) => {
      authorize('*');
      const found = buses.filter(({ name }) => name.startsWith(NamePrefix));
      return { EventBuses: found.map(({ name, arn }) => ({ Name: name, Arn: arn })) };
    }),

    ListRules: operation({ EventBusName, NamePrefix: { type: 'text' } }, (input, { authorize }) => {
      const bus = busOf(input.EventBusName);
      authorize('*');
      const found = bus.rules.filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
      return { Rules: found.map(describe) };
    }),

    DescribeRule: operation({ Name: required, EventBusName }, (input, { authorize }) => {
      const rule = ruleOf(busOf(input.EventBusName), input.Name);
      authorize(rule.arn);
      return describe(rule);
    }),

    ListTargetsByRule: operation({ Rule: required, EventBusName }, (input, { authorize }) => {
      const rule = ruleOf(busOf(input.EventBusName), input.Rule);
      authorize(rule.arn);
      return { Targets: rule.targets.map(describeTarget) };
    }),
  };
}

const describe = ({ name, arn, busName, patternText, state }: Rule) => ({
  Name: name,
  Arn: arn,
  EventBusName: busName,
  EventPattern: patternText,
  State: state,
});

const describeTarget = ({ id, arn, roleArn, deadLetterArn, retryPolicy }: RuleTarget) => ({
  Id: id,
  Arn: arn,
  ...(roleArn !== undefined && { RoleArn: roleArn }),
  ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
  RetryPolicy: {
    MaximumRetryAttempts: retryPolicy.maxRetries,
    MaximumEventAgeInSeconds: retryPolicy.maxAgeMs / 1_000,
  },
});
