import { describe, expect, test } from '@jest/globals';
import { AccessDeniedError } from '../../iam.ts';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { BindTarget, BusEvent, FindRuleQueue } from '../../target.ts';
import {
  account,
  arnOf,
  countsOf,
  makeCaller,
  makeContext,
  makeIam,
  makePlan,
  region,
  settledSteps,
  someGrant,
  stepsOf,
  until,
} from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';
import { explainRule } from './explain-rule.ts';
import type { PutEventsEntry } from './put-events.ts';
import { readRulePatterns } from './rule-pattern.ts';

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
  retry_policy: { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 },
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
/**
 * Buses whose targets are `arn:<name>`. Each keeps its events, except that `broken` throws, and `slow` waits first.
 * Queues are `queue:<name>`; the queue `closed` takes nothing.
 */
function makeBuses(rules: JsonObject[], targets: JsonObject[], iam = makeIam(), slow?: Promise<void>) {
  const delivered: [target: string, event: BusEvent, flowId: string][] = [];
  const bound: unknown[] = [];
  const inputs: string[] = [];
  const sent: [queue: string, ofRule: string, body: string, attributes: unknown][] = [];
  const findQueue: FindRuleQueue = (queueArn, ruleArn) => {
    const [kind, name = ''] = queueArn.split(':');
    if (kind !== 'queue') return undefined;
    return {
      name,
      waiting: () => [],
      remove() {},
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
      async deliver(event, flowId, input) {
        inputs.push(input);
        if (arn === 'arn:broken') throw new Error('it broke');
        if (arn === 'arn:slow') await slow;
        delivered.push([arn.slice(4), event, flowId]);
      },
    };
  };
  const context = makeContext({ iam });
  const buses = createEventBuses(makePlan(stack(rules, targets)), context, {
    targets: [() => undefined, bind],
    findQueue,
  });
  const { trace, failures } = context;
  const call = makeCaller([buses], context);
  /** Puts entries as somebody who belongs to a flow, or as a function in a role. */
  const putEvents = async (
    Entries: unknown[],
    { flowId, roleArn }: { flowId?: string; roleArn?: string } = {},
  ) =>
    call(
      'AWSEvents.PutEvents',
      { Entries },
      {
        ...(flowId && { 'x-amzn-trace-id': `Root=${flowId}` }),
        ...(roleArn && { authorization: `Credential=${iam.openSession(roleArn)}/…` }),
      },
    );
  /** Puts one entry in a flow of its own, and gives the steps of that flow when it has settled. */
  const publish = async (changes: PutEventsEntry = {}) => {
    const flowId = trace.newFlow();
    const { output } = await putEvents([entry(changes)], { flowId });
    return { output, steps: await settledSteps(trace, flowId) };
  };
  const counts = () => countsOf(context, 'AWS/Events');
  return { call, putEvents, publish, trace, failures, delivered, bound, sent, inputs, counts };
}
const orders = rule('Every', { source: ['com.aws.orders'] });

