import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { account, arnOf, makePlan, region } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import type { MessageAttributes } from '../queue/message-attributes.ts';

import { type BindTarget, type BusEvent, createEventBuses, type FindRuleQueue } from './event-bus.ts';
import type { PutEventsEntry } from './put-events.ts';

const busArn = arnOf('events', 'event-bus/Orders');
const rule = (name: string, event_pattern: object, event_bus_name = 'Orders') => ({
  name,
  event_bus_name,
  event_pattern: JSON.stringify(event_pattern),
});
const target = (ofRule: string, arn: string, more: JsonObject = {}) => ({
  rule: ofRule,
  event_bus_name: 'Orders',
  arn,
  ...more,
});
const stack = (rules: JsonObject[], targets: JsonObject[]): JsonObject => ({
  aws_cloudwatch_event_bus: { bus: { name: 'Orders' }, other: { name: 'Other' } },
  aws_cloudwatch_event_rule: Object.fromEntries(rules.map((item, index) => [`r${index}`, item])),
  aws_cloudwatch_event_target: Object.fromEntries(targets.map((item, index) => [`t${index}`, item])),
});
const entry = (changes: PutEventsEntry = {}): PutEventsEntry => ({
  EventBusName: 'Orders',
  Source: 'com.aws.orders',
  DetailType: 'Order Placed',
  Detail: '{"orderId":"o-1"}',
  ...changes,
});
const anyone = () => {};

/**
 * Buses whose targets are `arn:<name>`: each keeps its events, and one called `broken` throws. Queues are `queue:<name>`;
 * one called `closed` takes nothing.
 */
function makeBuses(rules: JsonObject[], targets: JsonObject[]) {
  const trace = new Trace();
  const failures: string[] = [];
  const delivered: [target: string, event: BusEvent, flowId: string][] = [];
  const bound: unknown[] = [];
  const sent: [queue: string, ofRule: string, body: string, attributes: MessageAttributes | undefined][] = [];
  const findQueue: FindRuleQueue = (queueArn, ruleArn) => {
    const [kind, name = ''] = queueArn.split(':');
    if (kind !== 'queue') return undefined;
    return {
      name,
      send(body, attributes) {
        if (name === 'closed') throw new Error('nobody may send');
        sent.push([name, ruleArn, body, attributes]);
      },
    };
  };
  const bind: BindTarget = (arn, ofRule) => {
    if (!arn.startsWith('arn:')) return undefined;
    bound.push([arn, ofRule]);
    return {
      description: `target ${arn.slice(4)}`,
      async deliver(event, flowId) {
        if (arn === 'arn:broken') throw new Error('it broke');
        delivered.push([arn.slice(4), event, flowId]);
      },
    };
  };
  const buses = createEventBuses(makePlan(stack(rules, targets)), {
    trace,
    targets: [() => undefined, bind],
    findQueue,
    onFailure: (message) => failures.push(message),
  });
  const settle = () => trace.settled('o-1', 5_000);
  return { buses, trace, failures, delivered, bound, sent, settle };
}
const orders = rule('Every', { source: ['com.aws.orders'] });

