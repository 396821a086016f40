import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { expectProblem, get, order } from './testing.ts';

/** EventBridge on this machine: takes every event, or takes the request and never answers. */
let bus: Server;
let busHangs = false;
let requests: PutEventsRequest[] = [];

beforeEach(async () => {
  jest.resetModules();
  busHangs = false;
  requests = [];
  bus = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    requests.push(JSON.parse(Buffer.concat(chunks).toString()) as PutEventsRequest);
    // The time of waiting for it passes at once.
    if (busHangs) jest.advanceTimersByTime(2_000);
    else outgoing.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'event-1' }] }));
  });
  await new Promise<void>((done) => bus.listen(0, '127.0.0.1', done));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(bus.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    BUS_NAME: 'Orders',
  });
});
afterEach(async () => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  const closed = new Promise((done) => bus.close(done));
  bus.closeAllConnections();
  await closed;
});

test('puts the order on the bus that BUS_NAME names, and logs to the console', async () => {
  const info = jest.spyOn(console, 'info').mockReturnValue();
  const { handler } = await import('./handler.ts');

  const { statusCode, body } = await handler(get(order));

  expect(statusCode).toBe(202);
  const { orderId } = JSON.parse(body ?? '') as { orderId: string };
  expect(orderId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(requests).toEqual([
    {
      Entries: [
        {
          EventBusName: 'Orders',
          Source: 'com.aws.orders',
          DetailType: 'Order Placed',
          Detail: expect.any(String),
        },
      ],
    },
  ]);
  expect(JSON.parse(requests[0]?.Entries?.[0]?.Detail ?? '')).toEqual({ ...order, orderId });
  expect(info).toHaveBeenCalledWith({ message: 'order placed', orderId, eventId: 'event-1' });
});

test('answers 503 in time when the bus takes the request and never answers', async () => {
  const error = jest.spyOn(console, 'error').mockReturnValue();
  busHangs = true;
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const { handler } = await import('./handler.ts');

  const response = await handler(get(order));

  expectProblem({ ...response, answer: JSON.parse(response.body ?? '') }, 503);
  expect(error).toHaveBeenCalledTimes(1);
  // The attempts of the SDK, 2 seconds each: well inside the 15 seconds of the function.
  expect(requests.length).toBeLessThanOrEqual(3);
});

test('does not start without BUS_NAME, and says so', async () => {
  delete process.env.BUS_NAME;
  await expect(import('./handler.ts')).rejects.toThrow('BUS_NAME is not set');
});
