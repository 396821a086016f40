import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { synth } from '../scripts/synthesize.ts';

const root = resolve(import.meta.dirname, '../..');
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { packageManager } = readJson<{ packageManager: string }>('package.json');
const main = join(root, 'infra/main.ts');

/** The digest of every file in a folder, by its path. */
const digests = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [relative(dir, path), createHash('sha256').update(readFileSync(path)).digest('hex')])
    .sort();

test('main.ts synthesizes the stage dev with no environment and no credentials, the same bytes on every run', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'orders-infra-'));
  const here = synth('dev');
  try {
    execFileSync(process.execPath, [...nodeOptions, main], {
      env: { CDKTF_OUTDIR: outdir },
      timeout: 60_000,
    });
    expect(digests(outdir)).toEqual(digests(here.outdir));
  } finally {
    for (const dir of [outdir, here.outdir]) rmSync(dir, { recursive: true });
  }
});

test('main.ts refuses a stage that there is not, in a sentence', () => {
  const { status, stderr } = spawnSync(process.execPath, [...nodeOptions, main], {
    env: { STAGE: 'production' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toMatch(/^STAGE is "production", which isn't a stage/);
  expect(stderr).not.toContain(' at ');
  expect(status).toBe(1);
});

test('turbo hands synth every variable of the environment that main.ts reads', () => {
  const read = [...readFileSync(main, 'utf8').matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name);
  const { tasks } = readJson<{ tasks: { synth: { env: string[] } } }>('turbo.json');
  expect(read).toEqual(tasks.synth.env);
});

test('the package of the functions leaves out every other package in apps/', () => {
  const packages = globSync('*/package.json', { cwd: join(root, 'apps') }).map(dirname);
  const { exclude } = readJson<{ exclude: string[] }>('apps/tsconfig.json');
  expect(exclude).toEqual(expect.arrayContaining(packages));
  const { tasks } = readJson<{ tasks: Record<string, { inputs: string[] }> }>('apps/turbo.json');
  expect(tasks.build?.inputs).toEqual(expect.arrayContaining(packages.map((name) => `!${name}/**`)));
  // Outside of a git repository, turbo follows the links below a glob that begins with **: by node_modules, back to apps/.
  const inputs = Object.values(tasks).flatMap((task) => task.inputs);
  expect(inputs.filter((glob) => /^(\*\*|\$TURBO_DEFAULT\$)/.test(glob))).toEqual([]);
});

test('cdktf synthesizes with the pinned pnpm and fresh bundles, whatever the host has', () => {
  expect(readJson<{ app: string }>('infra/cdktf.json').app).toBe(
    `npx --yes ${packageManager} run --silent app`,
  );
  const { scripts } = readJson<{ scripts: { app: string } }>('infra/package.json');
  expect(scripts.app).toMatch(/turbo\.mjs run build .* && node main\.ts$/);
});

const pinned = ['README.md', 'docs/running-locally.md', 'docs/extending.md', 'docs/testing.md', '.ci/run'];

test.each(pinned)('%s runs the pinned pnpm, and no other', (file) => {
  const named = readFileSync(join(root, file), 'utf8').match(/pnpm@[\w.]+/g) ?? [];
  expect([...new Set(named)]).toEqual([packageManager]);
});