describe('an event', () => {
  test('is delivered in the envelope that EventBridge gives it', async () => {
    const { publish, delivered } = makeBuses([orders], [target('Every', 'arn:a')]);
    const { output } = await publish({ Time: 1_764_763_200.5, Resources: ['arn:x'] });
    const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(output).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: id }] });
    expect(delivered).toEqual([
      [
        'a',
        {
          version: '0',
          id: (output as { Entries: { EventId: string }[] }).Entries[0]?.EventId,
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
    const { publish, delivered } = makeBuses(
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
    const { steps } = await publish();
    expect(delivered.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(steps).toEqual([
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

  test('is in flight from its first entry in the trace until its last delivery ended', async () => {
    const { putEvents, trace } = makeBuses([orders], [target('Every', 'arn:a')]);
    const settled: boolean[] = [];
    trace.subscribe(({ flowId }) => settled.push(trace.isSettled(flowId)));
    const flowId = trace.newFlow();
    await putEvents([entry()], { flowId });
    await settledSteps(trace, flowId);
    // The event, its delivery and the first attempt begin; then the event, the attempt and the delivery end.
    expect(settled).toEqual([false, false, false, false, false, true]);
  });

  test('that a target fails to take is reported, and the others still get it', async () => {
    const { publish, delivered, failures } = makeBuses(
      [orders],
      [target('Every', 'arn:broken'), target('Every', 'arn:a')],
    );
    const { steps } = await publish();
    expect(delivered.map(([name]) => name)).toEqual(['a']);
    expect(failures).toEqual([
      expect.stringMatching(
        /^The event .* \("Order Placed"\) was not delivered by the rule Every to target broken: it broke\. It is lost/,
      ),
    ]);
    expect(steps).toMatchObject([
      { deliveries: [{ status: 'failed', error: 'it broke' }, { status: 'delivered' }] },
    ]);
  });

  test('is on its way when PutEvents has answered', async () => {
    const waits = Promise.withResolvers<void>();
    const { putEvents, trace } = makeBuses([orders], [target('Every', 'arn:slow')], makeIam(), waits.promise);
    const flowId = trace.newFlow();
    await putEvents([entry()], { flowId });
    expect(trace.isSettled(flowId)).toBe(false);
    expect(stepsOf(trace, flowId)).toMatchObject([{ deliveries: [{ status: 'in flight' }] }]);
    waits.resolve();
    expect(await settledSteps(trace, flowId)).toMatchObject([{ deliveries: [{ status: 'delivered' }] }]);
  });

  test('that no rule matches is on the bus all the same', async () => {
    const { output, steps } = await makeBuses([], []).publish();
    expect(output.FailedEntryCount).toBe(0);
    expect(steps).toMatchObject([{ deliveries: [] }]);
  });

  test("goes to the bus that has the entry's ARN, too", async () => {
    const { publish, delivered } = makeBuses([orders], [target('Every', 'arn:a')]);
    await publish({ EventBusName: busArn });
    expect(delivered).toHaveLength(1);
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
    const { publish, delivered, failures, sent } = broken({ arn: 'queue:letters' });
    const { steps } = await publish();
    const ruleArn = arnOf('events', 'rule/Orders/Every');
    expect(sent).toEqual([
      [
        'letters',
        ruleArn,
        JSON.stringify(delivered[0]?.[1]),
        expect.objectContaining({ RULE_ARN: ruleArn, TARGET_ARN: 'arn:broken', ERROR_MESSAGE: 'it broke' }),
      ],
    ]);
    expect(steps).toMatchObject([
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

  test('is lost, and reported as lost, when the dead-letter queue does not take it either', async () => {
    const { publish, failures, sent, counts } = broken({ arn: 'queue:closed' });
    const [step] = (await publish()).steps;
    expect(sent).toEqual([]);
    expect(failures).toEqual([
      expect.stringMatching(
        /to target broken: it broke\. It is lost: the dead-letter queue closed did not take it either: nobody may send$/,
      ),
    ]);
    expect(counts()).toMatchObject({
      MatchedEvents: 1,
      FailedInvocations: 1,
      InvocationsFailedToBeSentToDlq: 1,
    });
    expect(step).toMatchObject({ deliveries: [{ status: 'failed' }, { status: 'delivered' }] });
    expect(step).not.toHaveProperty('deliveries.0.deadLetterQueue');
  });

  test('is lost, and reported as lost, without a dead-letter queue', async () => {
    const { publish, sent, failures } = broken();
    const { steps } = await publish();
    expect(failures).toEqual([expect.stringMatching(/It is lost: the target has no dead-letter queue$/)]);
    expect(sent).toEqual([]);
    expect(steps[0]).not.toHaveProperty('deliveries.0.deadLetterQueue');
  });
});

test('an event that is delivered leaves the dead-letter queue alone', async () => {
  const deadLetters = { dead_letter_config: { arn: 'queue:letters' } };
  const { publish, delivered, sent } = makeBuses([orders], [target('Every', 'arn:a', deadLetters)]);
  await publish();
  expect(delivered).toHaveLength(1);
  expect(sent).toEqual([]);
});

describe('a request', () => {
  test('of good and bad entries publishes the good ones, and says of each bad one what it is', async () => {
    const { putEvents, delivered } = makeBuses([orders], [target('Every', 'arn:a')]);
    const { output } = await putEvents([
      entry({ Detail: '[]' }),
      entry(),
      entry({ EventBusName: 'Nope' }),
      entry({ Source: 'aws.x' }),
    ]);
    await until(() => delivered.length > 0, 'the good one is delivered');
    expect(delivered).toHaveLength(1);
    expect(output).toEqual({
      FailedEntryCount: 3,
      Entries: [
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
        { EventId: delivered[0]?.[1].id },
        {
          ErrorCode: 'LocalRun.NoSuchBus',
          ErrorMessage:
            "The event bus Nope isn't in the stack, which has Orders, Other. AWS would take the event, and drop it without a word.",
        },
        { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
      ],
    });
  });

  test('that may not publish to one of its buses publishes nothing at all', async () => {
    const iam = makeIam();
    iam.authorizeRole = (...what) => {
      if (what[2] === busArn) return someGrant;
      throw new AccessDeniedError(`denied: ${what.join(' ')}`, what[1]);
    };
    const { putEvents, delivered, trace } = makeBuses([orders], [target('Every', 'arn:a')], iam);
    const entries: unknown[] = [];
    trace.subscribe((traced) => entries.push(traced));
    const answer = await putEvents([entry(), entry({ EventBusName: 'Other' })], { roleArn: 'arn:role' });
    expect(answer).toMatchObject({
      status: 400,
      output: {
        __type: 'AccessDeniedException',
        message: `denied: arn:role events:PutEvents ${busArn.replace('Orders', 'Other')}`,
      },
    });
    expect([delivered, entries]).toEqual([[], []]);
  });

  test('needs no permission for the entries that are refused anyway', async () => {
    const asked: string[] = [];
    const iam = makeIam();
    iam.authorizeRole = (_, action, resource) => {
      asked.push(`${action} ${resource}`);
      return someGrant;
    };
    await makeBuses([], [], iam).putEvents([entry(), entry({ Detail: 'x', EventBusName: 'Other' })], {
      roleArn: 'arn:role',
    });
    expect(asked).toEqual([`events:PutEvents ${busArn}`]);
  });

  test("belongs to its flow, else to that of an entry's trace header, else each entry begins one", async () => {
    const { putEvents, trace, delivered } = makeBuses([orders], [target('Every', 'arn:a')]);
    const [given, ofHeader] = [trace.newFlow(), trace.newFlow()];
    const header = { TraceHeader: `Root=${ofHeader}` };
    await putEvents([entry(header)], { flowId: given });
    await putEvents([entry(header), entry(), entry({ TraceHeader: 'Root=1-unknown' })]);
    await until(() => delivered.length === 4, 'all four are delivered');
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
    const ruleArn = arnOf('events', 'rule/Orders/Every');
    expect(bound).toEqual([
      ['arn:a', { ruleArn, roleArn: 'arn:role' }],
      ['arn:b', { ruleArn, roleArn: undefined }],
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

describe('a target with an input of its own', () => {
  const toQueue = {
    input_transformer: { input_paths: { id: '$.detail.orderId' }, input_template: '{"id": <id>}' },
  };

  test('gets that, beside another one with the same ARN that gets the event', async () => {
    const { publish, inputs } = makeBuses(
      [orders],
      [
        target('Every', 'arn:a', { target_id: 'short', ...toQueue }),
        target('Every', 'arn:a', { target_id: 'all' }),
      ],
    );
    await publish();
    expect(inputs.sort().map((text) => JSON.parse(text))).toMatchObject([
      { id: 'o-1' },
      { detail: { orderId: 'o-1' } },
    ]);
  });

  test('that makes no JSON of the event is not tried again, and leaves the event as a dead letter', async () => {
    const { publish, inputs, sent } = makeBuses(
      [orders],
      [target('Every', 'arn:a', { input_path: '$.detail.none', dead_letter_config: { arn: 'queue:dead' } })],
    );
    await publish();
    expect(inputs).toEqual([]);
    expect(sent).toMatchObject([
      ['dead', expect.anything(), expect.stringContaining('o-1'), { ERROR_CODE: 'INVALID_JSON' }],
    ]);
  });
});

const rules = (item: JsonObject) => readRulePatterns(makePlan(stack([item], [])));

describe('a rule', () => {
  test('that is disabled gets nothing', async () => {
    const { publish, delivered, call } = makeBuses(
      [{ ...orders, state: 'DISABLED' }],
      [target('Every', 'arn:a')],
    );
    await publish();
    expect(delivered).toEqual([]);
    const { output } = await call('AWSEvents.DescribeRule', { Name: 'Every', EventBusName: 'Orders' });
    expect(output).toMatchObject({ State: 'DISABLED' });
    expect(
      explainRule(rules({ ...orders, state: 'DISABLED' }), 'Every', { source: 'com.aws.orders' }),
    ).toMatchObject({
      matches: false,
      sentence: 'the rule is disabled, and gets no event',
    });
  });

  test("that names no bus is one of the account's own", async () => {
    const { event_bus_name: _, ...onDefault } = orders;
    const { event_bus_name: __, ...itsTarget } = target('Every', 'arn:a');
    const { publish, delivered, bound } = makeBuses([onDefault], [itsTarget]);
    await publish();
    expect(delivered).toEqual([]);
    const { EventBusName: ___, ...noBus } = entry();
    await publish({ ...noBus, EventBusName: 'default' });
    expect(delivered).toHaveLength(1);
    expect(bound).toEqual([['arn:a', expect.objectContaining({ ruleArn: arnOf('events', 'rule/Every') })]]);
  });

  test('with six targets is refused', () => {
    const targets = Array.from({ length: 6 }, (_, n) => target('Every', `arn:${n}`));
    expect(() => makeBuses([orders], targets)).toThrow('it has 6 targets; AWS takes 5 of a rule');
    expect(() => makeBuses([orders], targets.slice(1))).not.toThrow();
  });

  test('whose target adds to HTTP requests has to be one of an API destination', () => {
    const adds = { http_target: { header_parameters: { a: 'b' } } };
    expect(() => makeBuses([orders], [target('Every', 'arn:a', adds)])).toThrow(
      'the local run knows http_target for API destinations only',
    );
  });
});
