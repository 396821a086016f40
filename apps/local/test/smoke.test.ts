import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { smoke as followOrders } from '@orders/smoke';
import { readOptions } from '@orders/smoke/read-options';
import { smoke } from './run-smoke.ts';

/** What `pnpm smoke` says of an API that fails. That of an API that works is in stages.test.ts. */

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

test('options that are wrong are refused with a sentence and the usage', async () => {
  const { status, output } = await smoke();
  expect(output).toContain('--url is missing');
  expect(output).toContain('pnpm smoke --url <api_url>');
  expect(status).toBe(1);
});

test.each([
  ['--url is missing', []],
  ['--url is nonsense', ['--url', 'nonsense']],
  ['--timeout is soon', ['--url', 'http://127.0.0.1', '--timeout', 'soon']],
])('says what is wrong: %s', (message, args) => {
  expect(() => readOptions(args)).toThrow(message);
});
