import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@orders/local-aws';
import {
  type Story,
  sdkConfig,
  shortDeliveries,
  shortSteps,
  startTestSystem,
  type TestSystem,
} from '../src/testing/index.ts';

const placedSchema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/order-placed.json'), 'utf8'),
) as { properties: Record<string, { examples: unknown[]; 'x-not-carried'?: string }> };

let system: TestSystem;
let eventBridge: EventBridgeClient;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  system = await startTestSystem();
  eventBridge = new EventBridgeClient(sdkConfig(system));
  cloudWatch = new CloudWatchClient(sdkConfig(system));
});
afterAll(async () => {
  eventBridge?.destroy();
  cloudWatch?.destroy();
  await system?.close();
});

const eu = { category: 'office-supplies', location: 'eu-west', value: 300 };
/** Places an order, and gives its story when nothing of it is under way any more. */
async function runOrder(location = 'eu-west') {
  const { orderId } = await system.placeOrder({ location });
  await system.settled();
  return { ...system.story(orderId), orderId };
}
const nearMisses = ({ steps }: Story) =>
  steps.flatMap((step) => (step.kind === 'event' ? (step.nearMisses ?? []) : [])).map(({ rule }) => rule);
const logged = '→ log group /aws/events/orders delivered';

describe('an order', () => {
  test('from the EU goes through the workflow into the table and is dispatched, its last step Order Dispatched', async () => {
    const story = await runOrder();

    expect(story.settled).toBe(true);
    expect(shortSteps(story)).toEqual([
      'request 202',
      'function orders-producer succeeded',
      'event Order Placed',
      'workflow EUOrderFulfilment succeeded',
      'event Order Processed',
      'function orders-persister succeeded',
      'PutItem OrderDetails',
      'event Order Dispatched',
    ]);
    expect(shortDeliveries(story).sort()).toEqual([
      `Order Dispatched: OrdertoCloudWatch ${logged}`,
      'Order Placed: EUOrdertoStepFunctions → state machine EUOrderFulfilment delivered',
      `Order Placed: OrdertoCloudWatch ${logged}`,
      `Order Processed: OrdertoCloudWatch ${logged}`,
      'Order Processed: ProcessedOrderstoLambda → function orders-persister delivered',
    ]);
    expect(nearMisses(story)).toEqual([]);
    expect(await system.row(story.orderId)).toEqual({ orderId: story.orderId, ...eu });
    expect(system.events(story.orderId).map((event) => event['detail-type'])).toEqual([
      'Order Placed',
      'Order Processed',
      'Order Dispatched',
    ]);
  });

  test('has in its row, its Order Dispatched and its status each field of Order Placed that is carried on', async () => {
    const carried = Object.entries(placedSchema.properties).filter(
      ([name, field]) => name !== 'orderId' && field['x-not-carried'] === undefined,
    );
    const whole = Object.fromEntries(carried.map(([name, { examples }]) => [name, examples[0]]));
    const response = await fetch(`${system.apiUrl}/orders`, {
      method: 'POST',
      body: JSON.stringify(whole),
      headers: { 'content-type': 'application/json' },
    });
    const { orderId } = (await response.json()) as { orderId: string };
    await system.settled();

    expect(await system.row(orderId)).toEqual({ orderId, ...whole });
    expect(system.events(orderId).at(-1)?.detail).toEqual({ orderId, ...whole });
    const status = await fetch(`${system.apiUrl}/orders/${orderId}`);
    expect(await status.json()).toMatchObject({ orderId, ...whole, status: 'dispatched' });
  });

  test('has a trace in which everything has a cause, up to the request of the client', async () => {
    const before = new Set([...system.trace.entries()].map(({ flowId }) => flowId));
    await runOrder();
    const entries = [...system.trace.entries()].filter(({ flowId }) => !before.has(flowId));
    const begun = entries.flatMap((entry) => (entry.type === 'begun' ? [entry] : []));
    const nameOf = (id: number | undefined) => {
      const activity = begun.find(({ spanId }) => spanId === id)?.activity;
      if (activity?.kind === 'event') return activity.event['detail-type'];
      if (activity?.kind === 'invocation') return activity.function;
      return activity?.kind;
    };
    const causes = begun
      .filter(({ activity }) =>
        ['request', 'invocation', 'event', 'execution', 'write'].includes(activity.kind),
      )
      .map(({ spanId, causeId }) => `${nameOf(spanId)} ← ${nameOf(causeId) ?? 'nothing'}`);
    expect([...new Set(causes)].sort()).toEqual([
      'Order Dispatched ← attempt',
      'Order Placed ← orders-producer',
      'Order Processed ← execution',
      'execution ← attempt',
      'orders-persister ← attempt',
      'orders-producer ← request',
      'orders-tracker ← attempt',
      'request ← nothing',
      'write ← attempt',
    ]);
    expect(begun.filter(({ parentId, causeId }) => (parentId ?? causeId) === undefined)).toHaveLength(1);
  });

  test('from the US goes to the partner, with its id, and to no workflow', async () => {
    const story = await runOrder('us-east-1');

    expect(shortDeliveries(story).sort()).toEqual([
      `Order Placed: OrdertoCloudWatch ${logged}`,
      'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner delivered',
    ]);
    expect(nearMisses(story)).toEqual([]);
    const received = await system.partnerOrders();
    expect(received.map(({ detail }) => detail.orderId)).toContain(story.orderId);
    expect(await system.row(story.orderId)).toBeUndefined();
  });

  test('from elsewhere waits in the queue UnroutedOrders, and goes to no fulfilment', async () => {
    const story = await runOrder('aq-south');

    expect(shortDeliveries(story).sort()).toEqual([
      `Order Placed: OrdertoCloudWatch ${logged}`,
      'Order Placed: UnroutedOrders → queue UnroutedOrders delivered',
    ]);
    expect(nearMisses(story)).toEqual(expect.arrayContaining(['EUOrdertoStepFunctions', 'USOrdertoAPI']));
    const waiting = await system.messages('UnroutedOrders');
    expect(waiting.filter(({ body }) => JSON.stringify(body).includes(story.orderId))).toEqual([
      {
        attributes: {},
        body: expect.objectContaining({
          'detail-type': 'Order Placed',
          source: 'com.aws.orders',
          detail: { orderId: story.orderId, category: 'office-supplies', location: 'aq-south', value: 300 },
        }),
      },
    ]);
    expect(await system.row(story.orderId)).toBeUndefined();
  });

  test('given as JSON is the same order', async () => {
    const response = await fetch(`${system.apiUrl}/orders`, {
      method: 'POST',
      body: JSON.stringify({ location: 'eu-west-1', category: 'general-supplies', value: 19.99 }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(202);
    const { orderId } = (await response.json()) as { orderId: string };
    await system.settled();
    expect(await system.row(orderId)).toMatchObject({ value: 19.99 });
  });

  test('sent twice with one Idempotency-Key is one row', async () => {
    const headers = { 'idempotency-key': 'f81d4fae-7dec-4d0a-a765-00a0c91e6bf6' };
    const { orderId } = await system.placeOrder(eu, headers);
    await expect(system.placeOrder(eu, headers)).resolves.toMatchObject({ orderId });

    await system.settled();
    const steps = shortSteps(system.story(orderId));
    expect(steps.filter((step) => step === 'PutItem OrderDetails')).toHaveLength(1);
    expect(steps.filter((step) => step === 'event Order Dispatched')).toHaveLength(2);
  });

  test('sent with the key of another order is another order', async () => {
    const headers = { 'idempotency-key': '0b0c1a5e-3f0e-4c53-9f0e-1d2b3c4d5e6f' };
    const first = await system.placeOrder(eu, headers);
    const second = await system.placeOrder({ ...eu, value: 1 }, headers);
    await system.settled();
    expect(await system.row(first.orderId)).toMatchObject({ value: 300 });
    expect(await system.row(second.orderId)).toMatchObject({ value: 1 });
  });

  /** `LEFT_WORK_ORDERS=1000` looks further for work that is left. */
  const orderCount = Number(process.env.LEFT_WORK_ORDERS) || 64;

  test('placed with 63 others at once loses none of them, and none leaves anything behind an answer', async () => {
    const locations = ['eu-west', 'us-east-1', 'aq-south'];
    const placed = new Map<string, string>();
    for (let left = orderCount; left > 0; left -= 64) {
      const orders = Array.from({ length: Math.min(64, left) }, (_, index) => ({
        ...eu,
        location: locations[index % locations.length] ?? '',
      }));
      const answers = await Promise.all(
        orders.map(async (order) => ({ order, response: await system.sendOrder(order) })),
      );
      for (const { order, response } of answers) {
        // A machine may be too slow for one of hundreds.
        if (response.status !== 202 && orderCount > 64) continue;
        const { orderId } = (await response.json()) as { orderId: string };
        placed.set(orderId, order.location);
      }
      await system.settled();
    }
    expect(placed.size).toBeGreaterThanOrEqual(64);
    const received = (await system.partnerOrders()).map(({ detail }) => detail.orderId);
    for (const [orderId, location] of placed) {
      const isDispatched = shortSteps(system.story(orderId)).at(-1) === 'event Order Dispatched';
      expect([location, isDispatched]).toEqual([location, location === 'eu-west']);
      if (location === 'us-east-1' && orderCount <= 64) expect(received).toContain(orderId);
    }
    const left = [...system.trace.entries()].filter(
      (entry) => entry.type === 'begun' && entry.activity.kind === 'left work',
    );
    expect(left).toEqual([]);
  }, 600_000);
});

describe('the bus, through the AWS SDK', () => {
  const processed = (detail: object) => ({
    EventBusName: 'Orders',
    Source: 'com.aws.orders',
    DetailType: 'Order Processed',
    Detail: JSON.stringify(detail),
  });

  test('takes an Order Processed of another publisher, with no id, and dispatches it once', async () => {
    const { category, location } = eu;
    const OrderDetails = { category, location, value: 7.25 };
    await eventBridge.send(new PutEventsCommand({ Entries: [processed({ OrderDetails })] }));

    await system.settled();
    // The order's id comes from the event's.
    const dispatched = system.events().find(({ detail }) => detail.value === 7.25 && 'orderId' in detail);
    const story = system.story(String(dispatched?.detail.orderId));
    expect(shortSteps(story)).toEqual([
      'event Order Processed',
      'function orders-persister succeeded',
      'PutItem OrderDetails',
      'event Order Dispatched',
    ]);
  });

  test('takes an event that breaks the contract; the persister refuses it aloud, keeps it and writes nothing', async () => {
    const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';
    const detail = { OrderId: orderId, OrderDetails: { ...eu, value: 'much' } };
    const { FailedEntryCount } = await eventBridge.send(
      new PutEventsCommand({ Entries: [processed(detail)] }),
    );
    expect(FailedEntryCount).toBe(0);

    await system.settled();
    const story = system.story(orderId);
    expect(shortSteps(story)).toEqual([
      'event Order Processed',
      'function orders-persister failed → queue orders-persister-failures',
    ]);
    const failures = await system.deadLetters('orders-persister-failures');
    expect(failures.filter(({ body }) => JSON.stringify(body).includes(orderId))).toEqual([
      {
        queue: 'orders-persister-failures',
        attributes: {},
        body: expect.objectContaining({
          requestContext: expect.objectContaining({ condition: 'RetriesExhausted' }),
          requestPayload: expect.objectContaining({ 'detail-type': 'Order Processed', detail }),
          responsePayload: expect.objectContaining({ errorType: 'InvalidEventError' }),
        }),
      },
    ]);
    // The tracker refuses it too.
    for (const name of ['orders-persister', 'orders-tracker']) {
      expect(system.failures).toContainEqual(
        expect.stringMatching(`${name} failed .* InvalidEventError: .*/detail/OrderDetails/value`),
      );
    }
    expect(await system.row(orderId)).toBeUndefined();
    expect((await fetch(`${system.endpoint}/_local/health`)).status).toBe(200);
  });

  test('takes an event with the id of another order, which stays as it was, and fails for all to see', async () => {
    const { orderId } = await runOrder();
    const OrderDetails = { ...eu, value: 1 };
    await eventBridge.send(
      new PutEventsCommand({ Entries: [processed({ OrderId: orderId, OrderDetails })] }),
    );
    await system.settled();
    const story = system.story(orderId);

    expect(shortSteps(story)).toContain('function orders-persister failed → queue orders-persister-failures');
    expect(system.failures).toContainEqual(expect.stringContaining('OrderConflictError'));
    expect(await system.row(orderId)).toMatchObject({ value: 300 });
  });

  test('answers entry by entry: the good one is on the bus, the bad ones say why', async () => {
    const good = processed({ OrderDetails: { ...eu, value: 1 } });
    const { FailedEntryCount, Entries = [] } = await eventBridge.send(
      new PutEventsCommand({
        Entries: [
          good,
          { ...good, Detail: '{' },
          { ...good, Source: undefined },
          { ...good, EventBusName: 'Nowhere' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(3);
    expect(Entries.map(({ EventId, ErrorCode }) => ErrorCode ?? typeof EventId)).toEqual([
      'string',
      'MalformedDetail',
      'InvalidArgument',
      'LocalRun.NoSuchBus',
    ]);
  });

  test('refuses eleven entries, and more than 1 MiB, as a whole', async () => {
    const entry = processed({});
    await expect(
      eventBridge.send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      eventBridge.send(
        new PutEventsCommand({ Entries: [processed({ unknownField: 'x'.repeat(1_100_000) })] }),
      ),
    ).rejects.toThrow('over the limit');
  });

  test('tells whether a pattern matches an event', async () => {
    const event = {
      id: '1',
      account: '000000000000',
      source: 'com.aws.orders',
      time: '2026-11-22T12:00:00Z',
      region: 'eu-west-1',
      resources: [],
      'detail-type': 'Order Placed',
      detail: { location: 'eu-west' },
    };
    const check = (pattern: object) =>
      eventBridge.send(
        new TestEventPatternCommand({ Event: JSON.stringify(event), EventPattern: JSON.stringify(pattern) }),
      );
    expect(await check({ detail: { location: [{ prefix: 'eu-' }] } })).toMatchObject({ Result: true });
    expect(await check({ detail: { location: [{ prefix: 'us-' }] } })).toMatchObject({ Result: false });
    await expect(check({ detail: { location: 'eu-west' } })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
  });

  test('an operation that the local run lacks is refused by name', async () => {
    const response = await fetch(system.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSEvents.CreateArchive' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("doesn't know AWSEvents.CreateArchive");
  });
});

test('the log group has every event of an order, as the AWS CLI would read it', async () => {
  const story = await runOrder();
  const response = await fetch(system.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
    body: JSON.stringify({ logGroupName: '/aws/events/orders' }),
  });
  const { events } = (await response.json()) as { events: { message: string }[] };
  const mine = events.map(({ message }) => message).filter((message) => message.includes(story.orderId));
  expect(mine.map((message) => (JSON.parse(message) as { 'detail-type': string })['detail-type'])).toEqual([
    'Order Placed',
    'Order Processed',
    'Order Dispatched',
  ]);
});

test("a function's log lines are JSON, with the order's id", async () => {
  const { orderId } = await runOrder();
  const response = await fetch(system.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
    body: JSON.stringify({ logGroupName: '/aws/lambda/orders-persister' }),
  });
  const { events } = (await response.json()) as { events: { message: string }[] };
  const lines = events.map(({ message }) => JSON.parse(message) as JsonObject);
  expect(lines.filter((line) => line.orderId === orderId)).toMatchObject([
    { level: 'INFO', message: 'order stored' },
    { level: 'INFO', message: 'order dispatched' },
    { OrdersDispatched: 1 },
  ]);
});

/** What the tracker counted of an order as late: each value, with the minutes from Order Placed to the time that it counts for. */
async function countedLate(orderId: string) {
  const response = await fetch(system.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
    body: JSON.stringify({
      logGroupName: '/aws/lambda/orders-tracker',
      filterPattern: `{ $.OrdersLate = * && $.orderId = "${orderId}" }`,
    }),
  });
  const { events } = (await response.json()) as { events: { message: string }[] };
  const placedAt = Date.parse(String(system.events(orderId)[0]?.time));
  const counted = events.map(({ message }) => {
    const { OrdersLate, _aws } = JSON.parse(message) as {
      OrdersLate: number;
      _aws: { Timestamp: number };
    };
    return { value: OrdersLate, dueAfterMinutes: (_aws.Timestamp - placedAt) / 60_000 };
  });
  // Two processes of the tracker may log in either order.
  return counted.sort((a, b) => b.value - a.value);
}

const stateOf = async (alarm: string) => {
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarm] }));
  return MetricAlarms.map(({ StateValue }) => StateValue).join();
};

test('an order that a rule does not take is late, though no part fails, until it is dispatched', async () => {
  const rule = { Name: 'EUOrdertoStepFunctions', EventBusName: 'Orders' };
  await eventBridge.send(new DisableRuleCommand(rule));
  const { orderId } = await runOrder();
  await eventBridge.send(new EnableRuleCommand(rule));
  await runOrder();
  const due = { value: 1, dueAfterMinutes: 15 };
  expect(await countedLate(orderId)).toEqual([due]);
  expect(JSON.stringify(await system.deadLetters())).not.toContain(orderId);
  await system.advance(10 / 60);
  expect(await stateOf('orders-late')).toBe('OK');
  await system.advance(5 / 60);
  expect(await stateOf('orders-late')).toBe('ALARM');

  const [placed] = system.events(orderId);
  await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: 'Orders',
          Source: placed?.source,
          DetailType: placed?.['detail-type'],
          Detail: JSON.stringify(placed?.detail),
        },
      ],
    }),
  );
  await system.settled();
  expect(await countedLate(orderId)).toEqual([due, { ...due, value: -1 }]);
  expect(await stateOf('orders-late')).toBe('OK');
});

