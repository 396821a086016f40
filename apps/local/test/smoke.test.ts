import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestSystem, type TestSystem } from './system.ts';

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.close());

const main = resolve(import.meta.dirname, '../../smoke/src/main.ts');

/** Runs `pnpm smoke` with these arguments. */
const smoke = (...args: string[]) =>
  new Promise<{ status: number; output: string }>((done) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', main, ...args],
      (error, stdout, stderr) => done({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

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
