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
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { expectProblem, get, loadHandler, order } from './testing.ts';

/**
 * What the invocation has left. Three attempts of 2 s take longer, so each of them in turn is under way at some
 * deadline.
 */
const remainingMs = 6_000;

const throttledEvent: Reply = {
  body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }] },
};

/** Failures after which the SDK or `publish` tries again. */
const passing: Record<string, Reply> = {
  'throttles the request': failure(400, 'ThrottlingException'),
  'throttles the event': throttledEvent,
  'fails inside': failure(500, 'InternalFailure'),
  'asks to come back in a minute': failure(503, 'ServiceUnavailable', { 'retry-after': '60' }),
  'resets the connection': 'resets the connection',
};

/** What the bus replies to an order, request by request. The last reply stays. */
type Replies = readonly (Reply | 'accepts')[];

/** Each stall alone, after each other one, and after failures. */
const hopeless: Record<string, Replies> = Object.fromEntries(
  stalls.flatMap((last) => [
    ...stalls.map((first): [string, Replies] => [
      first === last ? `always ${last}` : `${first}, then ${last}`,
      [first, last],
    ]),
    ...Object.entries(passing).flatMap(([name, reply]): [string, Replies][] => [
      [`${name}, then ${last}`, [reply, last]],
    ]),
    // `publish` tries again what the SDK considers a success: attempts of attempts.
    [
      `throttles the event, stalls in the headers, throttles the event, then ${last}`,
      [throttledEvent, 'stalls in the headers', throttledEvent, last],
    ] satisfies [string, Replies],
  ]),
);
const passes: Record<string, Replies> = Object.fromEntries(
  (['stalls in the headers', 'trickles in the headers', 'stalls in the body'] satisfies Stall[]).map(
    (kind): [string, Replies] => [`${kind} once`, [kind, 'accepts']],
  ),
);

/** What an invocation has left. One that ends well has as long as the stack gives it. */
const remainingMsOf = (name: string) => (Object.hasOwn(hopeless, name) ? remainingMs : 15_000);

type Handler = typeof import('./handler.ts')['handler'];

const results = new Map<string, Outcome<APIGatewayProxyStructuredResultV2>>();
let lines: Record<string, unknown>[];

// All at once: each takes as long as the deadline.
beforeAll(async () => {
  const output = captureOutput();
  const scenarios = Object.entries({ ...hopeless, ...passes });
  const left = scenarios.map(([, replies]) => [...replies]);
  const bus = await startService<PutEventsRequest>(({ body }) => {
    const { value } = JSON.parse(body.Entries?.[0]?.Detail ?? '') as { value: number };
    // An order's value is the number of its scenario, from 1.
    const replies = left[value - 1] ?? [];
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? 'accepts';
    return reply === 'accepts' ? accepted(body, 'event-1') : reply;
  });
  const environment = process.env;
  process.env = {
    ...environment,
    ...functionEnvironment('orders-producer'),
    AWS_ENDPOINT_URL: bus.endpoint,
    BUS_NAME: 'Orders',
  };
  try {
    // Not one for all: an SDK client stops trying again when very many of its requests fail.
    const handlers: typeof import('./handler.ts')['handler'][] = [];
    while (handlers.length < 6) {
      handlers.push((await loadHandler()).handler);
    }
    await Promise.all(
      scenarios.map(async ([name], index) => {
        const request = get({ ...order, value: index + 1 }, { id: name });
        const handler = handlers[index % handlers.length] as Handler;
        const outcome = await invoke((context) => handler(request, context), {
          awsRequestId: name,
          remainingMs: remainingMsOf(name),
        });
        results.set(name, outcome);
      }),
    );
  } finally {
    process.env = environment;
    await bus.stop();
    lines = output.lines();
    jest.restoreAllMocks();
  }
});

/** The answer to a scenario, which must have come in time. */
function answerOf(name: string) {
  const outcome = results.get(name);
  if (outcome === undefined || outcome === 'timed out' || outcome.status === 'rejected') {
    throw new Error(`"${name}" has no answer: ${inspect(outcome)}`);
  }
  return { ...outcome.value, answer: JSON.parse(outcome.value.body ?? '') };
}

describe("a bus without an end to its answers is a 503, and a line of the log, before the function's time is up", () => {
  test.each(Object.keys(hopeless))('when it %s', (name) => {
    expectProblem(answerOf(name), 503);
    expect(lines.filter(({ apiRequestId }) => apiRequestId === name)).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'order not confirmed',
        orderId: expect.any(String),
        cause: expect.stringMatching(/not on the bus "Orders".*(DeadlineError|TimeoutError)/),
      }),
    ]);
  });
});

describe('a bus that stalls once still gets the order', () => {
  test.each(Object.keys(passes))('when it %s', (name) => {
    expect(answerOf(name).statusCode).toBe(202);
  });
});
