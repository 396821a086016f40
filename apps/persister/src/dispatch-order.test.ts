import { describe, expect, test } from '@jest/globals';
import { InvalidEventError, parseDetail } from '@orders/events';
import { type OutgoingEvent, PublishError } from '@orders/events/publish';
import fc from 'fast-check';
import { dispatchOrder, type Line, type Order } from './dispatch-order.ts';
import { delivered, details, order, processed } from './testing.ts';

const withoutId = { OrderDetails: { category: 'office-supplies', location: 'eu-west', value: 300 } };

const dispatchedBy = (stored: Order): OutgoingEvent => ({ detailType: 'Order Dispatched', detail: stored });

/** The ids that every line of the order has. */
const ids = { orderId: order.orderId, eventId: delivered().id };

type Outcome =
  | 'the write fails'
  | 'the write is done and its answer is lost'
  | 'the publish fails'
  | 'the publish is done and its answer is lost'
  | 'all succeeds';

/** A persister with a table and a bus in memory. Each delivery has its outcome. */
function persister() {
  const rows = new Map<string, Order>();
  const published: OutgoingEvent[] = [];
  const steps: string[] = [];
  const lines: ({ level: string } & Line)[] = [];
  const counted: string[] = [];

  return {
    rows,
    published,
    steps,
    lines,
    counted,
    deliver: (event: unknown, outcome: Outcome = 'all succeeds') =>
      dispatchOrder(event, {
        async store(row) {
          steps.push('store');
          if (outcome === 'the write fails') throw new Error(outcome);
          const isNew = !rows.has(row.orderId);
          if (isNew) rows.set(row.orderId, row);
          if (outcome === 'the write is done and its answer is lost') throw new Error(outcome);
          return isNew;
        },
        async publish(outgoing) {
          steps.push('publish');
          const failed = [{ event: outgoing, code: 'InternalFailure', message: outcome }];
          if (outcome === 'the publish fails') throw new PublishError('Orders', 1, failed);
          published.push(outgoing);
          if (outcome === 'the publish is done and its answer is lost') throw new Error(outcome);
          return [`event-${published.length}`];
        },
        log: {
          info: (line) => lines.push({ level: 'info', ...line }),
          error: (line) => lines.push({ level: 'error', ...line }),
        },
        count: (metric) => counted.push(metric),
      }),
  };
}

describe('a processed order', () => {
  test('is stored, then published, with the same id', async () => {
    const { deliver, rows, published, steps, lines, counted } = persister();

    await deliver(delivered());

    expect(steps).toEqual(['store', 'publish']);
    expect([...rows]).toEqual([[order.orderId, order]]);
    expect(published).toEqual([dispatchedBy(order)]);
    expect(lines).toEqual([
      { level: 'info', message: 'order stored', ...ids },
      { level: 'info', message: 'order dispatched', ...ids, dispatchedEventId: 'event-1' },
    ]);
    expect(counted).toEqual(['OrdersDispatched']);
  });

  test.each(details('valid'))(
    'as in the valid fixture is dispatched with its own fields: %s',
    async (_, detail) => {
      const { deliver, rows, published } = persister();
      const { OrderId, OrderDetails } = detail as Partial<typeof processed>;

      await deliver(delivered(detail));

      const [row] = rows.values();
      expect(row).toEqual({
        orderId: OrderId ?? expect.any(String),
        category: OrderDetails?.category,
        location: OrderDetails?.location,
        value: OrderDetails?.value,
      });
      expect(published).toEqual([{ detailType: 'Order Dispatched', detail: row }]);
      expect(() => parseDetail('Order Dispatched', row)).not.toThrow();
    },
  );
});

