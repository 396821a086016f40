import { createServer, type Server } from 'node:http';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  captureOutput,
  close,
  delivered,
  invocation,
  listen,
  metricLine,
  order,
  processed,
  startDynamoDb,
} from './testing.ts';

let dynamoDb: Awaited<ReturnType<typeof startDynamoDb>>;
/** EventBridge on this machine: takes every event, or takes the request and never answers. */
let bus: Server;
let busHangs = false;
let requests: PutEventsRequest[] = [];
let output: ReturnType<typeof captureOutput>;

const environment = process.env;

beforeEach(async () => {
  jest.resetModules();
  output = captureOutput();
  busHangs = false;
  requests = [];
  dynamoDb = await startDynamoDb();
  bus = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const count = requests.push(JSON.parse(Buffer.concat(chunks).toString()) as PutEventsRequest);
    // The time of waiting for it passes at once.
    if (busHangs) jest.advanceTimersByTime(3_000);
    else outgoing.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: `event-${count}` }] }));
  });
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL_EVENTBRIDGE: await listen(bus),
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: 'orders-persister',
    POWERTOOLS_SERVICE_NAME: 'orders-persister',
    POWERTOOLS_METRICS_NAMESPACE: 'Orders',
    BUS_NAME: 'Orders',
    TABLE_NAME: 'OrderDetails',
  };
});
afterEach(async () => {
  process.env = environment;
  jest.useRealTimers();
  jest.restoreAllMocks();
  await close(bus);
  await dynamoDb.stop();
});

const rowOf = async (orderId: string) => {
  const client = DynamoDBDocumentClient.from(dynamoDb.client);
  return (await client.send(new GetCommand({ TableName: 'OrderDetails', Key: { orderId } }))).Item;
};

const traceId = (count: number) => `1-5759e988-bd862e3fe1be46a99427279${count}`;
const traceHeader = (count: number) => `Root=${traceId(count)};Parent=53995c3f42cd8ad8;Sampled=0`;

describe('the handler', () => {
  test('stores in the table TABLE_NAME and publishes to the bus BUS_NAME', async () => {
    const { handler } = await import('./handler.ts');

    await handler(delivered(processed), invocation());

    expect(await rowOf(order.orderId)).toEqual(order);
    expect(requests).toMatchObject([
      { Entries: [{ EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Dispatched' }] },
    ]);
    expect(JSON.parse(requests[0]?.Entries?.[0]?.Detail ?? '')).toEqual(order);
  });

  test('rejects in time when the bus takes the request and never answers', async () => {
    busHangs = true;
    jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const { handler } = await import('./handler.ts');
    await expect(handler(delivered(processed), invocation())).rejects.toThrow('are not on the bus "Orders"');
  });

  test.each(['BUS_NAME', 'TABLE_NAME'])('does not start without %s, and says so', async (name) => {
    delete process.env[name];
    await expect(import('./handler.ts')).rejects.toThrow(`${name} is not set`);
  });
});

describe('what the process writes', () => {
  /** What every line of an invocation has. */
  const common = (count: number) => ({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}/),
    service: 'orders-persister',
    function_request_id: `invocation-${count}`,
    xray_trace_id: traceId(count),
  });

  test('is nothing before the first event', async () => {
    await import('./handler.ts');
    expect(output.lines()).toEqual([]);
  });

  test('has all ids on each line, and the metric, for an order that is dispatched', async () => {
    process.env._X_AMZN_TRACE_ID = traceHeader(1);
    const { handler } = await import('./handler.ts');
    const event = delivered(processed);

    const before = Date.now();
    await handler(event, invocation());
    const after = Date.now();

    const ids = { ...common(1), level: 'INFO', orderId: order.orderId, eventId: event.id };
    const [stored, dispatched, metric, ...others] = output.lines();
    expect(stored).toMatchObject({ message: 'order stored', ...ids });
    expect(dispatched).toMatchObject({ message: 'order dispatched', ...ids, dispatchedEventId: 'event-1' });
    const { function_request_id, xray_trace_id, orderId, eventId } = ids;
    expect(metric).toEqual(
      metricLine('OrdersDispatched', { function_request_id, xray_trace_id, orderId, eventId }),
    );
    const { Timestamp: timestampMs } = (metric as { _aws: { Timestamp: number } })._aws;
    expect(timestampMs).toBeGreaterThanOrEqual(before);
    expect(timestampMs).toBeLessThanOrEqual(after);
    expect(others).toEqual([]);
  });

  test('has nothing of an earlier event, and one line for one that fails', async () => {
    const { handler } = await import('./handler.ts');
    process.env._X_AMZN_TRACE_ID = traceHeader(1);
    await handler(delivered(processed), invocation('invocation-1'));
    const earlier = output.lines().length;

    process.env._X_AMZN_TRACE_ID = traceHeader(2);
    const invalid = delivered({}, { id: 'another-event' });
    await expect(handler(invalid, invocation('invocation-2'))).rejects.toThrow("isn't a valid");

    const [line, ...others] = output.lines().slice(earlier);
    expect(line).toMatchObject({
      ...common(2),
      level: 'ERROR',
      message: 'order not dispatched',
      eventId: 'another-event',
      error: expect.stringContaining('/detail/OrderDetails: received nothing'),
    });
    expect(line).not.toHaveProperty('orderId');
    for (const id of [order.orderId, delivered(processed).id, 'event-1', 'invocation-1', traceId(1)]) {
      expect(JSON.stringify([line, ...others])).not.toContain(id);
    }
    expect(others).toEqual([]);
  });

  test('has the reason when another order is stored under the id', async () => {
    const { handler } = await import('./handler.ts');
    await handler(delivered(processed), invocation());
    const conflicting = delivered({ ...processed, OrderDetails: { ...order, value: 1 } }, { id: 'second' });

    await expect(handler(conflicting, invocation())).rejects.toThrow('stored already');

    expect(output.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
      {
        eventId: 'second',
        orderId: order.orderId,
        error: expect.stringMatching(/^OrderConflictError: .*differs/),
      },
    ]);
  });

  test('has the ids of its own event for events that overlap', async () => {
    const { handler } = await import('./handler.ts');
    const ids = ['a', 'b', 'c'];
    const withoutId = { OrderDetails: processed.OrderDetails };

    await Promise.all(ids.map((id) => handler(delivered(withoutId, { id }), invocation(id))));

    const lines = output.lines();
    for (const eventId of ids) {
      const [stored, dispatched, metric, ...others] = lines.filter((line) => line.eventId === eventId);
      expect(others).toEqual([]);
      expect(metric).toEqual(
        metricLine('OrdersDispatched', { orderId: stored?.orderId, eventId, function_request_id: eventId }),
      );
      expect(stored?.orderId).toEqual(expect.any(String));
      expect(dispatched?.orderId).toBe(stored?.orderId);
      const at = requests.findIndex(({ Entries }) => Entries?.[0]?.Detail?.includes(`${stored?.orderId}`));
      expect(dispatched?.dispatchedEventId).toBe(`event-${at + 1}`);
    }
    expect(lines).toHaveLength(3 * ids.length);
  });

  test('goes by the log level of the function, and has the metric whatever the level', async () => {
    process.env.AWS_LAMBDA_LOG_LEVEL = 'ERROR';
    const { handler } = await import('./handler.ts');
    await handler(delivered(processed), invocation());
    expect(output.lines()).toMatchObject([metricLine('OrdersDispatched', { orderId: order.orderId })]);
  });
});