test('an order that the partner takes late is handed over late', async () => {
  await system.partnerBehaves({ status: 503 });
  const { orderId } = await system.placeOrder({ location: 'us-east-1' });
  await system.advance(0.5);
  expect(await stateOf('USOrdertoAPI-late')).toBe('OK');
  await system.partnerBehaves({});
  await system.settled();
  expect((await system.partnerOrders()).map(({ detail }) => detail.orderId)).toContain(orderId);
  expect(await stateOf('USOrdertoAPI-late')).toBe('ALARM');
});

test('an order that is dispatched in time, or is handed over, is not late', async () => {
  const counted = async (location: string) => countedLate((await runOrder(location)).orderId);
  const due = { value: 1, dueAfterMinutes: 15 };
  const both = [due, { ...due, value: -1 }];
  const counts = [await counted('eu-west'), await counted('eu-west'), await counted('eu-west')];
  expect(counts).toContainEqual(both);
  // Two processes of the tracker may record the dispatch first: then neither of the two is counted.
  for (const each of counts) expect([both, []]).toContainEqual(each);
  expect(await counted('us-east-1')).toEqual([]);
  expect(await counted('aq-south')).toEqual([]);
});

test('a receiver that waits for a message is answered when the system ends', async () => {
  const other = await startTestSystem();
  const waiting = request(other.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
  });
  const status = new Promise((resolve, reject) => {
    waiting.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
  });
  const QueueUrl = `${other.endpoint}/000000000000/UnroutedOrders`;
  await new Promise<void>((resolve) =>
    waiting.end(JSON.stringify({ QueueUrl, WaitTimeSeconds: 20 }), resolve),
  );
  // Once later requests have their answers, this one is there, too.
  await other.messages('UnroutedOrders');
  await other.close();
  expect(await status).toBe(200);
});

