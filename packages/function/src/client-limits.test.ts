import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { clientLimits } from './client-limits.ts';
import { functionEnvironment, startDynamoDb, startEventBridge } from './testing/index.ts';

const environment = process.env;
beforeEach(() => {
  process.env = { ...environment, ...functionEnvironment('orders-example') };
});
let service: { endpoint: string; stop: () => Promise<void> };
afterEach(async () => {
  process.env = environment;
  jest.useRealTimers();
  await service.stop();
});

/** Leaves the first request without an answer, and lets the 2 s pass that a client waits for it. */
const answersFromTheSecond = (request: number) => {
  if (request > 1) return true;
  jest.advanceTimersByTime(2_000);
  return false;
};

test.each([
  [
    'EventBridge',
    startEventBridge,
    async (endpoint: string) => {
      const client = new EventBridgeClient({ ...clientLimits, endpoint });
      const { Entries } = await client.send(new PutEventsCommand({ Entries: [{ Source: 'a test' }] }));
      return Entries;
    },
    [{ EventId: 'event-2' }],
  ],
  [
    'DynamoDB',
    (answers: (request: number) => boolean) => startDynamoDb({ name: 'Orders', partitionKey: 'id' }, answers),
    async (endpoint: string) => {
      const client = new DynamoDBClient({ ...clientLimits, endpoint });
      return (await client.send(new GetItemCommand({ TableName: 'Orders', Key: { id: { S: 'none' } } })))
        .Item;
    },
    undefined,
  ],
])('a client of %s tries again after 2 s without an answer', async (_, start, call, answer) => {
  service = await start(answersFromTheSecond);
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const begin = Date.now();

  await expect(call(service.endpoint)).resolves.toEqual(answer);

  expect(Date.now() - begin).toBeGreaterThanOrEqual(2_000);
  expect(Date.now() - begin).toBeLessThan(4_000);
});
