import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import config from './config.ts';

let rootDir: string;
beforeEach(() => {
  rootDir = mkdtempSync(join(tmpdir(), 'orders-jest-'));
});
afterEach(() => rmSync(rootDir, { recursive: true }));

/** Runs test files as the scripts of the packages do. Each has a test with this body, and one that passes. */
function runJest(...bodies: string[]) {
  for (const [index, body] of bodies.entries()) {
    const source = `import { expect, test } from '@jest/globals';\ntest('it', ${body}, 50);\ntest('next', () => {});\n`;
    writeFileSync(join(rootDir, `file-${index}.test.ts`), source);
  }
  const jest = resolve(import.meta.dirname, 'node_modules/jest/bin/jest.js');
  const args = [
    '--import',
    '@orders/jest/register',
    jest,
    '--config',
    JSON.stringify({ ...config, rootDir }),
  ];
  return spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
}

test('a test whose expectation is not met, and one that never ends, fail the run, and say why', () => {
  const { status, stdout, stderr } = runJest(
    "() => expect('found').toBe('wanted')",
    '() => new Promise(() => {})',
  );
  expect(stdout + stderr).toContain('"found"');
  expect(stdout + stderr).toContain('It takes longer than 50 ms');
  expect(stderr).toContain('2 failed, 2 passed, 4 total');
  expect(status).toBe(1);
});

// Each ends the process, so that each needs one.
test.each([
  ['that ends the process with 0', '() => process.exit(0)', 'The process ends while a test runs'],
  [
    'that leaves an error behind',
    "() => new Promise(() => setTimeout(() => { throw new Error('late'); }))",
    'Error: late',
  ],
])('a test %s fails the run, and says why', (_, body, why) => {
  const { status, stdout, stderr } = runJest(body);
  expect(stdout + stderr).toContain(why);
  expect(status).toBe(1);
});

test('a test that does what it says passes', () => {
  const { status, stderr } = runJest('async () => expect(1).toBe(1)');
  expect(stderr).toContain('2 passed, 2 total');
  expect(status).toBe(0);
});