describe('an event', () => {
  test('is delivered in the envelope that EventBridge gives it', async () => {
    const { buses, delivered, settle } = makeBuses([orders], [target('Every', 'arn:a')]);
    const result = buses.putEvents([entry({ Time: 1_764_763_200.5, Resources: ['arn:x'] })], anyone);
    await settle();
    const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(result).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: id }] });
    expect(delivered).toEqual([
      [
        'a',
        {
          version: '0',
          id: (result.Entries[0] as { EventId: string }).EventId,
          'detail-type': 'Order Placed',
          source: 'com.aws.orders',
          account,
          time: '2025-12-03T12:00:00Z',
          region,
          resources: ['arn:x'],
          detail: { orderId: 'o-1' },
        },
        expect.stringMatching(/^1-/),
      ],
    ]);
  });

  test('goes to every target of every rule that matches, and to no other', async () => {
    const { buses, delivered, trace, settle } = makeBuses(
      [
        orders,
        rule('Placed', { 'detail-type': ['Order Placed'] }),
        rule('Processed', { 'detail-type': ['Order Processed'] }),
        rule('Elsewhere', { source: ['com.aws.orders'] }, 'Other'),
      ],
      [
        target('Every', 'arn:a'),
        target('Every', 'arn:b'),
        target('Placed', 'arn:c'),
        target('Processed', 'arn:d'),
        target('Elsewhere', 'arn:e', { event_bus_name: 'Other' }),
      ],
    );
    buses.putEvents([entry()], anyone);
    await settle();
    expect(delivered.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(trace.order('o-1')?.steps).toEqual([
      expect.objectContaining({
        kind: 'event',
        detailType: 'Order Placed',
        source: 'com.aws.orders',
        bus: 'Orders',
        deliveries: [
          { rule: 'Every', target: 'target a', status: 'delivered' },
          { rule: 'Every', target: 'target b', status: 'delivered' },
          { rule: 'Placed', target: 'target c', status: 'delivered' },
        ],
      }),
    ]);
  });

  test('makes its order known with its deliveries under way, so that its story can be waited for', () => {
    const { buses, trace } = makeBuses([orders], [target('Every', 'arn:a')]);
    const known: unknown[] = [];
    trace.onOrder((orderId) => known.push(trace.order(orderId)?.settled));
    buses.putEvents([entry()], anyone);
    expect(known).toEqual([false]);
  });

  test('that a target fails to take is told, and the others still get it', async () => {
    const { buses, delivered, failures, settle } = makeBuses(
      [orders],
      [target('Every', 'arn:broken'), target('Every', 'arn:a')],
    );
    buses.putEvents([entry()], anyone);
    const story = await settle();
    expect(delivered.map(([name]) => name)).toEqual(['a']);
    expect(failures).toEqual([
      expect.stringMatching(
        /^The event .* \("Order Placed"\) was not delivered by the rule Every to target broken: it broke$/,
      ),
    ]);
    expect(story?.steps).toMatchObject([
      { deliveries: [{ status: 'failed', error: 'it broke' }, { status: 'delivered' }] },
    ]);
  });

  test('is in flight until it is delivered', () => {
    const { buses, trace } = makeBuses([orders], [target('Every', 'arn:a')]);
    buses.putEvents([entry()], anyone);
    expect(trace.order('o-1')).toMatchObject({
      settled: false,
      steps: [{ deliveries: [{ status: 'in flight' }] }],
    });
  });

  test('that no rule matches is on the bus all the same', () => {
    const { buses, trace } = makeBuses([], []);
    expect(buses.putEvents([entry()], anyone).FailedEntryCount).toBe(0);
    expect(trace.order('o-1')).toMatchObject({ settled: true, steps: [{ deliveries: [] }] });
  });

  test("goes to the bus that has the entry's ARN, too", async () => {
    const { buses, delivered, settle } = makeBuses([orders], [target('Every', 'arn:a')]);
    buses.putEvents([entry({ EventBusName: busArn })], anyone);
    await settle();
    expect(delivered).toHaveLength(1);
  });

  test.each([
    ['orderId', { orderId: 'x' }, 'x'],
    ['OrderId', { OrderId: 'x' }, 'x'],
    ['OrderDetails.orderId', { OrderDetails: { orderId: 'x' } }, 'x'],
    ['OrderId rather than that of its details', { OrderId: 'x', OrderDetails: { orderId: 'y' } }, 'x'],
    ['no id', { id: 'x' }, undefined],
    ['an id that is no text', { orderId: 7 }, undefined],
  ])('belongs to the order of its %s', (_, detail, orderId) => {
    const { buses, trace } = makeBuses([], []);
    buses.putEvents([entry({ Detail: JSON.stringify(detail) })], anyone);
    expect(trace.orderIds()).toEqual(orderId === undefined ? [] : [orderId]);
  });
});

