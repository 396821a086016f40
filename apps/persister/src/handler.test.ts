import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  captureOutput,
  functionEnvironment,
  makeContext,
  metricLine,
  startEventBridge,
} from '@orders/function/testing';
import { delivered, loadHandler, order, processed, startOrderDetails } from './testing.ts';

let dynamoDb: Awaited<ReturnType<typeof startOrderDetails>>;
let bus: Awaited<ReturnType<typeof startEventBridge>>;
let output: ReturnType<typeof captureOutput>;

const environment = process.env;

beforeEach(async () => {
  output = captureOutput();
  dynamoDb = await startOrderDetails();
  bus = await startEventBridge();
  process.env = {
    ...environment,
    ...functionEnvironment('orders-persister'),
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    BUS_NAME: 'Orders',
    TABLE_NAME: 'OrderDetails',
  };
});
afterEach(async () => {
  process.env = environment;
  jest.restoreAllMocks();
  await bus.stop();
  await dynamoDb.stop();
});

const rowOf = async (orderId: string) => {
  const client = DynamoDBDocumentClient.from(dynamoDb.client);
  return (await client.send(new GetCommand({ TableName: 'OrderDetails', Key: { orderId } }))).Item;
};

test('stores the order in the table TABLE_NAME and publishes it to the bus BUS_NAME', async () => {
  const { handler } = await loadHandler();

  await handler(delivered(), makeContext());

  expect(await rowOf(order.orderId)).toEqual(order);
  expect(bus.requests.map(({ body }) => body)).toMatchObject([
    { Entries: [{ EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Dispatched' }] },
  ]);
  expect(JSON.parse(bus.requests[0]?.body.Entries?.[0]?.Detail ?? '')).toEqual(order);
});

test.each(['BUS_NAME', 'TABLE_NAME'])('does not start without %s', async (name) => {
  delete process.env[name];
  await expect(loadHandler()).rejects.toThrow(`${name} is not set`);
});

describe('the output', () => {
  test('has the ids on each line, and the metric, for an order that is dispatched', async () => {
    const { handler } = await loadHandler();
    const event = delivered();

    await handler(event, makeContext());

    const ids = { orderId: order.orderId, eventId: event.id };
    const joining = { ...ids, function_request_id: 'invocation-1' };
    const [stored, dispatched, metric, ...others] = output.lines();
    expect(stored).toMatchObject({ level: 'INFO', message: 'order stored', ...joining });
    expect(dispatched).toMatchObject({
      level: 'INFO',
      message: 'order dispatched',
      ...joining,
      dispatchedEventId: 'event-1',
    });
    expect(metric).toEqual(metricLine('OrdersDispatched', joining));
    expect(others).toEqual([]);
  });

  test('is one line for an event that fails, with nothing of an earlier event', async () => {
    const { handler } = await loadHandler();
    await handler(delivered(), makeContext('invocation-1'));
    const earlier = output.lines().length;

    const invalid = delivered({}, { id: 'another-event' });
    await expect(handler(invalid, makeContext('invocation-2'))).rejects.toThrow("isn't a valid");

    const [line, ...others] = output.lines().slice(earlier);
    expect(line).toMatchObject({
      level: 'ERROR',
      message: 'order not dispatched',
      eventId: 'another-event',
      function_request_id: 'invocation-2',
      error: expect.stringContaining('/detail/OrderDetails: received nothing'),
    });
    for (const id of [order.orderId, delivered().id, 'event-1', 'invocation-1']) {
      expect(JSON.stringify(line)).not.toContain(id);
    }
    expect(others).toEqual([]);
  });

  test('has the reason when another order is stored under the id', async () => {
    const { handler } = await loadHandler();
    await handler(delivered(), makeContext());
    const conflicting = delivered({ ...processed, OrderDetails: { ...order, value: 1 } }, { id: 'second' });

    await expect(handler(conflicting, makeContext())).rejects.toThrow('stored already');

    expect(output.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
      {
        eventId: 'second',
        orderId: order.orderId,
        error: expect.stringMatching(/^OrderConflictError: Another order/),
      },
    ]);
  });

  test('has the ids of their own event when events overlap', async () => {
    const { handler } = await loadHandler();
    const ids = ['a', 'b', 'c'];
    const { category, location, value } = order;
    const withoutId = { OrderDetails: { category, location, value } };

    await Promise.all(ids.map((id) => handler(delivered(withoutId, { id }), makeContext(id))));

    const lines = output.lines();
    for (const eventId of ids) {
      const [stored, dispatched, metric, ...others] = lines.filter((line) => line.eventId === eventId);
      expect(others).toEqual([]);
      expect(metric).toEqual(
        metricLine('OrdersDispatched', { orderId: stored?.orderId, eventId, function_request_id: eventId }),
      );
      expect(stored?.orderId).toEqual(expect.any(String));
      expect(dispatched?.orderId).toBe(stored?.orderId);
      const at = bus.requests.findIndex(({ body }) =>
        body.Entries?.[0]?.Detail?.includes(`${stored?.orderId}`),
      );
      expect(dispatched?.dispatchedEventId).toBe(`event-${at + 1}`);
    }
    expect(lines).toHaveLength(3 * ids.length);
  });
});
