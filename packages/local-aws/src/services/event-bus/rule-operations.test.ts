import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { createLocalApi } from '../../local-api.ts';
import { arnOf, makeCaller, makeContext, makeEvent, makePlan, stepsOf } from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';

const arn = arnOf('events', 'rule/Orders/European');
const pattern = '{"detail":{"location":[{"prefix":"eu-west"}]}}';
const context = makeContext();
const buses = createEventBuses(
  makePlan({
    aws_cloudwatch_event_connection: { c: { name: 'partner', authorization_type: 'API_KEY' } },
    aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
    aws_cloudwatch_event_rule: { r: { name: 'European', event_bus_name: 'Orders', event_pattern: pattern } },
    aws_cloudwatch_event_target: {
      t: {
        rule: 'European',
        event_bus_name: 'Orders',
        arn: 'arn:target',
        role_arn: 'arn:role',
        dead_letter_config: { arn: 'arn:queue' },
      },
    },
  }),
  context,
  {
    targets: [(target) => ({ description: target, deliver: async () => {} })],
    findQueue: () => ({ name: 'queue', send() {}, waiting: () => [], remove() {} }),
  },
);
const call = makeCaller([buses], context);
const ask = async (name: string, input: JsonObject) => (await call(`AWSEvents.${name}`, input)).output;
const rule = { Name: 'European', Arn: arn, EventBusName: 'Orders', EventPattern: pattern, State: 'ENABLED' };
const bus = { Name: 'Orders', Arn: arnOf('events', 'event-bus/Orders') };

/** The rules that take an event of an order for the EU. */
async function matching(): Promise<string[]> {
  const flowId = context.trace.newFlow();
  const Entries = [
    { EventBusName: 'Orders', Source: 's', DetailType: 'T', Detail: '{"location":"eu-west-1"}' },
  ];
  await call('AWSEvents.PutEvents', { Entries }, { 'x-amzn-trace-id': `Root=${flowId}` });
  await context.trace.idle();
  return stepsOf(context.trace, flowId).flatMap((step) =>
    step.kind === 'event' ? step.deliveries.map((delivery) => delivery.rule) : [],
  );
}

describe('the operations describe what the stack has', () => {
  test('its buses', async () => {
    expect(await ask('ListEventBuses', {})).toEqual({ EventBuses: [bus] });
    expect(await ask('ListEventBuses', { NamePrefix: 'X' })).toEqual({ EventBuses: [] });
    expect(await ask('DescribeEventBus', { Name: bus.Arn })).toEqual(bus);
  });

  test('the rules of a bus', async () => {
    expect(await ask('ListRules', { EventBusName: 'Orders' })).toEqual({ Rules: [rule] });
    expect(await ask('ListRules', { EventBusName: 'Orders', NamePrefix: 'US' })).toEqual({ Rules: [] });
    expect(await ask('DescribeRule', { EventBusName: 'Orders', Name: 'European' })).toEqual(rule);
  });

  test('a rule that is switched off and on', async () => {
    const named = { EventBusName: 'Orders', Name: 'European' };
    await ask('DisableRule', named);
    expect(await ask('DescribeRule', named)).toEqual({ ...rule, State: 'DISABLED' });
    expect(await matching()).toEqual([]);
    await ask('EnableRule', named);
    expect(await ask('DescribeRule', named)).toEqual(rule);
    expect(await matching()).toEqual(['European']);
    expect(await ask('DisableRule', { ...named, Name: 'Asian' })).toMatchObject({
      __type: 'ResourceNotFoundException',
      message: 'Rule Asian does not exist on EventBus Orders. It has European.',
    });
  });

  test('whether a pattern matches an event', async () => {
    const Event = JSON.stringify(makeEvent({ detail: { location: 'eu-west-3' } }));
    expect(await ask('TestEventPattern', { EventPattern: pattern, Event })).toEqual({ Result: true });
  });

  test('the targets of a rule, with the limits of their retries', async () => {
    expect(await ask('ListTargetsByRule', { EventBusName: 'Orders', Rule: 'European' })).toEqual({
      Targets: [
        {
          Id: expect.any(String),
          Arn: 'arn:target',
          RoleArn: 'arn:role',
          DeadLetterConfig: { Arn: 'arn:queue' },
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        },
      ],
    });
  });

  test.each<[string, JsonObject, string]>([
    ['ListRules', {}, 'Event bus default does not exist'],
    [
      'DescribeRule',
      { EventBusName: 'Orders', Name: 'X' },
      'Rule X does not exist on EventBus Orders. It has European',
    ],
    ['DescribeEventBus', { Name: 'X' }, 'Event bus X does not exist. The stack has Orders'],
  ])('%s of what the stack lacks is an error', async (name, input, message) => {
    expect(await ask(name, input)).toMatchObject({
      __type: 'ResourceNotFoundException',
      message: expect.stringContaining(message),
    });
  });
});

test('a connection is authorized, and one that the stack lacks is an error', async () => {
  expect(await ask('DescribeConnection', { Name: 'partner' })).toEqual({
    Name: 'partner',
    ConnectionArn: expect.stringMatching(/:connection\/partner\//),
    ConnectionState: 'AUTHORIZED',
    AuthorizationType: 'API_KEY',
  });
  expect(await ask('DescribeConnection', { Name: 'x' })).toMatchObject({
    __type: 'ResourceNotFoundException',
    message: 'Connection x does not exist. The stack has partner.',
  });
});

describe('a rule explains', () => {
  const api = createLocalApi(buses.routes ?? {});
  const explain = async (name: string, body: string) => {
    const response = await api({
      method: 'POST',
      path: `/_local/rules/${name}/explain`,
      rawQueryString: '',
      headers: {},
      body: Buffer.from(body),
      sourceIp: '127.0.0.1',
    });
    return { status: response?.status, body: JSON.parse(response?.body.toString() ?? 'null') as JsonObject };
  };
  const event = (location: string) => JSON.stringify(makeEvent({ detail: { location } }));

  test('why it does not match an event: by field and in a sentence', async () => {
    expect(await explain('European', event('us-east-1'))).toMatchObject({
      status: 200,
      body: {
        rule: 'European',
        matches: false,
        sentence: '`detail.location` is "us-east-1"; the rule wants a value that starts with "eu-west"',
        conditions: [{ path: 'detail.location', outcome: 'differs', received: ['us-east-1'] }],
      },
    });
  });

  test('that it matches one', async () => {
    expect((await explain('European', event('eu-west-1'))).body).toMatchObject({ matches: true });
  });

  test('nothing of another rule, or of what is not an event', async () => {
    expect(await explain('Other', event('eu'))).toEqual({
      status: 404,
      body: { message: 'There is no rule Other. The stack has European.' },
    });
    for (const body of ['', '[]', '{', '1']) expect((await explain('European', body)).status).toBe(400);
  });
});
