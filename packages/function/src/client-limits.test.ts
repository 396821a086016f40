import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clientLimits } from './client-limits.ts';
import { functionEnvironment, type Stall, stalls, startService } from './testing/index.ts';

const environment = process.env;
let service: Awaited<ReturnType<typeof startService>>;
beforeEach(() => {
  process.env = { ...environment, ...functionEnvironment('orders-example') };
});
afterEach(async () => {
  process.env = environment;
  await service.stop();
});

const putEvents = (endpoint: string, abortSignal?: AbortSignal) =>
  new EventBridgeClient({ ...clientLimits, endpoint }).send(
    new PutEventsCommand({ Entries: [{ Source: 'a test' }] }),
    { ...(abortSignal && { abortSignal }) },
  );
const getItem = (endpoint: string, abortSignal?: AbortSignal) =>
  new DynamoDBClient({ ...clientLimits, endpoint }).send(
    new GetItemCommand({ TableName: 'Orders', Key: { id: { S: 'one' } } }),
    { ...(abortSignal && { abortSignal }) },
  );

describe.each([
  ['EventBridge', putEvents],
  ['DynamoDB', getItem],
])('a client of %s', (_, call) => {
  test.each<Stall>(['stalls in the headers', 'trickles in the headers', 'stalls in the body'])(
    'tries again after 2 s when an answer %s',
    async (kind) => {
      service = await startService((_request, count) => (count === 1 ? kind : { body: {} }));
      const begin = performance.now();

      await call(service.endpoint);

      // The SDK's own pause before a second attempt is below 200 ms.
      expect(performance.now() - begin).toBeGreaterThan(1_900);
      expect(performance.now() - begin).toBeLessThan(4_000);
    },
  );

  test.each(stalls)('ends with the signal when an answer %s', async (kind) => {
    const controller = new AbortController();
    service = await startService(() => {
      setTimeout(() => controller.abort(), 100);
      return kind;
    });
    const begin = performance.now();

    // An AbortError, or what became of the answer when its body ended early.
    await expect(call(service.endpoint, controller.signal)).rejects.toThrow(/abort/i);

    expect(performance.now() - begin).toBeLessThan(1_500);
  });
});
