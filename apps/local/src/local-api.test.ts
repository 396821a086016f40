import { describe, expect, test } from '@jest/globals';
import { createLocalApi } from './local-api.ts';
import { createPartner } from './services/partner.ts';
import { Trace } from './trace.ts';

function makeApi() {
  const trace = new Trace();
  const partner = createPartner();
  const api = createLocalApi(trace, partner);
  const call = (
    method: string,
    url: string,
    { apiKey, body = '' }: { apiKey?: string; body?: string } = {},
  ) => {
    const [path = '', query] = url.split('?');
    return api({ method, path, query: new URLSearchParams(query), apiKey, body: Buffer.from(body) });
  };
  return { trace, partner, call };
}

test('it is healthy as soon as it answers', async () => {
  await expect(makeApi().call('GET', '/_local/health')).resolves.toEqual({
    status: 200,
    body: { status: 'ok' },
  });
});

describe('the story of an order', () => {
  const withOrder = () => {
    const made = makeApi();
    const flow = made.trace.newFlow();
    made.trace.link(flow, 'o-1');
    return { ...made, flow };
  };
  const settled = { orderId: 'o-1', settled: true, steps: [] };

  test.each(['', '?settleMs=0', '?settleMs=60000'])(
    'is given at once when it is settled: %s',
    async (query) => {
      const answer = withOrder().call('GET', `/_local/orders/o-1/trace${query}`);
      await expect(answer).resolves.toEqual({ status: 200, body: settled });
    },
  );

  test('that is in flight is given as it stands, or when it settled', async () => {
    const { call, trace, flow } = withOrder();
    const work = Promise.withResolvers<void>();
    const during = trace.during(flow, () => work.promise);
    const asItStands = { status: 200, body: { ...settled, settled: false } };
    await expect(call('GET', '/_local/orders/o-1/trace')).resolves.toEqual(asItStands);
    const later = call('GET', '/_local/orders/o-1/trace?settleMs=60000');
    work.resolve();
    await during;
    await expect(later).resolves.toEqual({ status: 200, body: settled });
  });

  test.each(['-1', '1.5', 'x', '', '60001', '1e3', '99999999999999999999'])(
    'is not waited for %j milliseconds',
    async (ms) => {
      const message = `settleMs is ${JSON.stringify(ms)}; allowed are milliseconds from 0 to 60000.`;
      const answer = withOrder().call('GET', `/_local/orders/o-1/trace?settleMs=${ms}`);
      await expect(answer).resolves.toEqual({ status: 400, body: { message } });
    },
  );

  test.each(['nobody', '%E0%A4%A'])('that was not seen, %s, is a 404', async (orderId) => {
    const message = `No order ${orderId} was seen since the system started.`;
    const answer = makeApi().call('GET', `/_local/orders/${orderId}/trace`);
    await expect(answer).resolves.toEqual({ status: 404, body: { message } });
  });

  test('is on the list of all orders', async () => {
    const answer = withOrder().call('GET', '/_local/orders');
    await expect(answer).resolves.toEqual({ status: 200, body: { orderIds: ['o-1'] } });
  });
});

test('the partner takes an order with its key, and shows it', async () => {
  const { call, partner } = makeApi();
  const order = { apiKey: partner.apiKey, body: '{"id":"1"}' };
  await expect(call('POST', '/_local/partner/orders', order)).resolves.toMatchObject({ status: 202 });
  await expect(call('POST', '/_local/partner/orders', { body: '{}' })).resolves.toMatchObject({
    status: 401,
  });
  await expect(call('GET', '/_local/partner/orders')).resolves.toEqual({
    status: 200,
    body: { received: [{ id: '1' }] },
  });
});

test.each([
  ['GET', '/_local'],
  ['POST', '/_local/health'],
  ['GET', '/_local/orders/a/b/trace'],
  ['POST', '/_local/orders/o-1/trace'],
])('there is nothing at %s %s, and what there is instead is said', async (method, path) => {
  await expect(makeApi().call(method, path)).resolves.toEqual({
    status: 404,
    body: {
      message: `There is nothing at ${method} ${path}.`,
      known: expect.arrayContaining(['GET /_local/orders/<orderId>/trace?settleMs=5000']),
    },
  });
});
