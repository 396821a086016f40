/**
 * Publishes @orders/events: `pnpm release:publish`, in a workflow. With `--dry-run` it does everything except the upload. The
 * registry, the name and its scope are in `publishConfig` of packages/events/package.json; the registry's token is in
 * `NPM_TOKEN`. A version that is published already is left as it is.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { preparePackage, readManifest } from './published-package.ts';

const packageDir = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const isDryRun = args.includes('--dry-run');
const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, NPM_TOKEN } = process.env;

const dir = mkdtempSync(join(tmpdir(), 'orders-publish-'));
try {
  const unknown = args.find((arg) => arg !== '--dry-run');
  if (unknown !== undefined) throw new Error(`received ${unknown}; allowed is --dry-run`);
  const { version, publishConfig } = readManifest(packageDir);
  const { name, registry, access, provenance } = publishConfig;
  if (!isDryRun && !NPM_TOKEN) {
    throw new Error(`NPM_TOKEN is not set; it is the token that ${registry} takes for publishing ${name}`);
  }
  if (!isDryRun && isPublished(`${name}@${version}`, registry)) {
    console.log(`${name} ${version} is published already`);
  } else {
    publish(`${name} ${version}`, [
      ...['--registry', registry, '--access', access, '--userconfig', userConfig(registry)],
      ...(provenance ? ['--provenance'] : []),
      ...(isDryRun ? ['--dry-run'] : []),
    ]);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function publish(what: string, options: string[]): void {
  run('npm', ['pack', '--silent', '--pack-destination', dir], packageDir);
  const [tarball = ''] = globSync('*.tgz', { cwd: dir });
  run('tar', ['-xzf', tarball], dir);
  copyFileSync(join(packageDir, '../../LICENSE'), join(dir, 'package/LICENSE'));
  const repository = GITHUB_REPOSITORY && `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`;
  preparePackage(join(dir, 'package'), repository);
  run('npm', ['publish', ...options], join(dir, 'package'));
  console.log(isDryRun ? `${what} can be published; nothing was uploaded` : `published ${what}`);
}

/** npm replaces the variable, so that the token is in no file. */
function userConfig(registry: string): string {
  const file = join(dir, '.npmrc');
  if (!isDryRun) writeFileSync(file, `${registry.replace(/^https?:/, '')}:_authToken=\${NPM_TOKEN}\n`);
  return file;
}

function isPublished(spec: string, registry: string): boolean {
  const args = ['view', spec, 'version', '--registry', registry, '--userconfig', userConfig(registry)];
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim() !== '';
  if (stderr.includes('E404')) return false;
  throw new Error(`npm view ${spec} failed: ${stderr}`);
}

function run(program: string, args: string[], cwd: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  if (error || status !== 0)
    throw new Error(`${program} ${args[0]} failed (${error?.message ?? 'see above'})`);
}
