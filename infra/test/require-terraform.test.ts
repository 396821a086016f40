import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const infra = resolve(import.meta.dirname, '..');

/** Runs a part of `pnpm verify:stack` without Terraform. */
function verifyWithout(environment: Record<string, string>) {
  const { REQUIRE_TERRAFORM: _, ...others } = process.env;
  const jest = [
    '--import',
    '@orders/jest/register',
    'node_modules/jest/bin/jest.js',
    '--config',
    'verify/jest.config.js',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...jest, 'variables'], {
    cwd: infra,
    encoding: 'utf8',
    env: { ...others, PATH: '/nowhere', ...environment },
  });
  return { status, output: stdout + stderr };
}

test('without Terraform, verify:stack skips its tests and says why', () => {
  const { status, output } = verifyWithout({});
  expect(output).toContain("The stack is not verified with Terraform: terraform can't be run: ");
  expect(output).toMatch(/Tests: +\d+ skipped, \d+ total/);
  expect(status).toBe(0);
});

test('with REQUIRE_TERRAFORM, verify:stack fails without Terraform', () => {
  const { status, output } = verifyWithout({ REQUIRE_TERRAFORM: '1' });
  expect(output).toContain("The stack can't be verified with Terraform: terraform can't be run: ");
  expect(status).not.toBe(0);
});
