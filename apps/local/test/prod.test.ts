import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sdkConfig, shortSteps, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { smoke } from './run-smoke.ts';
import { tokenOf as newToken, synthStage } from './stage-stack.ts';

/** The stage prod on this machine: what it has beside dev is a door. */

let stack: ReturnType<typeof synthStage>;
let system: TestSystem;
beforeAll(async () => {
  stack = synthStage('prod');
  system = await startTestSystem({ outDir: stack.dir });
});
afterAll(async () => {
  await system?.close();
  stack?.remove();
});

const tokenOf = (sub: string, issuer = system) => newToken(sub, issuer);

async function place(token?: string, headers: Record<string, string> = {}) {
  const order = { location: 'eu-west', category: 'office-supplies', value: 300 };
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
    const other = await startTestSystem({ outDir: stack.dir });
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

describe('pnpm smoke at the API of prod', () => {
  test('with a token, follows an order for each route to its status', async () => {
    const { status, output } = await smoke('--url', system.apiUrl, '--token', await tokenOf('smoke-test'));
    expect(output).toContain('Every order came to its status.\n');
    expect(status).toBe(0);
  });

  test.each([
    ['without a token', []],
    ['with another token', ['--token', 'x']],
  ])('%s, ends with 1, and says of each order that the API answered 401', async (_, args) => {
    const { status, output } = await smoke('--url', system.apiUrl, ...args);
    expect(output.match(/was not placed: the API answered 401 \{"message":"Unauthorized"\}/g)).toHaveLength(
      3,
    );
    expect(status).toBe(1);
  });
});
