import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  captureOutput,
  functionEnvironment,
  makeContext,
  metricLine,
  startEventBridge,
  trace,
} from '@orders/function/testing';
import { get, loadHandler, order, post } from './testing.ts';

let bus: Awaited<ReturnType<typeof startEventBridge>>;
let output: ReturnType<typeof captureOutput>;

const environment = process.env;

beforeEach(async () => {
  output = captureOutput();
  bus = await startEventBridge();
  process.env = {
    ...environment,
    ...functionEnvironment('orders-producer'),
    AWS_ENDPOINT_URL: bus.endpoint,
    BUS_NAME: 'Orders',
  };
});
afterEach(async () => {
  process.env = environment;
  jest.restoreAllMocks();
  await bus.stop();
});

const orderIdOf = ({ body }: { body?: string | undefined }) =>
  (JSON.parse(body ?? '') as { orderId: string }).orderId;

test('puts the order on the bus BUS_NAME', async () => {
  const { handler } = await loadHandler();

  const response = await handler(get(order), makeContext());

  expect(response.statusCode).toBe(202);
  const orderId = orderIdOf(response);
  expect(orderId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(bus.requests.map(({ body }) => body)).toMatchObject([
    { Entries: [{ EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Placed' }] },
  ]);
  expect(JSON.parse(bus.requests[0]?.body.Entries?.[0]?.Detail ?? '')).toEqual({ ...order, orderId });
});

test('passes its trace on to the bus', async () => {
  process.env._X_AMZN_TRACE_ID = trace(1).header;
  const { handler } = await loadHandler();
  await handler(get(order), makeContext());
  expect(bus.requests[0]?.headers).toMatchObject({ 'x-amzn-trace-id': trace(1).header });
});

test('does not start without BUS_NAME', async () => {
  delete process.env.BUS_NAME;
  await expect(loadHandler()).rejects.toThrow('BUS_NAME is not set');
});

describe('the output', () => {
  test('is a line with all ids, and the metric, for an order that is placed', async () => {
    const { handler } = await loadHandler();

    const response = await handler(get(order), makeContext());

    const [line, metric, ...others] = output.lines();
    const ids = {
      orderId: orderIdOf(response),
      eventId: 'event-1',
      apiRequestId: 'request-1',
      function_request_id: 'invocation-1',
    };
    expect(line).toMatchObject({ level: 'INFO', message: 'order placed', ...ids });
    expect(metric).toEqual(metricLine('OrdersPlaced', ids));
    expect(others).toEqual([]);
  });

  test('of a refused request has nothing of an earlier request', async () => {
    const { handler } = await loadHandler();
    const orderId = orderIdOf(await handler(get(order), makeContext('invocation-1')));
    const earlier = output.lines().length;

    await handler(post({}, { id: 'request-2' }), makeContext('invocation-2'));

    const [line, metric, ...others] = output.lines().slice(earlier);
    const ids = { apiRequestId: 'request-2', function_request_id: 'invocation-2' };
    expect(line).toMatchObject({ level: 'WARN', message: 'order refused', ...ids });
    expect(metric).toEqual(metricLine('OrdersRefused', ids));
    for (const id of [orderId, 'event-1', 'request-1', 'invocation-1']) {
      expect(JSON.stringify([line, metric])).not.toContain(id);
    }
    expect(others).toEqual([]);
  });

  test('has the ids of their own request when requests overlap', async () => {
    const { handler } = await loadHandler();
    const ids = ['request-1', 'request-2', 'request-3'];

    const answers = await Promise.all(ids.map((id) => handler(get(order, { id }), makeContext(id))));

    const lines = output.lines();
    for (const [index, answer] of answers.entries()) {
      const orderId = orderIdOf(answer);
      const at = bus.requests.findIndex(({ body }) => body.Entries?.[0]?.Detail?.includes(orderId));
      const own = { orderId, eventId: `event-${at + 1}`, apiRequestId: ids[index] };
      const [line, metric, ...others] = lines.filter((each) => each.orderId === orderId);
      expect(line).toMatchObject({ message: 'order placed', ...own });
      expect(metric).toEqual(metricLine('OrdersPlaced', { ...own, function_request_id: ids[index] }));
      expect(others).toEqual([]);
    }
    expect(lines).toHaveLength(2 * ids.length);
  });
});
