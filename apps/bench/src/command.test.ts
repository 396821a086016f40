import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';

const run = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [...nodeOptions, join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
  });

test.each([
  ['main.ts', ['--against', 'soon'], '--against is soon; it must be an address', 'pnpm bench '],
  ['main.ts', ['--nope'], "Unknown option '--nope'", 'pnpm bench '],
  ['functions/main.ts', ['--runs', '0'], '--runs is 0; it must be a whole number', 'pnpm bench:functions'],
])('%s %j is refused with a sentence and the usage', (script, args, sentence, usage) => {
  const { status, stderr } = run(script, ...args);
  expect(stderr).toMatch(new RegExp(`^${sentence}`));
  expect(stderr).toContain(usage);
  expect(status).toBe(2);
});

test('an endpoint that is not there fails in a line, without the usage', () => {
  const { status, stderr } = run('main.ts', '--against', 'http://127.0.0.1:1');
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toContain('pnpm bench');
  expect(status).toBe(1);
});