test('24 hours of a partner that is down pass at once, and end in a dead letter that is redriven and delivered', async () => {
  const redrive = async () => {
    const url = `${system.endpoint}/_local/queues/USOrdertoAPI-dead-letters/redrive`;
    return (await fetch(url, { method: 'POST' })).json();
  };
  await system.partnerBehaves({ status: 503 });
  const { orderId } = await system.placeOrder({ location: 'us-east-1' });
  await system.advance(25);

  const letters = await system.deadLetters('USOrdertoAPI-dead-letters');
  expect(system.story(orderId)).toMatchObject({ settled: true });
  expect(letters).toEqual([
    {
      queue: 'USOrdertoAPI-dead-letters',
      body: expect.objectContaining({ detail: expect.objectContaining({ orderId }) }),
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-west-1:000000000000:rule/Orders/USOrdertoAPI',
        TARGET_ARN: expect.stringMatching(/:api-destination\/us-fulfilment-partner\//),
        ERROR_CODE: 'SDK_CLIENT_ERROR',
        ERROR_MESSAGE: expect.stringContaining('answered 503'),
        EXHAUSTED_RETRY_CONDITION: expect.stringMatching(/^Maximum(RetryAttempts|EventAgeInSeconds)$/),
        RETRY_ATTEMPTS: expect.any(String),
      },
    },
  ]);
  const { RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION } = letters[0]?.attributes ?? {};
  if (EXHAUSTED_RETRY_CONDITION === 'MaximumRetryAttempts') expect(RETRY_ATTEMPTS).toBe('185');
  else expect(Number(RETRY_ATTEMPTS)).toBeGreaterThan(100);

  // The partner is still down: the letter stays where it is, as it is.
  expect(await redrive()).toMatchObject({
    delivered: 0,
    left: 1,
    messages: [{ status: 'failed', error: expect.stringContaining('answered 503') }],
  });
  expect(await system.deadLetters('USOrdertoAPI-dead-letters')).toEqual(letters);

  await system.partnerBehaves({});
  expect(await redrive()).toMatchObject({
    delivered: 1,
    left: 0,
    messages: [{ rule: 'USOrdertoAPI', detailType: 'Order Placed', status: 'delivered' }],
  });
  expect(await system.deadLetters('USOrdertoAPI-dead-letters')).toEqual([]);
  expect((await system.partnerOrders()).filter(({ detail }) => detail.orderId === orderId)).toHaveLength(1);
});
