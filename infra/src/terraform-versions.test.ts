import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readStack, synth } from '../scripts/synthesize.ts';
import { terraformVersion } from './terraform-versions.ts';

const lock = readFileSync(resolve(import.meta.dirname, '../.terraform.lock.hcl'), 'utf8');

test('a stack is synthesized with the lock file beside it, and with the versions that it locks', () => {
  const { outdir, moduleDir } = synth('pr-42');
  try {
    expect(readFileSync(join(moduleDir, '.terraform.lock.hcl'), 'utf8')).toBe(lock);
    const { required_providers, required_version } = readStack(moduleDir).terraform;
    expect(lock.match(/^provider /gm)).toHaveLength(Object.keys(required_providers).length);
    expect(lock).toContain('provider "registry.terraform.io/hashicorp/aws" {');
    const version = required_providers.aws?.version;
    for (const field of ['version    ', 'constraints'])
      expect(lock).toContain(`\n  ${field} = ${JSON.stringify(version)}\n`);
    expect(terraformVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(required_version).toBe(`~> ${terraformVersion.replace(/\.\d+$/, '')}`);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test('the lock file has the hash of the archive for every platform, and of the manifest', () => {
  expect(new Set(lock.match(/"zh:[0-9a-f]{64}"/g)).size).toBe(15);
});
