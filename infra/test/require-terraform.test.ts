import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTerraform } from '../verify/terraform.ts';

const infra = resolve(import.meta.dirname, '..');

/** The environment of a machine without Terraform. */
const without = { PATH: '/nowhere' };

test('without Terraform, verify:stack skips its tests and says why', () => {
  const { REQUIRE_TERRAFORM: _, ...others } = process.env;
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'verify/jest.config.js', 'variables'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', '@orders/jest/register', ...jest],
    {
      cwd: infra,
      encoding: 'utf8',
      env: { ...others, ...without },
    },
  );
  const output = stdout + stderr;
  expect(output).toContain("The stack is not verified with Terraform: terraform can't be run: ");
  expect(output).toMatch(/Tests: +\d+ skipped, \d+ total/);
  expect(status).toBe(0);
});

test('with REQUIRE_TERRAFORM, a file of verify:stack fails without Terraform, and has no tests to skip', async () => {
  const { PATH, REQUIRE_TERRAFORM } = process.env;
  Object.assign(process.env, without, { REQUIRE_TERRAFORM: '1' });
  try {
    // A file of tests that throws when it is loaded fails its run.
    await expect(withTerraform(() => {})).rejects.toThrow(
      "The stack can't be verified with Terraform: terraform can't be run: ",
    );
  } finally {
    Object.assign(process.env, { PATH });
    if (REQUIRE_TERRAFORM === undefined) delete process.env.REQUIRE_TERRAFORM;
    else process.env.REQUIRE_TERRAFORM = REQUIRE_TERRAFORM;
  }
});
