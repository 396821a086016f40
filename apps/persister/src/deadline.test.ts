import { inspect } from 'node:util';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  accepted,
  captureOutput,
  failure,
  functionEnvironment,
  invoke,
  type Outcome,
  type Reply,
  type Stall,
  stalls,
  startService,
} from '@orders/function/testing';
import { delivered, loadHandler, order } from './testing.ts';

/** What the invocation has left: less than three attempts of 2 s take at any one step. */
const remainingMs = 6_000;

/** The steps of an order, in their order. The table is read only if it has the order already. */
type Step = 'PutItem' | 'GetItem' | 'PutEvents';

/** What the services reply at each step, request by request. The last reply stays. */
type Replies = Partial<Record<Step, readonly (Reply | 'accepts')[]>>;

const alreadyStored = failure(400, 'ConditionalCheckFailedException');

/** Each stall at each step, and at the last step after each stall at the first. */
const hopeless: Record<string, Replies> = Object.fromEntries(
  stalls.flatMap((kind): [string, Replies][] => [
    [`a write ${kind}`, { PutItem: [kind] }],
    [`a read ${kind}`, { PutItem: [alreadyStored], GetItem: [kind] }],
    [`the bus ${kind}`, { PutEvents: [kind] }],
    ...stalls.map((first): [string, Replies] => [
      `a write ${first} once, and the bus ${kind}`,
      { PutItem: [first, 'accepts'], PutEvents: [kind] },
    ]),
    [
      `a write, a read and the bus ${kind} in turn`,
      { PutItem: [kind, alreadyStored], GetItem: [kind, 'accepts'], PutEvents: [kind] },
    ],
  ]),
);
const passes: Record<string, Replies> = Object.fromEntries(
  (['stalls in the headers', 'trickles in the headers', 'stalls in the body'] satisfies Stall[]).flatMap(
    (kind): [string, Replies][] => [
      [`a write ${kind} once`, { PutItem: [kind, 'accepts'] }],
      [`a read ${kind} once`, { PutItem: [alreadyStored], GetItem: [kind, 'accepts'] }],
      [`the bus ${kind} once`, { PutEvents: [kind, 'accepts'] }],
    ],
  ),
);

/** What an invocation has left. One that ends well has as long as the stack gives it. */
const remainingMsOf = (name: string) => (Object.hasOwn(hopeless, name) ? remainingMs : 15_000);

type Handler = typeof import('./handler.ts')['handler'];

const results = new Map<string, Outcome<void>>();
let lines: Record<string, unknown>[];

interface Request extends PutEventsRequest {
  Item?: { orderId: { S: string } };
  Key?: { orderId: { S: string } };
}

const idOf = (scenario: number) => `01890a5d-ac96-774b-bcce-${String(scenario).padStart(12, '0')}`;
const rowOf = (orderId: string) => ({
  orderId: { S: orderId },
  category: { S: order.category },
  location: { S: order.location },
  value: { N: String(order.value) },
});

// All at once: each takes as long as the deadline.
beforeAll(async () => {
  const output = captureOutput();
  const scenarios = Object.entries({ ...hopeless, ...passes });
  const left = new Map(
    scenarios.map(([, replies], index) => [
      idOf(index),
      new Map(Object.entries(replies).map(([step, each]) => [step, [...each]])),
    ]),
  );
  const aws = await startService<Request>(({ operation, body }) => {
    const detail = body.Entries?.[0]?.Detail;
    const orderId = detail ? JSON.parse(detail).orderId : (body.Item ?? body.Key)?.orderId.S;
    const replies = left.get(orderId)?.get(String(operation)) ?? [];
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? 'accepts';
    if (reply !== 'accepts') return reply;
    if (operation === 'PutEvents') return accepted(body, 'event-1');
    return { body: operation === 'GetItem' ? { Item: rowOf(orderId) } : {} };
  });
  const environment = process.env;
  process.env = {
    ...environment,
    ...functionEnvironment('orders-persister'),
    AWS_ENDPOINT_URL: aws.endpoint,
    BUS_NAME: 'Orders',
    TABLE_NAME: 'OrderDetails',
  };
  try {
    // Not one for all: an SDK client stops trying again when very many of its requests fail.
    const handlers: typeof import('./handler.ts')['handler'][] = [];
    while (handlers.length < 6) {
      handlers.push((await loadHandler()).handler);
    }
    await Promise.all(
      scenarios.map(async ([name], index) => {
        const orderId = idOf(index);
        const event = delivered({ OrderId: orderId, OrderDetails: { ...order, orderId } }, { id: name });
        const handler = handlers[index % handlers.length] as Handler;
        const outcome = await invoke((context) => handler(event, context), {
          awsRequestId: name,
          remainingMs: remainingMsOf(name),
        });
        results.set(name, outcome);
      }),
    );
  } finally {
    process.env = environment;
    await aws.stop();
    lines = output.lines();
    jest.restoreAllMocks();
  }
});

/** How a scenario ended, which must have been in time. */
function endOf(name: string) {
  const outcome = results.get(name);
  if (outcome === undefined || outcome === 'timed out') throw new Error(`"${name}": ${inspect(outcome)}`);
  return outcome;
}

describe("an event that can't be finished is an error, and a line of the log, before the function's time is up", () => {
  test.each(Object.keys(hopeless))('when %s', (name) => {
    const { status } = endOf(name);
    expect(status).toBe('rejected');
    expect(lines.filter(({ eventId, level }) => eventId === name && level === 'ERROR')).toEqual([
      expect.objectContaining({
        message: 'order not dispatched',
        orderId: expect.stringMatching(/^01890a5d/),
        error: expect.stringMatching(
          /(The table "OrderDetails" did not answer in time|not on the bus "Orders").*DeadlineError/,
        ),
      }),
    ]);
  });
});

describe('an order is dispatched', () => {
  test.each(Object.keys(passes))('when %s', (name) => {
    expect(endOf(name).status).toBe('fulfilled');
  });
});
