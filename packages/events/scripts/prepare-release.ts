import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { checkSchemas } from './check-report.ts';
import type { Output } from './print-report.ts';
import { writeSnapshots } from './release-snapshots.ts';
import { readSchemas } from './schemas.ts';

const repository = resolve(import.meta.dirname, '../../..');

/**
 * Sets version and changelog by the pending changesets, and keeps the schemas that the version releases.
 *
 * @param root the repository to release
 * @returns the exit code: 0, or 1 where a break, a change without a changeset, or no changeset at all stops the release
 */
export async function prepareRelease(root: string, output: Output): Promise<number> {
  try {
    // First, because a break must not be released, and setting the version uses up the changesets.
    const { breaks, unannounced } = await checkSchemas(root);
    if (breaks.length + unannounced.length > 0) throw new Error([...breaks, ...unannounced].join('\n'));

    const before = await versionIn(root);
    setVersion(root, output);
    const version = await versionIn(root);
    output.log(
      version === before ? `@orders/events stays at ${version}` : `@orders/events ${before} -> ${version}`,
    );

    const schemasDir = join(root, 'schemas');
    for (const { event, file, written } of await writeSnapshots(
      schemasDir,
      readSchemas(schemasDir),
      version,
    )) {
      output.log(written ? `${event}: ${file}` : `${event}: unchanged, stays as in ${file}`);
    }
    return 0;
  } catch (error) {
    output.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

function setVersion(root: string, output: Output): void {
  const changesets = createRequire(join(repository, 'package.json')).resolve('@changesets/cli/package.json');
  const bin = join(changesets, '..', 'bin.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'version'], {
    cwd: root,
    encoding: 'utf8',
  });
  output.log(stdout.trimEnd());
  if (stderr !== '') output.error(stderr.trimEnd());
  if (status !== 0) throw new Error('changeset version failed (see above); no schema was released');
}

async function versionIn(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'packages/events/package.json'), 'utf8'));
  return manifest.version as string;
}
