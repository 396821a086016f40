import { describe, expect, test } from '@jest/globals';
import {
  detailTypes,
  InvalidEventError,
  type OrderDispatchedEvent,
  type OrderEvent,
  onOrderDispatched,
  onOrderPlaced,
  parse,
  pattern,
} from '../src/index.ts';
import { PublishError, publish } from '../src/publish.ts';
import {
  createRecordingClient,
  fixtures,
  makeOrderDispatched,
  makeOrderPlaced,
  makeOrderProcessed,
} from '../src/testing.ts';

describe('parse', () => {
  test('takes every event of the contract, and its detail-type narrows the detail', () => {
    const events = [makeOrderPlaced(), makeOrderProcessed(), makeOrderDispatched()];
    const values = events.map((event) => {
      const parsed = parse(event);
      // Compiles only because the detail-type narrows the union.
      switch (parsed['detail-type']) {
        case 'Order Processed':
          return parsed.detail.OrderDetails.value;
        case 'Order Placed':
        case 'Order Dispatched':
          return parsed.detail.value;
        default:
          return undefined;
      }
    });
    expect(values).toEqual([300, 300, 300]);
  });

  test('gives an event that a later release adds to the default branch, which the types demand', () => {
    const later = { ...makeOrderPlaced(), 'detail-type': 'No Such Event Yet', detail: { reason: 'lost' } };
    const event = parse(later);
    expect(event).toBe(later);
    switch (event['detail-type']) {
      case 'Order Placed':
      case 'Order Processed':
      case 'Order Dispatched':
        throw new Error('it was taken as a known event');
      default: {
        // @ts-expect-error the known events aren't all
        const none: never = event;
        const detail: unknown = event.detail;
        expect([none, detail]).toEqual([later, { reason: 'lost' }]);
      }
    }
    // @ts-expect-error a switch without a default returns nothing for a later event
    const valueIn = (known: OrderEvent): number => {
      switch (known['detail-type']) {
        case 'Order Processed':
          return known.detail.OrderDetails.value;
        case 'Order Placed':
        case 'Order Dispatched':
          return known.detail.value;
      }
    };
    expect(valueIn(event)).toBeUndefined();
  });

  test.each([
    [
      'another detail-type of another source',
      { ...makeOrderPlaced(), source: 'aws.ec2', 'detail-type': 'No Such Event' },
      '"No Such Event"',
    ],
    [
      'another detail-type without a detail',
      { ...makeOrderPlaced(), 'detail-type': 'No Such Event', detail: null },
      '"No Such Event"',
    ],
    ['a detail-type that every object has', { 'detail-type': 'constructor' }, '"constructor"'],
    ['a detail-type that is not a string', { 'detail-type': { toString: 'x' } }, 'an object'],
    ['no detail-type', {}, 'nothing'],
  ])('refuses %s, and says which there are', (_, event, received) => {
    expect(() => parse(event)).toThrow(
      expect.objectContaining({
        issues: [{ path: '/detail-type', received, allowed: expect.stringContaining('"Order Placed"') }],
      }),
    );
  });

  test.each([
    ['null', null, 'null'],
    ['text', 'Order Placed', '"Order Placed"'],
    ['an array', [makeOrderPlaced()], 'an array of 1'],
  ])('refuses %s as a whole', (_, event, received) => {
    const allowed = 'an event as EventBridge delivers it, an object';
    expect(() => parse(event)).toThrow(
      expect.objectContaining({ issues: [{ path: '', received, allowed }] }),
    );
  });

  test('refuses an event of another source or with a key that would pollute prototypes, and pollutes none', () => {
    expect(() => parse({ ...makeOrderPlaced(), source: 'com.example' })).toThrow(
      /\/source: received "com.example"/,
    );
    const evil: unknown = JSON.parse(
      '{"detail-type":"Order Placed","__proto__":{"polluted":true},"detail":{}}',
    );
    expect(() => parse(evil)).toThrow(InvalidEventError);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a handler', () => {
  test('gets the typed event and the context, and its result is returned', async () => {
    const handler = onOrderDispatched(async ({ detail }, { awsRequestId }: { awsRequestId: string }) => ({
      id: detail.orderId,
      awsRequestId,
    }));
    const event = makeOrderDispatched();
    await expect(handler(event, { awsRequestId: '1' })).resolves.toEqual({
      id: event.detail.orderId,
      awsRequestId: '1',
    });
  });

  test('takes an event alone, if what it does takes no context', async () => {
    await expect(onOrderDispatched(async ({ detail }) => detail.value)(makeOrderDispatched())).resolves.toBe(
      300,
    );
    const withContext = onOrderDispatched(
      async (_, { awsRequestId }: { awsRequestId: string }) => awsRequestId,
    );
    // @ts-expect-error what it does takes a context
    await expect(withContext(makeOrderDispatched())).rejects.toThrow(TypeError);
  });

  test('rejects an event that is not valid, and is not called with it', async () => {
    const seen: OrderDispatchedEvent[] = [];
    const handler = onOrderDispatched(async (event) => void seen.push(event));
    await expect(handler(makeOrderPlaced(), {})).rejects.toThrow(InvalidEventError);
    await expect(handler({ ...makeOrderDispatched(), detail: {} }, {})).rejects.toThrow('/detail/orderId');
    expect(seen).toEqual([]);
  });

  test('rejects when what it does rejects, so that Lambda tries again', async () => {
    const handler = onOrderPlaced(async () => {
      throw new Error('the database is down');
    });
    await expect(handler(makeOrderPlaced(), {})).rejects.toThrow('the database is down');
  });
});

describe('for tests', () => {
  test('a factory makes valid events with ids of their own, and takes overrides', () => {
    const [first, second] = [
      makeOrderPlaced(),
      makeOrderPlaced({ region: 'us-east-1', detail: { value: 1 } }),
    ];
    expect(parse(first)).toBe(first);
    expect(first.id).not.toBe(second.id);
    expect(second).toMatchObject({ region: 'us-east-1', detail: { value: 1, category: 'office-supplies' } });
  });

  test('ids in the detail are of its own too, and all ids are the same for the same seed', () => {
    expect(makeOrderPlaced().detail.orderId).not.toBe(makeOrderPlaced().detail.orderId);
    const [placed, dispatched] = [makeOrderPlaced({ seed: 7 }), makeOrderDispatched({ seed: 7 })];
    expect(makeOrderPlaced({ seed: 7 })).toEqual(placed);
    expect(makeOrderPlaced({ seed: 8 }).id).not.toBe(placed.id);
    // Two events of one order.
    expect(dispatched.detail.orderId).toBe(placed.detail.orderId);
    expect(dispatched.id).not.toBe(placed.id);
    expect(parse(makeOrderProcessed({ seed: 7 }))).not.toHaveProperty('seed');
  });

  test('of 10,000 seeds, no two have the same id', () => {
    const ids = Array.from({ length: 10_000 }, (_, seed) => makeOrderPlaced({ seed }).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the fixtures are those of the contract', () => {
    expect(Object.keys(fixtures).sort()).toEqual(Object.values(detailTypes).sort());
    expect(fixtures['Order Placed'].valid['eu-order']).toMatchObject({ location: 'eu-west' });
    expect(fixtures['Order Placed'].invalid).toHaveProperty('value-negative');
  });

  test('a recording client keeps what was published, in order and with its bus', async () => {
    const client = createRecordingClient();
    const { detail } = makeOrderPlaced();
    await publish(client, 'Orders', [
      { detailType: 'Order Placed', detail },
      { detailType: 'Order Dispatched', detail },
    ]);
    expect(client.published).toEqual([
      { busName: 'Orders', detailType: 'Order Placed', detail },
      { busName: 'Orders', detailType: 'Order Dispatched', detail },
    ]);
  });

  test('a recording client refuses what the test says', async () => {
    const client = createRecordingClient(() => 'LimitExceeded');
    const event = { detailType: 'Order Placed' as const, detail: makeOrderPlaced().detail };
    await expect(publish(client, 'Orders', [event])).rejects.toThrow(PublishError);
    expect(client.published).toEqual([]);
  });
});

test('a pattern with a field or value that the event cannot have does not compile, and an unknown field is refused in plain JavaScript', () => {
  pattern('Order Placed', {
    location: ['eu-west', { prefix: 'us-' }],
    value: [300, { numeric: ['>', 100] }],
  });
  pattern('Order Placed', {
    category: [{ 'anything-but': { wildcard: ['*-supplies', 'toys-*'] } }, { suffix: 'supplies' }],
    value: [{ numeric: ['>', 0, '<=', 100] }, { 'anything-but': [200, 300] }, { exists: true }],
  });
  // @ts-expect-error the field is misspelt
  expect(() => pattern('Order Placed', { locaton: ['eu-west'] })).toThrow(
    'pattern: received the field locaton; allowed are those of Order Placed: orderId, category, location, value',
  );
  // @ts-expect-error a value is a number
  pattern('Order Placed', { value: ['300'] });
  // @ts-expect-error a number has no prefix
  pattern('Order Placed', { value: [{ prefix: '3' }] });
  // @ts-expect-error a string is not a number
  pattern('Order Placed', { category: [{ numeric: ['>', 100] }] });
  // @ts-expect-error a number is never a string
  pattern('Order Placed', { value: [{ 'anything-but': '300' }] });
  // @ts-expect-error unknown operator
  pattern('Order Placed', { value: [{ numeric: ['=>', 100] }] });
  // @ts-expect-error EventBridge takes this for a prefix, but not inside anything-but
  pattern('Order Placed', { category: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }] });
  // @ts-expect-error a range has its lower bound first
  pattern('Order Placed', { value: [{ numeric: ['=', 1, '<', 2] }] });
  // @ts-expect-error no field of the contract is ever null
  pattern('Order Placed', { category: [null] });
  // @ts-expect-error the detail-type is misspelt
  expect(() => pattern('Order Place')).toThrow(
    'pattern: received the event "Order Place"; allowed are "Order',
  );
  // @ts-expect-error the field is inside OrderDetails
  expect(() => pattern('Order Processed', { value: [300] })).toThrow('received the field value');
  // @ts-expect-error a field inside an object is misspelt
  expect(() => pattern('Order Processed', { OrderDetails: { vlaue: [300] } })).toThrow('OrderDetails.vlaue');
  expect(pattern('Order Processed', { OrderDetails: { value: [300] } })).toEqual({
    source: ['com.aws.orders'],
    'detail-type': ['Order Processed'],
    detail: { OrderDetails: { value: [300] } },
  });
});
