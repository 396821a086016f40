import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { smoke } from './run-smoke.ts';
import { useStackCopy } from './stack-copy.ts';

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

describe('of a stack that is changed', () => {
  const { forbid, start } = useStackCopy();

  test("an order whose status doesn't come fails, with the time and the last answer", async () => {
    forbid('orders-dev/tracker/', 'dynamodb:UpdateItem');
    const changed = await start();
    try {
      const { status, output } = await smoke('--url', changed.apiUrl, '--timeout', '1');
      expect(
        output.match(
          /^The order \S{36} for .* was not (dispatched|placed) within \d+ ms: the last answer was 404 /gm,
        ),
      ).toHaveLength(3);
      expect(status).toBe(1);
    } finally {
      await changed.close();
    }
  });
});

test('an API that does not answer fails, with the time and the reason', async () => {
  const closed = await startTestSystem();
  await closed.close();
  const { status, output } = await smoke('--url', closed.apiUrl);
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
