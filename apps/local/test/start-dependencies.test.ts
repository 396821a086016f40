import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { needs } from '../src/build.ts';
import { repository } from '../src/dev/places.ts';
import { type Import, importsOfStart, manifestOf } from './imports-of-start.ts';

/** The first start installs `dependencies` alone: `start`, `demo`, `explain`. */

let imports: Import[];
beforeAll(async () => {
  const { scripts = {} } = manifestOf(repository);
  const starts = Object.keys(scripts).filter((name) => scripts[name]?.includes('install-first.mjs --prod'));
  imports = await importsOfStart(starts as (keyof typeof needs)[]);
});

const dependenciesOf = (folder: string) =>
  Object.keys(manifestOf(join(repository, folder)).dependencies ?? {});

/** Where Node.js finds what a package loads: in the package, or in the root. */
const ownerOf = ({ name, from }: Import) =>
  [from, '.'].find((folder) => dependenciesOf(folder).includes(name));

test('what starting loads is among the dependencies of the package that loads it, or of the root', () => {
  const missing = imports.filter((each) => ownerOf(each) === undefined);
  expect(missing.map(({ name, from, file }) => `${from}: ${name}, which ${file} loads`)).toEqual([]);
});

test('what starting does not load is a devDependency', () => {
  const loaded = new Set(imports.map((each) => `${ownerOf(each)}: ${each.name}`));
  const manifests = globSync('{package.json,{apps,infra}/package.json,{packages,apps}/*/package.json}', {
    cwd: repository,
  });
  const idle = manifests.map(dirname).flatMap((folder) => {
    const names = dependenciesOf(folder).filter((name) => !name.startsWith('@orders/'));
    const peers = names.flatMap((name) =>
      Object.keys(manifestOf(join(repository, folder, 'node_modules', name)).peerDependencies ?? {}),
    );
    return names.filter((name) => !peers.includes(name)).map((name) => `${folder}: ${name}`);
  });
  expect(idle.filter((each) => !loaded.has(each))).toEqual([]);
});