describe('an event that its target does not take', () => {
  const broken = (dead_letter_config?: JsonObject) =>
    makeBuses(
      [orders],
      [
        target('Every', 'arn:broken', dead_letter_config ? { dead_letter_config } : {}),
        target('Every', 'arn:a'),
      ],
    );

  test('goes to the dead-letter queue of the target, as it is, with what failed', async () => {
    const { buses, delivered, failures, sent, settle } = broken({ arn: 'queue:letters' });
    buses.putEvents([entry()], anyone);
    const story = await settle();
    const ruleArn = arnOf('events', 'rule/Orders/Every');
    expect(sent).toEqual([
      [
        'letters',
        ruleArn,
        JSON.stringify(delivered[0]?.[1]),
        expect.objectContaining({
          RULE_ARN: { DataType: 'String', StringValue: ruleArn },
          TARGET_ARN: { DataType: 'String', StringValue: 'arn:broken' },
          ERROR_MESSAGE: { DataType: 'String', StringValue: 'it broke' },
        }),
      ],
    ]);
    expect(story?.steps).toMatchObject([
      {
        deliveries: [
          { status: 'failed', error: 'it broke', deadLetterQueue: 'letters' },
          { target: 'target a', status: 'delivered' },
        ],
      },
    ]);
    expect(failures).toEqual([
      expect.stringMatching(/to target broken: it broke\. It is in the dead-letter queue letters$/),
    ]);
  });

  test('is lost, and told as lost, when the dead-letter queue does not take it either', async () => {
    const { buses, failures, sent, settle } = broken({ arn: 'queue:closed' });
    buses.putEvents([entry()], anyone);
    const story = await settle();
    expect(sent).toEqual([]);
    expect(failures).toEqual([
      expect.stringMatching(
        /to target broken: it broke\. It is lost: the dead-letter queue closed did not take it either: nobody may send$/,
      ),
    ]);
    const [step] = story?.steps ?? [];
    expect(step).toMatchObject({ deliveries: [{ status: 'failed' }, { status: 'delivered' }] });
    expect(step).not.toHaveProperty('deliveries.0.deadLetterQueue');
  });

  test('goes nowhere without a dead-letter queue', async () => {
    const { buses, sent, settle } = broken();
    buses.putEvents([entry()], anyone);
    const story = await settle();
    expect(sent).toEqual([]);
    expect(story?.steps[0]).not.toHaveProperty('deliveries.0.deadLetterQueue');
  });
});

test('an event that is delivered leaves the dead-letter queue alone', async () => {
  const deadLetters = { dead_letter_config: { arn: 'queue:letters' } };
  const { buses, delivered, sent, settle } = makeBuses([orders], [target('Every', 'arn:a', deadLetters)]);
  buses.putEvents([entry()], anyone);
  await settle();
  expect(delivered).toHaveLength(1);
  expect(sent).toEqual([]);
});

