import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from '@jest/globals';

export interface Terraform {
  /** The folder of the stack's providers, for `terraform init -plugin-dir`. */
  pluginDir: string;
  /** Runs `terraform` with these arguments, and returns its output. */
  run(cwd: string, ...args: string[]): { ok: boolean; stdout: string; stderr: string };
}

function run(cwd: string, ...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync('terraform', args, {
    cwd,
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: '1',
      // What Go has by default, since the AWS provider needs more memory than tests give to other programs in Go.
      GOGC: '100',
      GOMEMLIMIT: 'off',
    },
  });
  return { ok: status === 0, stdout: stdout ?? '', stderr: `${stderr ?? ''}${error?.message ?? ''}` };
}

/**
 * The reason why Terraform can't install the stack's providers into the folder; undefined if it can. A fault of the stack is
 * never the reason: Terraform sees only its versions here.
 */
async function install(dir: string): Promise<string | undefined> {
  const version = run(dir, 'version', '-json');
  if (!version.ok) return `terraform can't be run: ${version.stderr}`;

  // Loading the stack takes a second, and without Terraform nothing needs it.
  const { synthStack } = await import('../scripts/synthesize.ts');
  const { required_version, required_providers } = synthStack().terraform;
  writeFileSync(
    join(dir, 'main.tf.json'),
    JSON.stringify({ terraform: { required_version, required_providers } }),
  );
  copyFileSync(join(import.meta.dirname, '../.terraform.lock.hcl'), join(dir, '.terraform.lock.hcl'));
  const init = run(dir, 'init', '-backend=false', '-input=false', '-no-color', '-lockfile=readonly');
  if (init.ok) return undefined;
  const reason = /Error: (.*)/s.exec(init.stderr)?.[1] ?? init.stderr;
  const wanted = `Terraform ${required_version} and the provider ${JSON.stringify(required_providers)}`;
  return `terraform init can't get ${wanted}: ${reason.replaceAll(/[\s│╵]+/g, ' ').trim()}`;
}

/**
 * Describes tests that need Terraform and the stack's providers. Without these, it skips the tests, with the reason in their
 * names and in a warning. With the environment variable REQUIRE_TERRAFORM, they fail instead.
 *
 * @example await withTerraform((terraform) => test('…', () => { terraform.run(…); }))
 */
export async function withTerraform(body: (terraform: Terraform) => void): Promise<void> {
  // The folder stays, so that Terraform downloads the provider only once.
  const dir = resolve(import.meta.dirname, '../node_modules/.cache/terraform');
  mkdirSync(dir, { recursive: true });
  const missing = await install(dir);
  const terraform: Terraform = { run, pluginDir: join(dir, '.terraform/providers') };
  if (!missing) {
    describe('with Terraform', () => body(terraform));
    return;
  }
  if (process.env.REQUIRE_TERRAFORM)
    throw new Error(`The stack can't be verified with Terraform: ${missing}`);
  // Not console.warn: Jest hides the output of a file with only skipped tests.
  process.stderr.write(`The stack is not verified with Terraform: ${missing}\n`);
  describe.skip(`with Terraform (skipped: ${missing})`, () => body(terraform));
}
