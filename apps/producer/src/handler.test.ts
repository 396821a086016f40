import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { captureOutput, expectProblem, get, invocation, metricLine, order, post } from './testing.ts';

/** EventBridge on this machine: takes every event, or takes the request and never answers. */
let bus: Server;
let busHangs = false;
let requests: (PutEventsRequest & { headers: IncomingHttpHeaders })[] = [];
let output: ReturnType<typeof captureOutput>;

const environment = process.env;

beforeEach(async () => {
  jest.resetModules();
  output = captureOutput();
  busHangs = false;
  requests = [];
  bus = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as PutEventsRequest;
    const count = requests.push({ ...body, headers: incoming.headers });
    // The time of waiting for it passes at once.
    if (busHangs) jest.advanceTimersByTime(2_000);
    else outgoing.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: `event-${count}` }] }));
  });
  await new Promise<void>((done) => bus.listen(0, '127.0.0.1', done));
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(bus.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: 'orders-producer',
    POWERTOOLS_SERVICE_NAME: 'orders-producer',
    POWERTOOLS_METRICS_NAMESPACE: 'Orders',
    BUS_NAME: 'Orders',
  };
});
afterEach(async () => {
  process.env = environment;
  jest.useRealTimers();
  jest.restoreAllMocks();
  const closed = new Promise((done) => bus.close(done));
  bus.closeAllConnections();
  await closed;
});

const traceId = (count: number) => `1-5759e988-bd862e3fe1be46a99427279${count}`;
const traceHeader = (count: number) => `Root=${traceId(count)};Parent=53995c3f42cd8ad8;Sampled=0`;

test('puts the order on the bus that BUS_NAME names', async () => {
  const { handler } = await import('./handler.ts');

  const { statusCode, body } = await handler(get(order), invocation());

  expect(statusCode).toBe(202);
  const { orderId } = JSON.parse(body ?? '') as { orderId: string };
  expect(orderId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(requests).toMatchObject([
    { Entries: [{ EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Placed' }] },
  ]);
  expect(JSON.parse(requests[0]?.Entries?.[0]?.Detail ?? '')).toEqual({ ...order, orderId });
});

test('answers 503 in time when the bus takes the request and never answers', async () => {
  busHangs = true;
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const { handler } = await import('./handler.ts');

  const response = await handler(get(order), invocation());

  expectProblem({ ...response, answer: JSON.parse(response.body ?? '') }, 503);
  expect(output.lines()).toMatchObject([
    { level: 'ERROR', message: 'order not confirmed', cause: expect.stringContaining('Orders') },
  ]);
  // The attempts of the SDK, 2 seconds each: well inside the 15 seconds of the function.
  expect(requests.length).toBeLessThanOrEqual(3);
});

test('does not start without BUS_NAME, and says so', async () => {
  delete process.env.BUS_NAME;
  await expect(import('./handler.ts')).rejects.toThrow('BUS_NAME is not set');
});

describe('what the process writes', () => {
  test('is nothing before the first request', async () => {
    await import('./handler.ts');
    expect(output.lines()).toEqual([]);
  });

  test('is a line with all ids, and the metric, for an order that is placed', async () => {
    process.env._X_AMZN_TRACE_ID = traceHeader(1);
    const { handler } = await import('./handler.ts');

    const before = Date.now();
    const { body } = await handler(get(order), invocation());
    const after = Date.now();

    const [line, metric, ...others] = output.lines();
    const ids = {
      ...(JSON.parse(body ?? '') as { orderId: string }),
      eventId: 'event-1',
      apiRequestId: 'request-1',
      function_request_id: 'invocation-1',
      xray_trace_id: traceId(1),
    };
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'order placed',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}/),
      service: 'orders-producer',
      ...ids,
    });
    expect(metric).toEqual(metricLine('OrdersPlaced', ids));
    const { Timestamp: timestampMs } = (metric as { _aws: { Timestamp: number } })._aws;
    expect(timestampMs).toBeGreaterThanOrEqual(before);
    expect(timestampMs).toBeLessThanOrEqual(after);
    expect(others).toEqual([]);
  });

  test('has nothing of an earlier request', async () => {
    const { handler } = await import('./handler.ts');
    process.env._X_AMZN_TRACE_ID = traceHeader(1);
    const { body } = await handler(get(order), invocation('invocation-1'));
    const { orderId } = JSON.parse(body ?? '') as { orderId: string };
    const earlier = output.lines().length;

    process.env._X_AMZN_TRACE_ID = traceHeader(2);
    await handler(post({}, { id: 'request-2' }), invocation('invocation-2'));

    const [line, ...others] = output.lines().slice(earlier);
    expect(line).toMatchObject({
      level: 'WARN',
      message: 'order refused',
      apiRequestId: 'request-2',
      function_request_id: 'invocation-2',
      xray_trace_id: traceId(2),
    });
    expect(line).not.toHaveProperty('orderId');
    expect(line).not.toHaveProperty('eventId');
    for (const id of [orderId, 'event-1', 'request-1', 'invocation-1', traceId(1)]) {
      expect(JSON.stringify([line, ...others])).not.toContain(id);
    }
    const ids = { apiRequestId: 'request-2', function_request_id: 'invocation-2', xray_trace_id: traceId(2) };
    expect(others).toEqual([metricLine('OrdersRefused', ids)]);
  });

  test('has the ids of its own request for requests that overlap', async () => {
    const { handler } = await import('./handler.ts');
    const ids = ['request-1', 'request-2', 'request-3'];

    const answers = await Promise.all(ids.map((id) => handler(get(order, { id }), invocation(id))));

    const lines = output.lines();
    for (const [index, { body }] of answers.entries()) {
      const { orderId } = JSON.parse(body ?? '') as { orderId: string };
      const at = requests.findIndex(({ Entries }) => Entries?.[0]?.Detail?.includes(orderId));
      const own = { orderId, eventId: `event-${at + 1}`, apiRequestId: ids[index] };
      const [line, metric, ...others] = lines.filter((each) => each.orderId === orderId);
      expect(line).toMatchObject({ message: 'order placed', ...own });
      expect(metric).toEqual(metricLine('OrdersPlaced', { ...own, function_request_id: ids[index] }));
      expect(others).toEqual([]);
    }
    expect(lines).toHaveLength(2 * ids.length);
  });

  test('goes by the log level of the function, and has the metric whatever the level', async () => {
    process.env.AWS_LAMBDA_LOG_LEVEL = 'ERROR';
    const { handler } = await import('./handler.ts');
    await handler(get(order), invocation());
    expect(output.lines()).toMatchObject([metricLine('OrdersPlaced', { eventId: 'event-1' })]);
  });
});

test('hands its trace on to the bus, so that what comes of the order has the same', async () => {
  process.env._X_AMZN_TRACE_ID = traceHeader(1);
  const { handler } = await import('./handler.ts');
  await handler(get(order), invocation());
  expect(requests[0]?.headers).toMatchObject({ 'x-amzn-trace-id': traceHeader(1) });
});