describe('a processed order without an OrderId', () => {
  test('gets one from the id of its event, and a redelivery gets the same', async () => {
    const { deliver, rows, published } = persister();
    const id = '7bf73129-1428-4cd3-a780-95db273d1602';

    await deliver(delivered(withoutId, { id }));
    await deliver(delivered(withoutId, { id, time: '2026-11-22T13:00:00Z' }));

    // A constant: with another namespace, every redelivered event would be a second order.
    expect([...rows.keys()]).toEqual(['6f3c35e0-0325-52ff-a404-7c1ec0b1a86a']);
    const [row] = rows.values();
    expect(published).toEqual([row, row].map((detail) => ({ detailType: 'Order Dispatched', detail })));
  });

  test('keeps the id that it was placed with', async () => {
    const { deliver, rows, published, lines } = persister();

    for (const id of ['event-1', 'event-2']) await deliver(delivered({ OrderDetails: order }, { id }));

    expect([...rows.values()]).toEqual([order]);
    expect(published).toEqual([dispatchedBy(order), dispatchedBy(order)]);
    for (const line of lines) expect(line.orderId).toBe(order.orderId);
  });

  test('is another order when it comes with another event', async () => {
    const { deliver, rows } = persister();
    for (const id of ['event-1', 'event-2', 'EVENT-1', '']) await deliver(delivered(withoutId, { id }));
    expect(rows.size).toBe(4);
  });
});

describe('a processed order whose id is uncertain is an error, and nothing is stored or published', () => {
  const another = '01890a5d-ac96-774b-bcce-000000000001';

  test.each<[string, object, string]>([
    [
      'two ids that differ',
      { OrderId: another, OrderDetails: order },
      `two order ids: OrderId is "${another}", OrderDetails.orderId is "${order.orderId}"`,
    ],
    [
      'two ids that differ in case',
      { OrderId: another, OrderDetails: { ...order, orderId: another.toUpperCase() } },
      'allowed is a UUID in lower case',
    ],
    ...[7, null, '', 'order-1', [another], { id: another }].map((orderId): [string, object, string] => [
      `an id inside OrderDetails that is ${JSON.stringify(orderId)}`,
      { OrderDetails: { ...order, orderId } },
      'allowed is a UUID in lower case, or none',
    ]),
    [
      'an id inside OrderDetails that is not a UUID, beside an OrderId',
      { OrderId: another, OrderDetails: { ...order, orderId: 7 } },
      'OrderDetails.orderId is 7; allowed is a UUID',
    ],
  ])('%s', async (_, detail, reason) => {
    const { deliver, steps, lines, counted } = persister();
    await expect(deliver(delivered(detail))).rejects.toThrow(reason);
    expect(steps).toEqual([]);
    expect(counted).toEqual([]);
    expect(lines).toMatchObject([
      { level: 'error', error: expect.stringMatching(/^OrderIdError: .*Nothing was stored/) },
    ]);
  });
});

describe('a redelivered event', () => {
  test('after the write and before the publish still publishes', async () => {
    const { deliver, rows, published, lines } = persister();

    await expect(deliver(delivered(), 'the publish fails')).rejects.toThrow(PublishError);
    expect(published).toEqual([]);
    await deliver(delivered());

    expect([...rows.values()]).toEqual([order]);
    expect(published).toEqual([dispatchedBy(order)]);
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'order was stored before', orderId: order.orderId }),
    );
  });

  test('after both leaves the table as it is and publishes the same event again', async () => {
    const { deliver, rows, published, counted } = persister();
    await deliver(delivered());
    await deliver(delivered());
    expect([...rows.values()]).toEqual([order]);
    expect(published).toEqual([dispatchedBy(order), dispatchedBy(order)]);
    expect(counted).toEqual(['OrdersDispatched', 'OrdersDispatched']);
  });

  test('makes one row and events of one id, whatever failed before', async () => {
    const outcome = fc.constantFrom<Outcome>(
      'the write fails',
      'the write is done and its answer is lost',
      'the publish fails',
      'the publish is done and its answer is lost',
      'all succeeds',
    );
    const detail = fc.constantFrom(processed, withoutId);
    await fc.assert(
      fc.asyncProperty(fc.array(outcome), detail, fc.uuid(), async (outcomes, sent, id) => {
        const { deliver, rows, published } = persister();

        const failures: string[] = [];
        for (const each of outcomes) {
          await deliver(delivered(sent, { id }), each).catch((error: Error) => failures.push(error.message));
        }
        await deliver(delivered(sent, { id }));

        expect(failures).toHaveLength(outcomes.filter((each) => each !== 'all succeeds').length);
        expect(rows.size).toBe(1);
        const [row] = rows.values();
        expect(published.length).toBeGreaterThanOrEqual(1);
        for (const event of published) expect(event).toEqual({ detailType: 'Order Dispatched', detail: row });
      }),
    );
  });
});

