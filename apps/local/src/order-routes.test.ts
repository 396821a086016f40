import { describe, expect, test } from '@jest/globals';
import { createLocalApi } from '@orders/local-aws';
import { FakeClock, makeEvent, Stories, systemIds, Trace } from '@orders/local-aws/testing';
import { orderRoutes } from './order-routes.ts';
import { orderIdOf } from './order-system.ts';
import { createPartner } from './partner.ts';

function makeApi() {
  const trace = new Trace(new FakeClock(), systemIds);
  const stories = new Stories(trace, orderIdOf);
  const partner = createPartner(new Map(), { ids: systemIds, clock: new FakeClock() });
  const api = createLocalApi(orderRoutes(stories, partner));
  const call = async (
    method: string,
    url: string,
    { apiKey, body = '' }: { apiKey?: string; body?: string } = {},
  ) => {
    const [path = '', rawQueryString = ''] = url.split('?');
    const headers = apiKey === undefined ? {} : { 'x-api-key': apiKey };
    const response = await api({
      method,
      path,
      rawQueryString,
      headers,
      body: Buffer.from(body),
      sourceIp: '127.0.0.1',
    });
    return { status: response?.status, body: JSON.parse(response?.body.toString() ?? 'null') };
  };
  /** A flow with an event about the order o-1, in which something still runs. */
  const placeOrder = () => {
    const flowId = trace.newFlow();
    const event = makeEvent({ detail: { orderId: 'o-1' } });
    return trace.begin(flowId, { kind: 'event', bus: 'Orders', event });
  };
  return { call, partner, placeOrder };
}

describe('the story of an order', () => {
  const settled = { orderId: 'o-1', settled: true, steps: [expect.objectContaining({ kind: 'event' })] };

  test.each(['', '?settleMs=0', '?settleMs=60000'])(
    'is given at once when it is settled: %s',
    async (query) => {
      const { call, placeOrder } = makeApi();
      placeOrder().end();
      expect(await call('GET', `/_local/orders/o-1/trace${query}`)).toEqual({ status: 200, body: settled });
    },
  );

  test('that is in flight is given as it is, or when it has settled', async () => {
    const { call, placeOrder } = makeApi();
    const span = placeOrder();
    expect(await call('GET', '/_local/orders/o-1/trace')).toEqual({
      status: 200,
      body: { ...settled, settled: false },
    });
    const later = call('GET', '/_local/orders/o-1/trace?settleMs=60000');
    span.end();
    expect(await later).toEqual({ status: 200, body: settled });
  });

  test.each(['-1', '1.5', 'x', '', '60001', '1e3', '99999999999999999999'])(
    'is not waited for %j milliseconds',
    async (ms) => {
      const message = `settleMs is ${JSON.stringify(ms)}; allowed are milliseconds from 0 to 60000.`;
      const answer = await makeApi().call('GET', `/_local/orders/o-1/trace?settleMs=${ms}`);
      expect(answer).toEqual({ status: 400, body: { message } });
    },
  );

  test.each(['nobody', '%E0%A4%A'])('that was not seen, %s, is a 404', async (orderId) => {
    const message = `No order ${orderId} was seen since the system started.`;
    const answer = await makeApi().call('GET', `/_local/orders/${orderId}/trace`);
    expect(answer).toEqual({ status: 404, body: { message } });
  });

  test('is on the list of all orders', async () => {
    const { call, placeOrder } = makeApi();
    placeOrder();
    expect(await call('GET', '/_local/orders')).toEqual({ status: 200, body: { orderIds: ['o-1'] } });
  });
});

test('the partner takes an order with its key, and shows it', async () => {
  const { call, partner } = makeApi();
  const order = { apiKey: partner.apiKey, body: '{"id":"1"}' };
  expect(await call('POST', '/_local/partner/orders', order)).toMatchObject({ status: 202 });
  expect(await call('POST', '/_local/partner/orders', { body: '{}' })).toMatchObject({ status: 401 });
  expect(await call('GET', '/_local/partner/orders')).toEqual({
    status: 200,
    body: { received: [{ id: '1' }] },
  });
});

test.each([
  ['orderId', { orderId: 'x' }, 'x'],
  ['OrderId', { OrderId: 'x' }, 'x'],
  ['OrderDetails.orderId', { OrderDetails: { orderId: 'x' } }, 'x'],
  ['OrderId rather than that of its details', { OrderId: 'x', OrderDetails: { orderId: 'y' } }, 'x'],
  ['no id', { id: 'x' }, undefined],
  ["an id that isn't text", { orderId: 7 }, undefined],
])('an event belongs to the order of its %s', (_, detail, orderId) => {
  expect(orderIdOf(makeEvent({ detail }))).toBe(orderId);
});

describe('the partner', () => {
  test('behaves as it is asked to', async () => {
    const { call, partner } = makeApi();
    const order = { apiKey: partner.apiKey, body: '{"id":"1"}' };
    expect(await call('POST', '/_local/partner', { body: '{"status": 503}' })).toEqual({
      status: 200,
      body: { status: 503 },
    });
    expect(await call('POST', '/_local/partner/orders', order)).toMatchObject({ status: 503 });
    await call('POST', '/_local/partner', { body: '{}' });
    expect(await call('POST', '/_local/partner/orders', order)).toMatchObject({ status: 202 });
  });

  test.each(['', '[]', '{"status": 99}', '{"status": "503"}', '{"delayMs": -1}', '{"down": true}'])(
    'is not asked for %s',
    async (body) => {
      expect(await makeApi().call('POST', '/_local/partner', { body })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('allowed is {"status": <200 to 599>') },
      });
    },
  );
});
