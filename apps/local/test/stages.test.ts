import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { smoke } from '@orders/smoke';
import { sdkConfig, shortSteps, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { ask, faultsOf } from './api-document.ts';
import { smoke as runSmoke } from './run-smoke.ts';
import { tokenOf as newToken, synthStages } from './stage-stack.ts';

/** The stages other than dev on this machine. What prod has beside dev is a door. */

/** As long as it may be. */
const branch = 'pr-1234567890123456';
const synthAll = () => synthStages('prod', branch);
let stacks: ReturnType<typeof synthAll>;
let system: TestSystem;
beforeAll(async () => {
  stacks = synthAll();
  system = await startTestSystem({ outDir: stacks.dirs.prod });
});
afterAll(async () => {
  await system?.close();
  stacks?.remove();
});

const order = { location: 'eu-west', category: 'office-supplies', value: 300 };
const tokenOf = (sub: string, issuer = system) => newToken(sub, issuer);

async function place(token?: string, headers: Record<string, string> = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await system.sendOrder(order, { ...authorization, ...headers });
  const body = (await response.json()) as { orderId?: string; message?: string };
  return { status: response.status, challenge: response.headers.get('www-authenticate'), ...body };
}
const refused = (challenge: string) => ({ status: 401, challenge, message: 'Unauthorized' });
const invalid = (why: string) => refused(`Bearer scope="" error="invalid_token" error_description="${why}"`);

describe('an order at the API of prod', () => {
  test('with a token of the issuer is placed, dispatched, and can be followed, with a token as well', async () => {
    expect(system.apiUrl).toBe(`${system.endpoint}/prod`);
    const { status, orderId = '' } = await place(await tokenOf('shop'));
    expect(status).toBe(202);
    await system.settled();
    expect(shortSteps(system.story(orderId)).at(-1)).toBe('event Order Dispatched');
    const headers = { authorization: `Bearer ${await tokenOf('shop')}` };
    const followed = await fetch(`${system.apiUrl}/orders/${orderId}`, { headers });
    await expect(followed.json()).resolves.toMatchObject({ orderId, status: 'dispatched' });
    await expect(fetch(`${system.apiUrl}/orders/${orderId}`)).resolves.toMatchObject({ status: 401 });
    expect(system.failures).toEqual([]);
  });

  test('has its key for each caller, whom the function knows by the claims', async () => {
    const key = { 'idempotency-key': 'order-7' };
    const shop = await place(await tokenOf('shop'), key);
    await expect(place(await tokenOf('shop'), key)).resolves.toEqual(shop);
    const other = await place(await tokenOf('another'), key);
    expect(other.status).toBe(202);
    expect(other.orderId).not.toBe(shop.orderId);
  });

  test('without a token, or with no token, is refused', async () => {
    await expect(place()).resolves.toEqual(refused('Bearer'));
    await expect(place('x')).resolves.toEqual(invalid('the token is malformed'));
  });

  test('with a token of another run is refused, since that had another key', async () => {
    const other = await startTestSystem({ outDir: stacks.dirs.prod });
    const foreign = await tokenOf('shop', other).finally(() => other.close());
    await expect(place(foreign)).resolves.toEqual(invalid('no key of the issuer has signed the token'));
  });

  test('with a token of more than an hour ago is refused', async () => {
    const token = await tokenOf('shop');
    await system.advance(61 / 60);
    await expect(place(token)).resolves.toEqual(invalid('the token has expired'));
    await expect(place(await tokenOf('shop'))).resolves.toMatchObject({ status: 202 });
  });
});

describe('an answer is as docs/openapi.yaml says', () => {
  const unknownId = '01890a5d-ac96-774b-bcce-000000000000';

  test.each(['GET /', 'POST /orders', `GET /orders/${unknownId}`, 'DELETE /orders', 'GET /nowhere'])(
    'without a token, to %s: a 401',
    async (request) => {
      for (const init of [{}, { headers: { authorization: 'Bearer x' } }]) {
        const exchange = await ask(system, request, init);
        expect(exchange.status).toBe(401);
        expect(faultsOf(exchange)).toEqual([]);
      }
    },
  );

  test('with a token, to an order with any key', async () => {
    const authorization = `Bearer ${await tokenOf('shop')}`;
    const headers = { 'content-type': 'application/json', authorization, 'idempotency-key': 'order-1' };
    const exchange = await ask(system, 'POST /orders', { headers, body: JSON.stringify(order) });
    expect(exchange.status).toBe(202);
    expect(faultsOf(exchange)).toEqual([]);
  });
});

test('a time without orders is an alarm in prod, until orders come again', async () => {
  const cloudWatch = new CloudWatchClient(sdkConfig(system));
  const idle = ['orders-idle', 'USOrdertoAPI-idle'];
  const states = async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: idle }));
    return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
  };
  try {
    await system.advance(8);
    expect(await states()).toEqual({ 'orders-idle': 'ALARM', 'USOrdertoAPI-idle': 'ALARM' });
    expect((await place(await tokenOf('shop'))).status).toBe(202);
    await system.settled();
    await system.advance(1);
    // The order was for the EU.
    expect(await states()).toEqual({ 'orders-idle': 'OK', 'USOrdertoAPI-idle': 'ALARM' });
  } finally {
    cloudWatch.destroy();
  }
});

