import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import {
  captureOutput,
  failure,
  functionEnvironment,
  invoke,
  makeContext,
  metricLine,
  stalls,
  startService,
} from '@orders/function/testing';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { v7 } from 'uuid';
import { eventsOf, loadHandler, startOrderStatus } from './testing.ts';

const environment = process.env;
let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  output = captureOutput();
  process.env = {
    ...environment,
    ...functionEnvironment('orders-tracker'),
    TABLE_NAME: 'OrderStatus',
    DISPATCHED_LOCATION: 'eu-west',
    DISPATCHED_WITHIN_MINUTES: '15',
  };
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

const request = (orderId: string) =>
  ({ requestContext: { requestId: 'r' }, pathParameters: { orderId } }) as unknown as APIGatewayProxyEventV2;

test('an order whose events the one function gets is what the other one answers', async () => {
  const dynamoDb = await startOrderStatus();
  try {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamoDb.endpoint;
    const { handler, answer } = await loadHandler();
    const orderId = v7();
    const { placed, dispatched } = eventsOf(orderId);

    await handler(dispatched, makeContext());
    await handler(placed, makeContext());

    const { statusCode, body } = await answer(request(orderId), makeContext());
    expect(statusCode).toBe(200);
    expect(JSON.parse(String(body))).toMatchObject({ orderId, status: 'dispatched' });
    expect(output.lines()).toMatchObject([
      { message: 'step recorded', step: 'dispatched', orderId, eventId: dispatched.id },
      { message: 'step recorded', step: 'placed', orderId, eventId: placed.id },
      { message: 'order found', orderId, apiRequestId: 'r' },
    ]);
  } finally {
    await dynamoDb.stop();
  }
});

test('an order that is to be dispatched is counted, and the count is taken back, for the time in which it is due', async () => {
  const dynamoDb = await startOrderStatus();
  try {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamoDb.endpoint;
    const { handler } = await loadHandler();
    const orderId = v7();
    const { placed, dispatched } = eventsOf(orderId, { location: 'eu-west' });
    await handler(placed, makeContext());
    await handler(dispatched, makeContext());
    const at = new Date('2026-01-31T12:15:00Z');
    const ids = ({ id }: { id: string }) => ({
      orderId,
      eventId: id,
      function_request_id: 'invocation-1',
    });
    expect(output.lines().filter((line) => '_aws' in line)).toEqual([
      metricLine('OrdersLate', ids(placed), { at }),
      metricLine('OrdersLate', ids(dispatched), { value: -1, at }),
    ]);
  } finally {
    await dynamoDb.stop();
  }
});

test.each(['TABLE_NAME', 'DISPATCHED_LOCATION', 'DISPATCHED_WITHIN_MINUTES'])(
  'neither function starts without %s',
  async (name) => {
    delete process.env[name];
    await expect(loadHandler()).rejects.toThrow(`${name} is not set`);
  },
);

test('both functions end before their time is up when the table stalls: one with an error, the other with a 503', async () => {
  const remainingMs = 4_000;
  // All at once: each takes as long as the deadline.
  const stallOf = new Map(stalls.map((stall) => [v7(), stall]));
  const table = await startService<{ Key: { orderId: { S: string } } }>(
    ({ body }) => stallOf.get(body.Key.orderId.S) ?? { body: {} },
  );
  try {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = table.endpoint;
    const { handler, answer } = await loadHandler();
    const ended = await Promise.all(
      [...stallOf].map(async ([orderId, stall]) => {
        const [tracked, answered] = await Promise.all([
          invoke((context) => handler(eventsOf(orderId).placed, context), { awsRequestId: 't', remainingMs }),
          invoke((context) => answer(request(orderId), context), { awsRequestId: 'a', remainingMs }),
        ]);
        const errors = output.lines().filter((line) => line.level === 'ERROR' && line.orderId === orderId);
        return { stall, tracked, answered, errors };
      }),
    );
    const error = expect.stringMatching(/"OrderStatus" did not answer in time.*DeadlineError/);
    expect(ended).toMatchObject(
      stalls.map((stall) => ({
        stall,
        tracked: { status: 'rejected' },
        answered: { status: 'fulfilled', value: { statusCode: 503 } },
        errors: expect.arrayContaining([
          expect.objectContaining({ message: 'order not read', error }),
          expect.objectContaining({ message: 'step not recorded', error }),
        ]),
      })),
    );
    expect(output.lines().filter(({ level }) => level === 'ERROR')).toHaveLength(2 * stalls.length);
  } finally {
    await table.stop();
  }
});

test('a table that throttles once gets the step', async () => {
  const table = await startService((_, count) =>
    count === 1 ? failure(400, 'ThrottlingException') : { body: {} },
  );
  try {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = table.endpoint;
    const { handler } = await loadHandler();
    await handler(eventsOf(v7()).placed, makeContext());
    expect(output.lines()[0]).toMatchObject({ level: 'INFO', message: 'step recorded' });
  } finally {
    await table.stop();
  }
});
