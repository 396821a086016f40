import { isDeepStrictEqual } from 'node:util';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { OrderEvent } from '@orders/events';
import { makeOrderDispatched, makeOrderProcessed } from '@orders/events/testing';
import { orderIdOf } from '@orders/function';
import fc from 'fast-check';
import { v7 } from 'uuid';
import type { OrderStep } from './order-step.ts';
import { type KnownOrder, statusTable } from './status-table.ts';
import { eventsOf, startOrderStatus, times } from './testing.ts';
import { trackEvent } from './track-event.ts';

const promised = { location: 'eu-west', withinMinutes: 15 };

/** Tracks an event with a table that has this of the order and takes every step, or throws. */
async function track(
  event: unknown,
  { fails, known = false, before = {} }: { fails?: Error; known?: boolean; before?: KnownOrder } = {},
) {
  const recorded: OrderStep[] = [];
  const lines: object[] = [];
  const counts: unknown[] = [];
  const tracked = trackEvent(event, {
    record: async (step) => {
      if (fails) throw fails;
      recorded.push(step);
      return known ? undefined : before;
    },
    promised,
    count: (...counted) => counts.push(counted),
    log: {
      info: (line) => lines.push({ level: 'info', ...line }),
      error: (line) => lines.push({ level: 'error', ...line }),
    },
  });
  const [outcome] = await Promise.allSettled([tracked]);
  return { recorded, lines, counts, error: outcome.status === 'rejected' ? outcome.reason : undefined };
}

const orderId = v7();
const ordered = { category: 'office-supplies', location: 'eu-west', value: 300 };

describe('an event of an order', () => {
  test.each(['placed', 'processed', 'dispatched'] as const)('is recorded as its step %s', async (step) => {
    const event = eventsOf(orderId, ordered)[step];
    const { recorded, lines } = await track(event);
    expect(recorded).toEqual([{ orderId, step, at: times[step].replace('Z', '.000Z'), ordered }]);
    expect(lines).toEqual([{ level: 'info', message: 'step recorded', step, orderId, eventId: event.id }]);
  });

  test('is no error when it is recorded already', async () => {
    const { lines, counts, error } = await track(eventsOf(orderId, ordered).placed, { known: true });
    expect([counts, error]).toEqual([[], undefined]);
    expect(lines).toMatchObject([{ level: 'info', message: 'step was recorded before' }]);
  });

  test('counts an order as late for the time in which it is due, until it is dispatched', async () => {
    const { placed, dispatched } = eventsOf(orderId, ordered);
    const at = new Date('2026-01-31T12:15:00Z');
    const ids = (event: OrderEvent) => ({ orderId, eventId: event.id });
    expect((await track(placed)).counts).toEqual([['OrdersLate', ids(placed), { value: 1, at }]]);
    const before = { ...ordered, placedAt: times.placed };
    expect((await track(dispatched, { before })).counts).toEqual([
      ['OrdersLate', ids(dispatched), { value: -1, at }],
    ]);
  });

  test('has its time in one form, whatever offset the publisher wrote', async () => {
    const event = { ...eventsOf(orderId).placed, time: '2026-01-31T14:00:00+02:00' };
    expect((await track(event)).recorded).toMatchObject([{ at: '2026-01-31T12:00:00.000Z' }]);
  });

  test('without an OrderId has the id that the persister derives', async () => {
    const event = makeOrderProcessed({ detail: { OrderDetails: ordered } });
    const { OrderId: _, ...detail } = event.detail;
    const withoutId = { ...event, detail };
    expect((await track(withoutId)).recorded).toMatchObject([{ orderId: orderIdOf(withoutId) }]);
  });

  test('that a later release of the contract adds is no step, and is logged', async () => {
    const event = { ...eventsOf(orderId).placed, 'detail-type': 'Order Eaten' };
    const { recorded, lines, error } = await track(event);
    expect([recorded, error]).toEqual([[], undefined]);
    expect(lines).toEqual([
      expect.objectContaining({ message: 'event is no step of an order: Order Eaten', eventId: event.id }),
    ]);
  });

  test.each<[string, unknown, string]>([
    ['breaks the contract', { ...eventsOf(orderId).placed, detail: { orderId } }, 'InvalidEventError'],
    [
      'is of another source',
      { ...eventsOf(orderId).placed, source: 'com.example', 'detail-type': 'Order Eaten' },
      'InvalidEventError',
    ],
    [
      'has two ids',
      makeOrderProcessed({ detail: { OrderId: v7(), OrderDetails: { ...ordered, orderId: v7() } as never } }),
      'OrderIdError',
    ],
    ['is nothing', undefined, 'InvalidEventError'],
  ])('that %s is refused and logged', async (_, event, name) => {
    const { recorded, lines, error } = await track(event);
    expect(recorded).toEqual([]);
    expect(error).toMatchObject({ name });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'step not recorded',
        error: expect.stringMatching(`^${name}: `),
      }),
    ]);
  });

  test("that can't be recorded is an error, logged with its ids and the reason", async () => {
    const fails = new Error('the table is away');
    const event = eventsOf(orderId).dispatched;
    const { lines, error } = await track(event, { fails });
    expect(error).toBe(fails);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'step not recorded',
        orderId,
        eventId: event.id,
        error: 'Error: the table is away',
      },
    ]);
  });
});

