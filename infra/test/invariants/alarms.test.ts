import { expect, test } from '@jest/globals';
import { Stack } from '../stack.ts';
import { alarms } from './alarms.ts';

const queue = { resource: 'aws_sqs_queue' };
const alarm = (metric_name: string, threshold: number) => ({
  resource: 'aws_cloudwatch_metric_alarm',
  namespace: 'AWS/SQS',
  metric_name,
  threshold,
  dimensions: { QueueName: '<q/queue.name>' },
});
const depth = alarm('ApproximateNumberOfMessagesVisible', 0);
const age = alarm('ApproximateAgeOfOldestMessage', 10 * 86_400);
const reader = { resource: 'aws_lambda_event_source_mapping', event_source_arn: '<q/queue.arn>' };

test.each<[string, object, string[]]>([
  ['a reader', { reader }, []],
  ['alarms on what waits and on its age', { depth, age }, []],
  ['an alarm on what waits alone', { depth }, ['q/queue: has 0 alarms on ApproximateAgeOfOldestMessage']],
  [
    'the reader of another queue',
    { age, reader: { ...reader, event_source_arn: '<other/queue.arn>' } },
    ['q/queue: has 0 alarms on ApproximateNumberOfMessagesVisible'],
  ],
])('a queue with %s is judged by what it has', (_, others, faults) => {
  const stack = new Stack({
    resources: { 'q/queue': queue, ...others },
    variable: {},
    provider: {},
    terraform: {},
    output: {},
  });
  const [invariant] = alarms.filter(({ name }) => name.startsWith('every queue has a reader'));
  expect(invariant?.faults(stack)).toEqual(faults);
});
