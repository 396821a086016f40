/** Prepares a release: `pnpm release:version` sets version and changelog, and keeps the released schemas. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { checkSchemas } from './check-report.ts';
import { writeSnapshots } from './release-snapshots.ts';
import { readSchemas } from './schemas.ts';

const root = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../../..'));
const repository = resolve(import.meta.dirname, '../../..');

try {
  // First, because a break must not be released, and setting the version uses up the changesets.
  const { breaks, unannounced } = await checkSchemas(root);
  if (breaks.length + unannounced.length > 0) throw new Error([...breaks, ...unannounced].join('\n'));

  const before = await readVersion();
  const changesets = createRequire(join(repository, 'package.json')).resolve('@changesets/cli/package.json');
  const bin = join(changesets, '..', 'bin.js');
  const { status } = spawnSync(process.execPath, [bin, 'version'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('changeset version failed (see above); no schema was released');
  const version = await readVersion();
  console.log(
    version === before ? `@orders/events stays at ${version}` : `@orders/events ${before} -> ${version}`,
  );

  const schemasDir = join(root, 'schemas');
  for (const { event, file, written } of await writeSnapshots(schemasDir, readSchemas(schemasDir), version)) {
    console.log(written ? `${event}: ${file}` : `${event}: unchanged, stays as in ${file}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function readVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'packages/events/package.json'), 'utf8'));
  return manifest.version as string;
}
