import { describe, expect, test } from '@jest/globals';
import { InvalidEventError, parseDetail, parseOrderPlaced, parseOrderProcessed } from '../src/index.ts';
import { envelope, fixtures, order, schemas } from './fixtures.ts';

function issuesOf(parse: () => unknown) {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidEventError) return error.issues;
    throw error;
  }
  throw new Error('it was taken as valid');
}

describe.each(schemas)('$detailType', ({ detailType, parse }) => {
  test.each(fixtures(detailType, 'valid'))('parses the valid fixture: %s', (_, detail) => {
    const event = envelope(detailType, detail);
    expect(parse(event)).toBe(event);
    expect(parseDetail(detailType, detail)).toBe(detail);
  });

  test.each(fixtures(detailType, 'invalid'))('refuses the invalid fixture: %s', (_, detail) => {
    const [issue] = issuesOf(() => parse(envelope(detailType, detail)));
    expect(issue?.path).toMatch(/^\/detail/);
    expect(issue?.received).not.toBe('');
    expect(issue?.allowed).not.toBe('what the schema says');
    expect(() => parseDetail(detailType, detail)).toThrow(InvalidEventError);
  });

  test('refuses every other event of the contract, by its detail-type', () => {
    for (const other of schemas.filter((candidate) => candidate.detailType !== detailType)) {
      const [, detail] = fixtures(other.detailType, 'valid')[0] ?? [];
      expect(issuesOf(() => parse(envelope(other.detailType, detail)))).toContainEqual({
        path: '/detail-type',
        received: JSON.stringify(other.detailType),
        allowed: JSON.stringify(detailType),
      });
    }
  });
});

test('lists every issue of an event, each field once, with what was received and what is allowed', () => {
  const event = envelope('Order Placed', { orderId: order.orderId, category: 7, value: -1 });
  expect(issuesOf(() => parseOrderPlaced({ ...event, source: 'com.example' }))).toEqual(
    expect.arrayContaining([
      { path: '/source', received: '"com.example"', allowed: '"com.aws.orders"' },
      {
        path: '/detail/location',
        received: 'nothing',
        allowed: expect.stringMatching(/^a string of at most 32 characters, matching .*, such as "eu-west"$/),
      },
      {
        path: '/detail/category',
        received: '7',
        allowed: expect.stringContaining('such as "office-supplies"'),
      },
      {
        path: '/detail/value',
        received: '-1',
        allowed: 'a number at least 0.000001, at most 5000000000, such as 300',
      },
    ]),
  );
  expect(issuesOf(() => parseOrderPlaced({ ...event, source: 'com.example' }))).toHaveLength(4);
});

test('says all of it in the message, for a log', () => {
  expect(() => parseOrderPlaced(envelope('Order Placed', { ...order, value: 'much' }))).toThrow(
    'This isn\'t a valid "Order Placed" event. /detail/value: received "much", allowed is a number at least',
  );
});

test('says the first fifty in the message, and how many more there are', () => {
  const event = { ...envelope('Order Placed', order), resources: Array(60).fill(7) };
  expect(issuesOf(() => parseOrderPlaced(event))).toHaveLength(60);
  expect(() => parseOrderPlaced(event)).toThrow(/\/resources\/49: received 7[^;]*; and 10 more$/);
});

test.each([
  ['version', '1', '"0"'],
  ['account', '1234', 'a string matching ^[0-9]{12}$'],
  ['time', 'yesterday', 'a string in the format date-time'],
  ['time', '2026-02-30T00:00:00Z', 'a string in the format date-time'],
])('refuses an envelope whose %s is "%s", and says what is allowed', (name, received, allowed) => {
  expect(issuesOf(() => parseOrderPlaced({ ...envelope('Order Placed', order), [name]: received }))).toEqual([
    { path: `/${name}`, received: `"${received}"`, allowed },
  ]);
});

test('reports a missing detail-type and a missing detail once each', () => {
  const { 'detail-type': _, detail, ...rest } = envelope('Order Placed', order);
  expect(detail).toBe(order);
  expect(issuesOf(() => parseOrderPlaced(rest))).toEqual([
    { path: '/detail-type', received: 'nothing', allowed: '"Order Placed"' },
    { path: '/detail', received: 'nothing', allowed: 'an object with orderId, category, location, value' },
  ]);
});

test('refuses a detail of an event that is not of the contract', () => {
  expect(issuesOf(() => parseDetail('No Such Event' as 'Order Placed', order))).toMatchObject([
    { path: '/detail-type', received: '"No Such Event"' },
  ]);
});

test('names the path of a field inside OrderDetails', () => {
  const event = envelope('Order Processed', { OrderDetails: { ...order, value: 0 } });
  expect(issuesOf(() => parseOrderProcessed(event)).map(({ path }) => path)).toEqual([
    '/detail/OrderDetails/value',
  ]);
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a string', 'Order Placed'],
  ['an array', []],
  ['a detail that is a string of JSON', envelope('Order Placed', JSON.stringify(order))],
  ['an envelope with no id', { ...envelope('Order Placed', order), id: undefined }],
  ['resources that are not strings', { ...envelope('Order Placed', order), resources: [1] }],
  ['NaN as a value', envelope('Order Placed', { ...order, value: Number.NaN })],
  ['Infinity as a value', envelope('Order Placed', { ...order, value: Number.POSITIVE_INFINITY })],
])('refuses %s', (_, event) => {
  expect(() => parseOrderPlaced(event)).toThrow(InvalidEventError);
});

test('quotes a megabyte of a field as a few characters and its length', () => {
  const [issue] = issuesOf(() => parseDetail('Order Placed', { ...order, category: 'x'.repeat(1e6) }));
  expect(issue?.received).toBe(`"${'x'.repeat(60)}"… (1000000 characters)`);
});

test('survives a value nested 100,000 deep', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(issuesOf(() => parseDetail('Order Placed', { ...order, value: deep }))).toHaveLength(1);
});
