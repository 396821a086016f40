import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from '@jest/globals';
import type { StackJson } from './synth.ts';

export interface Terraform {
  /** Where the providers that the stack requires are, for `terraform init -plugin-dir`. */
  pluginDir: string;
  /** Runs `terraform` with these arguments, and returns what it printed: its answer, and its complaints. */
  run(cwd: string, ...args: string[]): { ok: boolean; stdout: string; stderr: string };
}

/** A first download of the AWS provider takes its time. */
export const timeoutMs = 300_000;

function run(cwd: string, ...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync('terraform', args, {
    cwd,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: '1',
    },
  });
  return { ok: status === 0, stdout: stdout ?? '', stderr: `${stderr ?? ''}${error?.message ?? ''}` };
}

/**
 * Why the stack's providers can't be installed into the folder, if so. A stack that is wrong can't be the reason:
 * all that Terraform sees of it here is `required_providers`.
 */
function install({ required_providers }: StackJson['terraform'], dir: string): string | undefined {
  const version = run(dir, 'version', '-json');
  if (!version.ok) return `terraform can't be run: ${version.stderr}`;
  const { terraform_version } = JSON.parse(version.stdout) as { terraform_version: string };
  const [major = 0, minor = 0] = terraform_version.split('.').map(Number);
  if (major === 0 || (major === 1 && minor < 7))
    return `Terraform is ${terraform_version}; the first to have mock_provider is 1.7`;

  writeFileSync(join(dir, 'main.tf.json'), JSON.stringify({ terraform: { required_providers } }));
  const init = run(dir, 'init', '-backend=false', '-input=false', '-no-color');
  if (init.ok) return undefined;
  const reason = /Error: (.*)/.exec(init.stderr)?.[1] ?? init.stderr;
  return `terraform init can't get the provider ${JSON.stringify(required_providers)}: ${reason}`;
}

/**
 * Terraform with the stack's providers, and a `test` for what needs them. Where they can't be had, it skips, with
 * the reason in its name and in a warning.
 */
export function terraformFor(stack: StackJson) {
  // It stays, so that the provider is downloaded once, and not by every test run.
  const dir = resolve(import.meta.dirname, '../node_modules/.cache/terraform');
  mkdirSync(dir, { recursive: true });
  const missing = install(stack.terraform, dir);
  if (missing) {
    // Not console.warn: Jest swallows what a file prints whose every test is skipped.
    process.stderr.write(`The tests with Terraform are skipped: ${missing}\n`);
  }

  const terraform: Terraform = { run, pluginDir: join(dir, '.terraform/providers') };
  const terraformTest = (name: string, body: () => void | Promise<void>) =>
    missing ? test.skip(`${name} (skipped: ${missing})`, body) : test(name, body, timeoutMs);
  return { terraform, terraformTest };
}
