import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sdkConfig, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { ask, document, type Exchange, faultsOf } from './api-document.ts';
import { testBadInput } from './bad-input.ts';
import { useStackCopy } from './stack-copy.ts';

/**
 * The real answers of the API are what docs/openapi.yaml says: their status, their headers, and their bodies. Those of a stage
 * that asks for a token are in stages.test.ts. By them, an order is followed.
 */

const json = { 'content-type': 'application/json' };
/** One that nobody fulfils: what becomes of it isn't looked at. */
const order = { location: 'aq-south', category: 'office-supplies', value: 300 };
const inText = new URLSearchParams({ ...order, value: '300' });
const query = `?${inText}`;
const unknownId = '01890a5d-ac96-774b-bcce-000000000000';

const body = (value: unknown) => ({ headers: json, body: JSON.stringify(value) });
const key = (value: string) => ({ headers: { ...json, 'idempotency-key': value } });

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.close());

const requests: [request: string, what: string, status: number, init?: RequestInit][] = [
  [`GET /${query}`, 'an order', 202],
  [`GET ${query}`, 'an order without a slash', 202],
  [`GET /${query}`, 'an order with a key', 202, key('01890a5d-ac96-474b-bcce-000000000001')],
  ['GET /', 'no order', 400],
  [`GET /${query}&value=7`, 'a repeated field', 400],
  [`GET /${query}`, 'a key that is no UUID', 400, key('order-1')],
  [`GET /${query}`, 'a key of another form', 400, key('a, b')],
  ['POST /orders', 'an order', 202, body(order)],
  ['POST /orders', 'an order with another field', 202, body({ ...order, coupon: 'x' })],
  ['POST /orders', 'an order of another content type', 202, { body: JSON.stringify(order) }],
  ['POST /orders', 'nothing', 400],
  ['POST /orders', 'half a JSON', 400, { headers: json, body: '{"category":' }],
  ['POST /orders', 'a list', 400, body([])],
  ['POST /orders', 'wrong fields', 400, body({ category: 'A B', location: 7, value: -1 })],
  [
    'POST /orders',
    'a number that would be rounded',
    400,
    { headers: json, body: '{"value":1.000000000000000001}' },
  ],
  ['POST /orders', 'a form', 400, { body: inText }],
  ['POST /orders', '300 KB', 413, body({ category: 'x'.repeat(300_000) })],
  ['POST /orders', '11 MB', 413, body({ category: 'x'.repeat(11 * 1024 * 1024) })],
  [`GET /orders/${unknownId}`, 'an id that is not known', 404],
  ['GET /orders/7', 'an id that is none', 404],
  ['GET /nowhere', 'an unknown path', 404],
  ['GET /orders/7/lines', 'a path below an order', 404],
  ['PUT /orders/7', 'another method', 404],
  ['DELETE /orders', 'another method', 405],
  ['GET /orders', 'another method', 405],
  ['POST /', 'another method', 405, body(order)],
  ['HEAD /', 'another method', 405],
  ['OPTIONS /orders', 'another method', 405],
];

test.each(requests)(
  '%s for %s is answered by %d, as the document says',
  async (request, _, status, init = {}) => {
    const exchange = await ask(system, request, init);
    expect(exchange.status).toBe(status);
    expect(faultsOf(exchange)).toEqual([]);
  },
);

test('an order at each of its steps is answered as the document says', async () => {
  const placed = await ask(system, 'POST /orders', body({ ...order, location: 'eu-west' }));
  const { orderId } = JSON.parse(placed.body) as { orderId: string };
  await system.stories.settled(orderId, 30_000);
  const followed = await ask(system, `GET /orders/${orderId}`);
  expect(JSON.parse(followed.body)).toMatchObject({ status: 'dispatched' });
  expect(faultsOf(followed)).toEqual([]);
});

