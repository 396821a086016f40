import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where and how the package is published: `publishConfig` of its package.json, the only place that says so. */
export interface PublishConfig {
  /** The name with the scope of the owner. In the published files it replaces the name in this repository. */
  readonly name: string;
  readonly registry: string;
  readonly access: 'public' | 'restricted';
  /** Whether the registry shows from which commit and workflow the package comes. */
  readonly provenance: boolean;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly publishConfig: PublishConfig;
  readonly [field: string]: unknown;
}

export const readManifest = (dir: string): Manifest =>
  JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest;

/**
 * Makes an unpacked package what is published: with the name of `publishConfig` in every file, and without scripts and
 * development dependencies, which mean nothing outside this repository.
 *
 * @param dir the unpacked package
 * @param repository its address, which provenance is checked against; undefined outside a workflow
 */
export function preparePackage(dir: string, repository: string | undefined): void {
  const { name, publishConfig, scripts: _, devDependencies: __, ...others } = readManifest(dir);
  const manifest = { name, ...others, ...(repository !== undefined && { repository }) };
  writeFileSync(join(dir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    if (text.includes(name)) writeFileSync(file, text.replaceAll(name, publishConfig.name));
  }
}
