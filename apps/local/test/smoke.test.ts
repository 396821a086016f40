import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { smoke as followOrders } from '@orders/smoke';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { smoke } from './run-smoke.ts';

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.close());

test('an order for each route comes to its status in the local system', async () => {
  const { status, output } = await smoke('--url', system.apiUrl);
  expect(output).toContain('Every order came to its status.\n');
  expect(
    output.match(/^The order for (the EU is dispatched|the US is placed|elsewhere is placed) after/gm),
  ).toHaveLength(3);
  expect(status).toBe(0);
});

test("an API that isn't there, or has no such route, fails, with a sentence for each order", async () => {
  const { status, output } = await smoke('--url', `${system.endpoint}/nowhere`, '--timeout', '1');
  expect(output.match(/^The order for .* was not placed: the API answered 404 /gm)).toHaveLength(3);
  expect(status).toBe(1);
});

/** An API that takes orders, and knows none of them. */
async function startForgetfulApi() {
  const server = createServer((request, response) => {
    response.statusCode = request.method === 'POST' ? 202 : 404;
    response.end(JSON.stringify({ orderId: '01890a5d-ac96-774b-bcce-000000000000' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { apiUrl: `http://127.0.0.1:${port}`, close };
}

test("an order whose status doesn't come fails, with the time and the last answer", async () => {
  const { apiUrl, close } = await startForgetfulApi();
  try {
    expect(await followOrders({ apiUrl, timeoutMs: 1, report() {} })).toEqual(
      ['dispatched', 'placed', 'placed'].map((wanted) =>
        expect.stringMatching(
          `^The order \\S{36} for .* was not ${wanted} within \\d+ ms: the last answer was 404 `,
        ),
      ),
    );
  } finally {
    await close();
  }
});

test('an API that does not answer fails, with the time and the reason', async () => {
  const { apiUrl, close } = await startForgetfulApi();
  await close();
  const { status, output } = await smoke('--url', apiUrl);
  expect(
    output.match(
      /^The order for .* could not be followed: http:\S+ did not answer within \d+ ms\. .*ECONNREFUSED/gm,
    ),
  ).toHaveLength(3);
  expect(status).toBe(1);
});

test.each([
  ['--url is missing', []],
  ['--url is nonsense', ['--url', 'nonsense']],
  ['--timeout is soon', ['--url', 'http://127.0.0.1', '--timeout', 'soon']],
])('says what is wrong: %s', async (message, args) => {
  const { status, output } = await smoke(...args);
  expect(output).toContain(message);
  expect(output).toContain('pnpm smoke --url <api_url>');
  expect(status).toBe(1);
});