describe('the smoke test at the API of prod', () => {
  const options = () => ({ apiUrl: system.apiUrl, timeoutMs: 60_000, report() {} });

  test('with a token, follows an order for each route to its status', async () => {
    expect(await smoke({ ...options(), token: await tokenOf('smoke-test') })).toEqual([]);
  });

  test.each([
    ['without a token', undefined],
    ['with another token', 'x'],
  ])('%s, says of each order that the API answered 401', async (_, token) => {
    const unauthorized = 'was not placed: the API answered 401 {"message":"Unauthorized"}';
    expect(await smoke({ ...options(), token })).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining(unauthorized)),
    );
  });
});

describe('an environment of a branch', () => {
  let ofBranch: TestSystem;
  beforeAll(async () => {
    ofBranch = await startTestSystem({ outDir: stacks.dirs[branch] });
  });
  afterAll(() => ofBranch?.close());

  test('takes an order to its dispatch', async () => {
    expect(ofBranch.apiUrl).toBe(`${ofBranch.endpoint}/${branch}`);
    const { orderId } = await ofBranch.placeOrder({ location: 'eu-west' });
    await ofBranch.settled();
    expect(shortSteps(ofBranch.story(orderId))).toEqual([
      'request 202',
      `function ${branch}-orders-producer succeeded`,
      'event Order Placed',
      `workflow ${branch}-EUOrderFulfilment succeeded`,
      'event Order Processed',
      `function ${branch}-orders-persister succeeded`,
      `PutItem ${branch}-OrderDetails`,
      'event Order Dispatched',
    ]);
    const response = await fetch(`${ofBranch.apiUrl}/orders/${orderId}`);
    expect(await response.json()).toMatchObject({ orderId, status: 'dispatched' });
    expect(ofBranch.failures).toEqual([]);
  });

  test('takes the orders of `pnpm smoke` to their status, one for each route', async () => {
    const { status, output } = await runSmoke('--url', ofBranch.apiUrl);
    expect(output).toContain('Every order came to its status.\n');
    expect(
      output.match(/^The order for (the EU is dispatched|the US is placed|elsewhere is placed) after/gm),
    ).toHaveLength(3);
    expect(status).toBe(0);
  });

  test('has no orders for the smoke test at another address, which says so of each', async () => {
    const apiUrl = `${ofBranch.endpoint}/nowhere`;
    expect(await smoke({ apiUrl, timeoutMs: 1_000, report() {} })).toEqual(
      Array.from({ length: 3 }, () =>
        expect.stringMatching(/^The order for .* was not placed: the API answered 404 /),
      ),
    );
  });
});
