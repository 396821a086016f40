import { expect, test } from '@jest/globals';
import type { TerraformStack } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { Queue } from './queue.ts';

const makeQueue = (stack: TerraformStack) => new Queue(stack, 'late', { name: 'LateOrders' });

test('a queue is encrypted and keeps a message for 14 days; no rule may send to it', () => {
  expect(smallStack(makeQueue)).toEqual({
    'late/queue': {
      resource: 'aws_sqs_queue',
      name: 'LateOrders',
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    },
  });
});

test('every rule that a queue lets in is in its one policy', () => {
  const { 'late/policy': policy } = smallStack((stack) => {
    const queue = makeQueue(stack);
    const granted = [
      queue.grantSendMessages({ arn: 'arn:first' }),
      queue.grantSendMessages({ arn: 'arn:second' }),
    ];
    expect(new Set(granted).size).toBe(1);
  });
  const letsIn = (rule: string) => ({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['sqs:SendMessage'],
    Resource: ['<late/queue.arn>'],
    Condition: { ArnEquals: { 'aws:SourceArn': rule } },
  });
  expect(policy).toEqual({
    resource: 'aws_sqs_queue_policy',
    queue_url: '<late/queue.url>',
    policy: { Version: '2012-10-17', Statement: [letsIn('arn:first'), letsIn('arn:second')] },
  });
});

test('a queue has an alarm as soon as a message waits, and one when a message is ten days old', () => {
  smallStack((stack) => {
    const alarms = makeQueue(stack).alarms({
      name: 'late',
      meaning: 'Orders are late.',
      runbook: 'late-orders',
    });
    expect(alarms).toMatchObject([
      {
        name: 'late',
        metric: { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
        meaning: 'Orders are late.',
        runbook: 'late-orders',
      },
      {
        name: 'late-expire',
        metric: { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' },
        above: 864_000,
        runbook: 'late-orders',
      },
    ]);
  });
});