async function statusOf(orderId: string) {
  const response = await fetch(`${system.apiUrl}/orders/${orderId}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('an order is followed', () => {
  test.each([
    ['the EU, until it is dispatched', 'eu-west', 'dispatched', ['placedAt', 'processedAt', 'dispatchedAt']],
    ['the US, which is placed with the partner', 'us-east-1', 'placed', ['placedAt']],
    ['elsewhere, which waits in a queue', 'aq-south', 'placed', ['placedAt']],
  ])('from %s', async (_, location, status, times) => {
    const { orderId } = await system.placeOrder({ location });
    await system.settled();
    expect(await statusOf(orderId)).toEqual({
      status: 200,
      body: {
        orderId,
        status,
        ...Object.fromEntries(times.map((name) => [name, expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/)])),
        category: 'office-supplies',
        location,
        value: 300,
      },
    });
  });

  test('from the Location of the answer to it', async () => {
    const response = await system.sendOrder({ location: 'eu-west', category: 'office-supplies', value: 300 });
    const { orderId } = (await response.json()) as { orderId: string };
    const followed = new URL(String(response.headers.get('location')), response.url);
    expect(followed.href).toBe(`${system.apiUrl}/orders/${orderId}`);
  });

  test('when its events come twice and in another order', async () => {
    const eventBridge = new EventBridgeClient(sdkConfig(system));
    try {
      const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';
      const detail = JSON.stringify({
        orderId,
        category: 'office-supplies',
        location: 'us-east-1',
        value: 300,
      });
      const entry = (DetailType: string, time: string) => ({
        EventBusName: 'Orders',
        Source: 'com.aws.orders',
        DetailType,
        Detail: detail,
        Time: new Date(time),
      });
      const dispatched = entry('Order Dispatched', '2026-01-31T12:00:02Z');
      const placed = entry('Order Placed', '2026-01-31T12:00:00Z');
      await eventBridge.send(
        new PutEventsCommand({ Entries: [dispatched, dispatched, placed, dispatched, placed] }),
      );
      await system.settled();
      expect(await statusOf(orderId)).toMatchObject({
        body: {
          status: 'dispatched',
          placedAt: '2026-01-31T12:00:00.000Z',
          dispatchedAt: '2026-01-31T12:00:02.000Z',
        },
      });
    } finally {
      eventBridge.destroy();
    }
  });
});

test("an order that isn't known is a 404 with problem details", async () => {
  const response = await fetch(`${system.apiUrl}/orders/01890a5d-ac96-774b-bcce-000000000000`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ title: 'Not Found', status: 404 });
});

describe('bad input', () => testBadInput(() => system));

type StackCopy = ReturnType<typeof useStackCopy>;
const lacking: [
  status: number,
  request: string,
  without: string,
  change: (copy: StackCopy) => void,
  denied: string,
][] = [
  [
    503,
    `GET /${query}`,
    'the bus',
    ({ forbid }) => forbid('orders-dev/producer/', 'events:PutEvents'),
    'events:PutEvents',
  ],
  [
    503,
    `GET /orders/${unknownId}`,
    'the table',
    ({ forbid }) => forbid('orders-dev/status/', 'dynamodb:GetItem'),
    'dynamodb:GetItem',
  ],
  [
    500,
    `GET /${query}`,
    'the producer',
    ({ remove }) => remove('aws_lambda_permission', 'orders-dev/api/permission'),
    'lambda:InvokeFunction',
  ],
  [
    500,
    `GET /orders/${unknownId}`,
    'its function',
    ({ remove }) => remove('aws_lambda_permission', 'orders-dev/api/status/permission'),
    'lambda:InvokeFunction',
  ],
];

describe('of a stack that lacks something', () => {
  const copy = useStackCopy();

  test.each(lacking)(
    '%d of %s without %s is as the document says, and is told with what is lacking',
    async (status, request, _, change, denied) => {
      change(copy);
      const changed = await copy.start();
      try {
        const exchange = await ask(changed, request);
        expect(exchange.status).toBe(status);
        expect(faultsOf(exchange)).toEqual([]);
        expect(exchange.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
        expect(changed.stories.subjects()).toEqual([]);
        expect(changed.failures.join()).toContain(`is not authorized to perform: ${denied}`);
      } finally {
        await changed.close();
      }
    },
  );
});

test('each status of the document is that of a request here, except for the throttle', () => {
  const named = Object.values(document.paths).flatMap((item) =>
    Object.values(item).flatMap(({ responses }) => Object.keys(responses)),
  );
  const asked = [...requests.map(([, , status]) => status), ...lacking.map(([status]) => status), 200, 401];
  // The local run doesn't have the throttle of the API.
  expect([...new Set(named)].filter((status) => !asked.includes(Number(status)))).toEqual(['429']);
});

describe('an answer that the document does not have', () => {
  const placed = {
    method: 'POST',
    path: '/orders',
    status: 202,
    headers: new Headers({ ...json, 'cache-control': 'no-store', location: '/dev/orders/7' }),
    body: JSON.stringify({ orderId: unknownId }),
  };
  const without = (name: string) => {
    const headers = new Headers(placed.headers);
    headers.delete(name);
    return headers;
  };
  const withHeader = (name: string, value: string) => {
    const headers = new Headers(placed.headers);
    headers.set(name, value);
    return headers;
  };

  test.each<[string, Partial<Exchange>, string]>([
    ['another status', { status: 201 }, "doesn't name the status 201"],
    ['a status of another operation', { status: 200 }, "doesn't name the status 200"],
    ['no Location', { headers: without('location') }, 'has no Location'],
    ['another header', { headers: withHeader('x-powered-by', 'x') }, "doesn't name its header x-powered-by"],
    [
      'a header of another form',
      { headers: withHeader('cache-control', 'public') },
      'its Cache-Control is public',
    ],
    [
      'another content type',
      { headers: withHeader('content-type', 'text/html') },
      'its content type text/html',
    ],
    ['another field', { body: `{"orderId":"${unknownId}","x":1}` }, 'must NOT have unevaluated properties'],
    ['no field', { body: '{}' }, "must have required property 'orderId'"],
    ['a field of another form', { body: '{"orderId":"7"}' }, 'must match pattern'],
  ])('with %s is found', (_, change, fault) => {
    expect(faultsOf(placed)).toEqual([]);
    expect(faultsOf({ ...placed, ...change })).toEqual([expect.stringContaining(fault)]);
  });
});