/** How an order went, by its number: which events it has, and how it is tracked in the end. */
function orderOf(number: number) {
  const value = number + 1;
  const { placed, processed, dispatched } = eventsOf(v7(), { ...ordered, value });
  const { orderId } = placed.detail;
  const placedAt = '2026-01-31T12:00:00.000Z';
  const processedAt = '2026-01-31T12:00:01.000Z';
  const dispatchedAt = '2026-01-31T12:00:02.000Z';
  switch (number % 4) {
    case 0:
      return { orderId, value, events: [placed], expected: { status: 'placed', placedAt } };
    case 1:
      return {
        orderId,
        value,
        events: [placed, processed],
        expected: { status: 'processed', placedAt, processedAt },
      };
    case 2: {
      // The persister publishes again after a redelivery: another event, with a later time.
      const again = makeOrderDispatched({ time: '2026-01-31T12:30:00Z', detail: dispatched.detail });
      return {
        orderId,
        value,
        events: [placed, processed, dispatched, again],
        expected: { status: 'dispatched', placedAt, processedAt, dispatchedAt },
      };
    }
    default: {
      // It begins with an Order Processed without an id, as another publisher than the workflow may send it.
      const withoutId = { ...processed, detail: { OrderDetails: { ...ordered, value } } };
      const derivedId = orderIdOf(withoutId);
      return {
        orderId: derivedId,
        value,
        events: [
          withoutId,
          makeOrderDispatched({ ...dispatched, detail: { ...dispatched.detail, orderId: derivedId } }),
        ],
        expected: { status: 'dispatched', processedAt, dispatchedAt },
      };
    }
  }
}

/** Runs work for each item, up to 40 at once, as Lambda does. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const environment = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: 40 }, environment));
}

/** `TRACKED_ORDERS=2500` looks further. */
const orderCount = Number(process.env.TRACKED_ORDERS) || 1_000;

test('many orders, whose events come twice and in any order, all have the right status in the end, and those that are not dispatched count as late', async () => {
  const dynamoDb = await startOrderStatus();
  try {
    const table = statusTable(DynamoDBDocumentClient.from(dynamoDb.client), 'OrderStatus');
    const { signal } = new AbortController();
    const log = { info: () => {}, error: () => {} };
    let late = 0;
    const count = (_: string, __: object, { value = 1 } = {}) => {
      late += value;
    };
    const orders = Array.from({ length: orderCount }, (_, number) => orderOf(number));
    const twice: OrderEvent[] = orders.flatMap(({ events }) => [...events, ...events]);

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(twice, { minLength: twice.length }), async (events) => {
        await forEach(events, (event) =>
          trackEvent(event, { log, promised, count, record: (step) => table.record(step, signal) }),
        );
      }),
      { numRuns: 1, endOnFailure: true },
    );

    const wrong: object[] = [];
    await forEach(orders, async ({ orderId, value, expected }) => {
      const found = await table.find(orderId, signal);
      const right = { orderId, ...ordered, value, ...expected };
      if (!isDeepStrictEqual(found, right)) wrong.push({ found, right });
    });
    expect(wrong).toEqual([]);
    expect(late).toBe(orders.filter(({ expected }) => expected.status !== 'dispatched').length);
  } finally {
    await dynamoDb.stop();
  }
}, 300_000);
