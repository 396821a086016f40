import { request } from 'node:http';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@orders/local-aws';
import { sdkConfig } from '@orders/local-aws/testing';
import {
  advance,
  deliveries,
  eu,
  messagesIn,
  type OrderStory,
  placeByQuery,
  shortSteps,
  startTestSystem,
  storyOf,
  type TestSystem,
} from './system.ts';

let system: TestSystem;
let eventBridge: EventBridgeClient;
let dynamoDb: DynamoDBClient;
beforeAll(async () => {
  system = await startTestSystem();
  eventBridge = new EventBridgeClient(sdkConfig(system));
  dynamoDb = new DynamoDBClient(sdkConfig(system));
});
afterAll(() => system?.close());

const row = async (orderId: string) =>
  (await dynamoDb.send(new GetItemCommand({ TableName: 'OrderDetails', Key: { orderId: { S: orderId } } })))
    .Item;
const nearMisses = ({ steps }: OrderStory) =>
  steps.flatMap((step) => (step.kind === 'event' ? (step.nearMisses ?? []) : [])).map(({ rule }) => rule);
const logged = '→ log group /aws/events/orders delivered';

describe('an order', () => {
  test('from the EU goes through the workflow into the table and is dispatched, its last step Order Dispatched', async () => {
    const story = await storyOf(system, eu);

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
    expect(deliveries(story).sort()).toEqual([
      `Order Dispatched: OrdertoCloudWatch ${logged}`,
      'Order Placed: EUOrdertoStepFunctions → state machine EUOrderFulfilment delivered',
      `Order Placed: OrdertoCloudWatch ${logged}`,
      `Order Processed: OrdertoCloudWatch ${logged}`,
      'Order Processed: ProcessedOrderstoLambda → function orders-persister delivered',
    ]);
    expect(nearMisses(story)).toEqual([]);
    expect(await row(story.orderId)).toEqual({
      orderId: { S: story.orderId },
      category: { S: 'office-supplies' },
      location: { S: 'eu-west' },
      value: { N: '300' },
    });
  });

  test('from the US goes to the partner, with its id, and to no workflow', async () => {
    const story = await storyOf(system, { ...eu, location: 'us-east-1' });

    expect(deliveries(story).sort()).toEqual([
      `Order Placed: OrdertoCloudWatch ${logged}`,
      'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner delivered',
    ]);
    expect(nearMisses(story)).toEqual([]);
    const { received } = (await (await fetch(`${system.endpoint}/_local/partner/orders`)).json()) as {
      received: { detail: { orderId: string } }[];
    };
    expect(received.map(({ detail }) => detail.orderId)).toContain(story.orderId);
    expect(await row(story.orderId)).toBeUndefined();
  });

  test('from elsewhere waits in the queue UnroutedOrders, and goes to no fulfilment', async () => {
    const story = await storyOf(system, { ...eu, location: 'ap-south' });

    expect(deliveries(story).sort()).toEqual([
      `Order Placed: OrdertoCloudWatch ${logged}`,
      'Order Placed: UnroutedOrders → queue UnroutedOrders delivered',
    ]);
    expect(nearMisses(story)).toEqual(['EUOrdertoStepFunctions', 'USOrdertoAPI']);
    const waiting = await messagesIn(system, 'UnroutedOrders');
    expect(waiting.filter(({ body }) => JSON.stringify(body).includes(story.orderId))).toEqual([
      {
        attributes: {},
        body: expect.objectContaining({
          'detail-type': 'Order Placed',
          source: 'com.aws.orders',
          detail: { orderId: story.orderId, category: 'office-supplies', location: 'ap-south', value: 300 },
        }),
      },
    ]);
    expect(await row(story.orderId)).toBeUndefined();
  });

  test('given as JSON is the same order', async () => {
    const response = await fetch(`${system.apiUrl}/orders`, {
      method: 'POST',
      body: JSON.stringify({ location: 'eu-west-1', category: 'general-supplies', value: 19.99 }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(202);
    const { orderId } = (await response.json()) as { orderId: string };
    await system.stories.settled(orderId, 30_000);
    expect(await row(orderId)).toMatchObject({ value: { N: '19.99' } });
  });

  test('sent twice with one Idempotency-Key is one row', async () => {
    const headers = { 'idempotency-key': 'f81d4fae-7dec-4d0a-a765-00a0c91e6bf6' };
    const responses = [
      await placeByQuery(system, eu, { headers }),
      await placeByQuery(system, eu, { headers }),
    ];
    const [first, second] = (await Promise.all(responses.map((response) => response.json()))) as {
      orderId: string;
    }[];
    expect(first?.orderId).toBe(second?.orderId);

    const story = await system.stories.settled(first?.orderId ?? '', 30_000);
    expect(story && shortSteps(story).filter((step) => step === 'PutItem OrderDetails')).toHaveLength(1);
    expect(story && shortSteps(story).filter((step) => step === 'event Order Dispatched')).toHaveLength(2);
  });

  test('sent with the key of another order is another order', async () => {
    const headers = { 'idempotency-key': '0b0c1a5e-3f0e-4c53-9f0e-1d2b3c4d5e6f' };
    const ids: string[] = [];
    for (const order of [eu, { ...eu, value: '1' }]) {
      const response = await placeByQuery(system, order, { headers });
      const { orderId } = (await response.json()) as { orderId: string };
      await system.stories.settled(orderId, 30_000);
      ids.push(orderId);
    }
    const [first = '', second = ''] = ids;
    expect(await row(first)).toMatchObject({ value: { N: '300' } });
    expect(await row(second)).toMatchObject({ value: { N: '1' } });
  });

  test('placed with twenty others at once loses none of them', async () => {
    const stories = await Promise.all(Array.from({ length: 20 }, () => storyOf(system, eu)));
    expect(new Set(stories.map(({ orderId }) => orderId)).size).toBe(20);
    for (const story of stories) expect(shortSteps(story).at(-1)).toBe('event Order Dispatched');
  });
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

    // The order's id comes from the event's, so the story is found by the row, once it is dispatched.
    const find = async () => {
      const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: 'OrderDetails' }));
      const id = Items.find(({ value }) => value?.N === '7.25')?.orderId?.S;
      return id !== undefined && system.stories.story(id) ? id : undefined;
    };
    let orderId = await find();
    for (let tries = 0; orderId === undefined && tries < 500; tries += 1) orderId = await find();
    const story = await system.stories.settled(orderId ?? '', 30_000);
    expect(story && shortSteps(story)).toEqual([
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

    // Lambda tries again after a minute, and after two more.
    await advance(system, 5 * 60_000);
    const story = await system.stories.settled(orderId, 30_000);
    expect(story && shortSteps(story)).toEqual([
      'event Order Processed',
      'function orders-persister failed → queue orders-persister-failures',
    ]);
    const failures = await messagesIn(system, 'orders-persister-failures');
    expect(failures.filter(({ body }) => JSON.stringify(body).includes(orderId))).toEqual([
      {
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
    expect(await row(orderId)).toBeUndefined();
    expect((await fetch(`${system.endpoint}/_local/health`)).status).toBe(200);
  });

  test('takes an event with the id of another order, which stays as it was, and fails for all to see', async () => {
    const { orderId } = await storyOf(system, eu);
    const OrderDetails = { ...eu, value: 1 };
    await eventBridge.send(
      new PutEventsCommand({ Entries: [processed({ OrderId: orderId, OrderDetails })] }),
    );
    // Lambda tries again after a minute, and after two more.
    await advance(system, 5 * 60_000);
    const story = await system.stories.settled(orderId, 30_000);

    expect(story && shortSteps(story)).toContain(
      'function orders-persister failed → queue orders-persister-failures',
    );
    expect(system.failures).toContainEqual(expect.stringContaining('OrderConflictError'));
    expect(await row(orderId)).toMatchObject({ value: { N: '300' } });
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
      'ResourceNotFoundException',
    ]);
  });

  test('refuses eleven entries, and 300 KB, as a whole', async () => {
    const entry = processed({});
    await expect(
      eventBridge.send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      eventBridge.send(new PutEventsCommand({ Entries: [processed({ unknownField: 'x'.repeat(300_000) })] })),
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
  const story = await storyOf(system, eu);
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
  const { orderId } = await storyOf(system, eu);
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
  await messagesIn(other, 'UnroutedOrders');
  await other.close();
  expect(await status).toBe(200);
});

test('24 hours of a partner that is down end in a dead letter, and the next order is delivered', async () => {
  const ask = (body: object) =>
    fetch(`${system.endpoint}/_local/partner`, { method: 'POST', body: JSON.stringify(body) });
  await ask({ status: 503 });
  try {
    const story = await storyOf(system, { ...eu, location: 'us-east-1' });
    const [letter] = await messagesIn(system, 'USOrdertoAPI-dead-letters');
    expect(story).toMatchObject({ settled: true });
    expect(letter?.attributes).toMatchObject({
      ERROR_CODE: 'SDK_CLIENT_ERROR',
      ERROR_MESSAGE: expect.stringContaining('answered 503'),
      EXHAUSTED_RETRY_CONDITION: expect.stringMatching(/^Maximum(RetryAttempts|EventAgeInSeconds)$/),
    });
    expect(Number(letter?.attributes.RETRY_ATTEMPTS)).toBeGreaterThan(100);
  } finally {
    await ask({});
  }
  const after = await storyOf(system, { ...eu, location: 'us-east-1' });
  expect(deliveries(after)).toContain(
    'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner delivered',
  );
});
