import { expect, test } from '@jest/globals';
import { everyOrderEvent } from '@orders/events';
import type { TerraformStack } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { Rule } from './rule.ts';

const makeRule = (stack: TerraformStack) =>
  new Rule(stack, 'AllOrders', { busName: 'Orders', pattern: everyOrderEvent });

test('a rule delivers its events as they are, tries for 24 hours, and keeps what fails in a queue of its own', () => {
  const resources = smallStack((stack) => makeRule(stack).to(() => ({ arn: 'arn:target', dependsOn: [] })));
  expect(resources).toMatchObject({
    'AllOrders/rule': {
      resource: 'aws_cloudwatch_event_rule',
      name: 'AllOrders',
      event_bus_name: 'Orders',
      event_pattern: everyOrderEvent,
    },
    'AllOrders/dead-letters/queue': { resource: 'aws_sqs_queue', name: 'AllOrders-dead-letters' },
    'AllOrders/dead-letters/policy': {
      policy: {
        Statement: [{ Condition: { ArnEquals: { 'aws:SourceArn': '<AllOrders/rule.arn>' } } }],
      },
    },
  });
  expect(resources['AllOrders/target']).toEqual({
    resource: 'aws_cloudwatch_event_target',
    rule: '<AllOrders/rule.name>',
    event_bus_name: 'Orders',
    arn: 'arn:target',
    // Both: Terraform sends an age that is left out as 0, which is no retry at all.
    retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
    dead_letter_config: { arn: '<AllOrders/dead-letters/queue.arn>' },
    depends_on: ['<AllOrders/dead-letters/policy>'],
  });
});

test('a rule delivers in the role that its target names', () => {
  const resources = smallStack((stack) =>
    makeRule(stack).to(() => ({ arn: 'arn:target', roleArn: 'arn:role', dependsOn: [] })),
  );
  expect(resources['AllOrders/target']).toMatchObject({ role_arn: 'arn:role' });
});

test('a rule without a target is refused at synth: it would match and deliver nothing', () => {
  expect(() => smallStack(makeRule)).toThrow(
    'The rule AllOrders delivers nothing: give it a target, by .to(…)',
  );
});

test('a rule has an alarm on dead letters, on retries and on events that its queue refused', () => {
  smallStack((stack) => {
    const rule = makeRule(stack);
    rule.to(() => ({ arn: 'arn:target', dependsOn: [] }));
    expect(
      rule.alarms.map(({ name, metric, above, periodMinutes }) => [name, metric.name, above, periodMinutes]),
    ).toEqual([
      ['AllOrders-dead-letters', 'ApproximateNumberOfMessagesVisible', undefined, undefined],
      ['AllOrders-dead-letters-expire', 'ApproximateAgeOfOldestMessage', 864_000, undefined],
      ['AllOrders-retries', 'RetryInvocationAttempts', 3, 15],
      ['AllOrders-lost-events', 'InvocationsFailedToBeSentToDlq', undefined, undefined],
    ]);
  });
});