describe('a failure is left to a retry', () => {
  test.each<[Outcome, string[]]>([
    ['the write fails', ['store']],
    ['the write is done and its answer is lost', ['store']],
    ['the publish fails', ['store', 'publish']],
    ['the publish is done and its answer is lost', ['store', 'publish']],
  ])('when %s: it rejects with the reason and goes no further', async (outcome, reached) => {
    const { deliver, steps, counted } = persister();
    await expect(deliver(delivered(), outcome)).rejects.toThrow(outcome);
    expect(steps).toEqual(reached);
    expect(counted).toEqual([]);
  });

  test.each<Outcome>([
    'the write fails',
    'the write is done and its answer is lost',
    'the publish fails',
    'the publish is done and its answer is lost',
  ])('when %s: one line of the level error has the ids and the reason', async (outcome) => {
    const { deliver, lines } = persister();
    await expect(deliver(delivered(), outcome)).rejects.toThrow(outcome);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', message: 'order not dispatched', ...ids, error: expect.stringContaining(outcome) },
    ]);
  });

  test('when the event has no OrderId: the line has the id that is derived for the order', async () => {
    const { deliver, rows, lines } = persister();
    const event = delivered(withoutId);
    await expect(deliver(event, 'the publish fails')).rejects.toThrow();
    expect(lines.at(-1)).toMatchObject({ level: 'error', orderId: [...rows.keys()][0], eventId: event.id });
  });
});

describe('an event that is not a valid Order Processed is an error, and nothing is stored or published', () => {
  test.each<[string, unknown]>([
    ...details('invalid').map(
      ([name, detail]) => [`the invalid fixture: ${name}`, delivered(detail)] as [string, unknown],
    ),
    ['an Order Placed', delivered(order, { 'detail-type': 'Order Placed' })],
    ['an event of another source', delivered(processed, { source: 'com.example' })],
    ['an event without an id', delivered(processed, { id: undefined })],
    ['the detail alone', processed],
    ['a string of JSON', JSON.stringify(delivered())],
    ['an array of events', [delivered()]],
    ['undefined', undefined],
    ['null', null],
  ])('%s', async (_, event) => {
    const { deliver, steps, lines, counted } = persister();
    await expect(deliver(event)).rejects.toThrow(InvalidEventError);
    expect(steps).toEqual([]);
    expect(counted).toEqual([]);
    expect(lines).toMatchObject([
      { level: 'error', message: 'order not dispatched', error: expect.stringContaining("isn't a valid") },
    ]);
  });

  const incomplete = { OrderId: order.orderId, OrderDetails: {} };
  const long = 'x'.repeat(100_000);

  test.each<[string, unknown, object]>([
    ['both when the event claims both', delivered(incomplete), ids],
    ['only that of the event when it claims no order', delivered({}), { eventId: ids.eventId }],
    [
      'that of the order inside OrderDetails when there is no other',
      delivered({ OrderDetails: { orderId: order.orderId } }),
      ids,
    ],
    [
      'only that of the order when the event has none',
      delivered(incomplete, { id: 7 }),
      { orderId: ids.orderId },
    ],
    ['none when there is none', { detail: null }, {}],
  ])('its line has the ids: %s', async (_, event, claimed) => {
    const { deliver, lines } = persister();
    await expect(deliver(event)).rejects.toThrow(InvalidEventError);
    expect(lines).toHaveLength(1);
    expect({ orderId: lines[0]?.orderId, eventId: lines[0]?.eventId }).toEqual({
      orderId: undefined,
      eventId: undefined,
      ...claimed,
    });
  });

  test.each([
    ['ids', delivered({ ...incomplete, OrderId: long }, { id: long })],
    ['fields', delivered({ OrderDetails: { category: long, location: long, value: long } })],
    ['unknown fields', delivered({ [long]: long })],
  ])('its line is short whatever is in the event: %s', async (_, event) => {
    const { deliver, lines } = persister();
    await expect(deliver(event)).rejects.toThrow(InvalidEventError);
    expect(JSON.stringify(lines).length).toBeLessThan(2_000);
  });
});