describe('a request', () => {
  test('of good and bad entries publishes the good ones, and says of each bad one what it is', async () => {
    const { buses, delivered, settle } = makeBuses([orders], [target('Every', 'arn:a')]);
    const result = buses.putEvents(
      [entry({ Detail: '[]' }), entry(), entry({ EventBusName: 'Nope' }), entry({ Source: 'aws.x' })],
      anyone,
    );
    await settle();
    expect(delivered).toHaveLength(1);
    expect(result).toEqual({
      FailedEntryCount: 3,
      Entries: [
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
        { EventId: delivered[0]?.[1].id },
        { ErrorCode: 'ResourceNotFoundException', ErrorMessage: 'Event bus Nope does not exist.' },
        { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
      ],
    });
  });

  test('that may not publish to one of its buses publishes nothing at all', () => {
    const { buses, trace, delivered } = makeBuses([orders], [target('Every', 'arn:a')]);
    const authorize = (arn: string) => {
      if (arn !== busArn) throw new Error(`denied ${arn}`);
    };
    expect(() => buses.putEvents([entry(), entry({ EventBusName: 'Other' })], authorize)).toThrow('denied');
    expect(delivered).toEqual([]);
    expect(trace.orderIds()).toEqual([]);
  });

  test('needs no permission for the entries that are refused anyway', () => {
    const asked: string[] = [];
    const { buses } = makeBuses([], []);
    buses.putEvents([entry(), entry({ Detail: 'x', EventBusName: 'Other' })], (arn) => asked.push(arn));
    expect(asked).toEqual([busArn]);
  });

  test("belongs to its flow, else to that of an entry's trace header, else each entry begins one", async () => {
    const { buses, trace, delivered, settle } = makeBuses([orders], [target('Every', 'arn:a')]);
    const [given, ofHeader] = [trace.newFlow(), trace.newFlow()];
    const header = { TraceHeader: `Root=${ofHeader}` };
    buses.putEvents([entry(header)], anyone, given);
    buses.putEvents([entry(header), entry(), entry({ TraceHeader: 'Root=1-unknown' })], anyone);
    await settle();
    const flows = delivered.map(([, , flowId]) => flowId);
    expect(flows.slice(0, 2)).toEqual([given, ofHeader]);
    expect(new Set(flows).size).toBe(4);
  });
});

describe('a stack', () => {
  test("gives each target its rule's ARN and its own role", () => {
    const { bound } = makeBuses(
      [orders],
      [target('Every', 'arn:a', { role_arn: 'arn:role' }), target('Every', 'arn:b')],
    );
    const arn = arnOf('events', 'rule/Orders/Every');
    expect(bound).toEqual([
      ['arn:a', { arn, roleArn: 'arn:role' }],
      ['arn:b', { arn, roleArn: undefined }],
    ]);
  });

  test.each<[string, JsonObject[], JsonObject[], string]>([
    [
      'a rule of a bus that is not there',
      [rule('R', {}, 'Nope')],
      [],
      'aws_cloudwatch_event_rule.r0: the stack has no bus Nope, only Orders, Other',
    ],
    [
      'a target of a rule that is not there',
      [],
      [target('Nope', 'arn:a')],
      'aws_cloudwatch_event_target.t0: the stack has no rule Orders/Nope',
    ],
    [
      "a target of another bus's rule",
      [orders],
      [target('Every', 'arn:a', { event_bus_name: 'Other' })],
      'aws_cloudwatch_event_target.t0: the stack has no rule Other/Every',
    ],
    [
      'a target that nothing here is',
      [orders],
      [target('Every', 'sqs:queue')],
      "aws_cloudwatch_event_target.t0: the local run doesn't know the target sqs:queue",
    ],
    [
      'a dead-letter queue that is not there',
      [orders],
      [target('Every', 'arn:a', { dead_letter_config: { arn: 'nowhere' } })],
      "aws_cloudwatch_event_target.t0: its dead-letter queue nowhere isn't in the stack",
    ],
    [
      'a dead-letter queue that is said in another way',
      [orders],
      [target('Every', 'arn:a', { dead_letter_config: { queue: 'queue:letters' } })],
      "aws_cloudwatch_event_target.t0.dead_letter_config: the local run doesn't know the argument queue",
    ],
  ])('with %s is refused', (_, rules, targets, message) => {
    expect(() => makeBuses(rules, targets)).toThrow(UnsupportedError);
    expect(() => makeBuses(rules, targets)).toThrow(message);
  });

  test('with a pattern that EventBridge would refuse is refused, with the rule', () => {
    expect(() => makeBuses([rule('R', { source: 'x' })], [])).toThrow(/^aws_cloudwatch_event_rule\.r0: /);
  });
});
