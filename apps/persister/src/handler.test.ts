import { createServer, type Server } from 'node:http';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { close, delivered, listen, order, processed, startDynamoDb } from './testing.ts';

let dynamoDb: Awaited<ReturnType<typeof startDynamoDb>>;
/** EventBridge on this machine: takes every event, or takes the request and never answers. */
let bus: Server;
let busHangs = false;
let requests: PutEventsRequest[] = [];

beforeEach(async () => {
  jest.resetModules();
  jest.spyOn(console, 'info').mockReturnValue();
  busHangs = false;
  requests = [];
  dynamoDb = await startDynamoDb();
  bus = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    requests.push(JSON.parse(Buffer.concat(chunks).toString()) as PutEventsRequest);
    // The time of waiting for it passes at once.
    if (busHangs) jest.advanceTimersByTime(3_000);
    else outgoing.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'event-1' }] }));
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EVENTBRIDGE: await listen(bus),
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    BUS_NAME: 'Orders',
    TABLE_NAME: 'OrderDetails',
  });
});
afterEach(async () => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  await close(bus);
  await dynamoDb.stop();
});

const rowOf = async (orderId: string) => {
  const client = DynamoDBDocumentClient.from(dynamoDb.client);
  return (await client.send(new GetCommand({ TableName: 'OrderDetails', Key: { orderId } }))).Item;
};

describe('the handler', () => {
  test('stores in the table TABLE_NAME and publishes to the bus BUS_NAME', async () => {
    const { handler } = await import('./handler.ts');

    await handler(delivered(processed));

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
    await expect(handler(delivered(processed))).rejects.toThrow('are not on the bus "Orders"');
  });

  test.each(['BUS_NAME', 'TABLE_NAME'])('does not start without %s, and says so', async (name) => {
    delete process.env[name];
    await expect(import('./handler.ts')).rejects.toThrow(`${name} is not set`);
  });
});
