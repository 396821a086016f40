import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientLimits } from './client-limits.ts';
import { functionEnvironment, type Reply, type Stall, stalls, startService } from './testing/index.ts';

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
type Call = typeof putEvents | typeof getItem;

const ends: (() => Promise<void>)[] = [];
/** How long a call of a service of its own takes, and what it throws. */
async function time(call: Call, reply: (count: number) => Reply, signal?: AbortSignal) {
  const service = await startService((_, count) => reply(count));
  ends.push(service.stop);
  const begin = performance.now();
  const [outcome] = await Promise.allSettled([call(service.endpoint, signal)]);
  const ms = performance.now() - begin;
  return { ms, error: outcome.status === 'rejected' ? outcome.reason : undefined };
}

const clients: [string, Call][] = [
  ['EventBridge', putEvents],
  ['DynamoDB', getItem],
];
const passing: Stall[] = ['stalls in the headers', 'trickles in the headers', 'stalls in the body'];

const environment = process.env;
const timed = new Map<string, ReturnType<typeof time>>();
// All at once: most of them wait for 2 s.
beforeAll(() => {
  process.env = { ...environment, ...functionEnvironment('orders-example') };
  for (const [service, call] of clients) {
    for (const kind of passing)
      timed.set(
        `${service} once ${kind}`,
        time(call, (count) => (count === 1 ? kind : { body: {} })),
      );
    for (const kind of stalls) {
      const controller = new AbortController();
      const abortSoon = () => {
        setTimeout(() => controller.abort(), 100);
        return kind;
      };
      timed.set(`${service} always ${kind}`, time(call, abortSoon, controller.signal));
    }
  }
});
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  process.env = environment;
});

describe.each(clients)('a client of %s', (service) => {
  test.each(passing)('tries again after 2 s when an answer %s', async (kind) => {
    const { ms, error } = (await timed.get(`${service} once ${kind}`)) ?? {};
    expect(error).toBeUndefined();
    // The SDK's own pause before a second attempt is below 200 ms.
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(4_000);
  });

  test.each(stalls)('ends with the signal when an answer %s', async (kind) => {
    const { ms, error } = (await timed.get(`${service} always ${kind}`)) ?? {};
    // An AbortError, or what became of the answer when its body ended early.
    expect(error).toMatchObject({ message: expect.stringMatching(/abort/i) });
    expect(ms).toBeLessThan(1_500);
  });
});
