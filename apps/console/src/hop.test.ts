import { expect, test } from '@jest/globals';
import type { MapNode, SystemMap } from '@orders/local-aws';
import { alarmsOf, callOf } from './hop.ts';
import type { Span } from './span.ts';
import { makeEvent, span } from './testing.ts';

const grant = (action: string) => ({ action, address: 'aws_iam_role_policy.p', statement: {} });
const node = (kind: MapNode['kind'], name: string, more: Partial<MapNode> = {}): MapNode => ({
  id: `${kind} ${name}`,
  kind,
  name,
  arn: `arn:${name}`,
  ...more,
});
const alarm = (name: string, metric: string) => ({
  name,
  metric,
  description: `${name}. See docs/runbooks/x.md`,
});
const map: SystemMap = {
  nodes: [
    node('HTTP API', 'shop', { alarms: [alarm('api-5xx', '5xx'), alarm('api-latency', 'Latency')] }),
    node('function', 'f', {
      roleArn: 'arn:role',
      alarms: [alarm('f-errors', 'Errors'), alarm('f-throttles', 'Throttles')],
    }),
    node('queue', 'Dead', {
      alarms: [
        alarm('dead', 'ApproximateNumberOfMessagesVisible'),
        alarm('dead-expire', 'ApproximateAgeOfOldestMessage'),
      ],
    }),
  ],
  edges: [
    { from: 'HTTP API shop', to: 'function f', kind: 'call', allowedBy: [grant('lambda:InvokeFunction')] },
    { from: 'function f', to: 'bus Orders', kind: 'call', allowedBy: [grant('events:PutEvents')] },
    {
      from: 'function f',
      to: 'table T',
      kind: 'call',
      allowedBy: [grant('dynamodb:PutItem'), grant('dynamodb:GetItem')],
    },
  ],
};

const event = makeEvent('Order Placed', 'o-1');
const write = { kind: 'write', table: 'T', operation: 'PutItem', item: {} } as const;
test.each<[string, Span['activity'], string, string]>([
  ['an invocation', { kind: 'invocation', function: 'f' }, 'HTTP API shop', 'lambda:InvokeFunction'],
  [
    'an event',
    { kind: 'event', bus: 'Orders', event, roleArn: 'arn:role' },
    'function f',
    'events:PutEvents',
  ],
  ['a write', { ...write, roleArn: 'arn:role' }, 'function f', 'dynamodb:PutItem'],
])('%s says who called, and what allows it', (_, activity, by, action) => {
  expect(callOf(span(activity), map)).toMatchObject({ by, grants: [{ action }] });
});

test('what a developer put on a bus or into a table needs no permission', () => {
  expect(callOf(span({ kind: 'event', bus: 'Orders', event }), map)).toBeUndefined();
  expect(callOf(span(write), map)).toBeUndefined();
});

const delivery = { kind: 'delivery', rule: 'R', target: 'function f' } as const;
test.each<[string, Span, string[]]>([
  ['a step that succeeded', span(delivery), []],
  [
    'a failure whose event waits in a queue',
    span(delivery, { status: 'failed', outcome: { queue: 'Dead' } }),
    ['dead'],
  ],
  ['a failed function', span({ kind: 'invocation', function: 'f' }, { status: 'failed' }), ['f-errors']],
  [
    'a request that was answered 5xx',
    span({ kind: 'request', method: 'GET', path: '/' }, { outcome: { status: 500 } }),
    ['api-5xx'],
  ],
])('the alarms of %s', (_, failed, names) => {
  expect(alarmsOf(failed, map).map(({ name }) => name)).toEqual(names);
});
