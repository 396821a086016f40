import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { prepareRelease } from '../scripts/prepare-release.ts';
import { compareVersions, readSnapshots, writeSnapshots } from '../scripts/release-snapshots.ts';
import { readSchemas } from '../scripts/schemas.ts';
import { createContract, createRepository, type Json, type TestContract } from './contract.ts';
import { outcomeOf } from './outcome.ts';

const repository = resolve(import.meta.dirname, '../../..');
/** The packages of the workspace except @orders/events, by their folders. */
const others = globSync(['{packages,apps}/*/package.json', '{apps,infra}/package.json'], {
  cwd: repository,
})
  .map(dirname)
  .filter((dir) => dir !== 'packages/events');

let contract: TestContract;
afterEach(() => contract.delete());

/** Adds what makes the folder a workspace of pnpm, with a setting of changesets. */
function makeWorkspace() {
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset/config.json']) {
    cpSync(resolve(repository, file), contract.path(file));
  }
  for (const dir of ['packages/events', ...others]) {
    cpSync(resolve(repository, dir, 'package.json'), contract.path(`${dir}/package.json`));
  }
  contract.edit('packages/events/package.json', (manifest) => {
    manifest.version = '0.1.0';
  });
  contract.commit();
}

const addField = () =>
  contract.edit('schemas/parcel-packed.json', ({ properties }: Json) => {
    properties.unknownField = { type: 'string' };
  });
const version = () => JSON.parse(contract.read('packages/events/package.json')).version;
const snapshotsOf = (event: string) => readdirSync(contract.path(`schemas/released/${event}`)).sort();
const snapshot = async (version: string) =>
  writeSnapshots(contract.schemasDir, readSchemas(contract.schemasDir), version);

describe('pnpm release:version', () => {
  beforeEach(() => {
    contract = createRepository();
    makeWorkspace();
  });

  const run = () => outcomeOf((output) => prepareRelease(contract.root, output));
  /** The command as a process of its own, which adds the streams and the exit code of a process. */
  const runAsProcess = () => {
    const script = resolve(repository, 'packages/events/scripts/release-version.ts');
    return spawnSync(process.execPath, [...nodeOptions, script, contract.root], { encoding: 'utf8' });
  };

  test('sets the version, writes the changelog, keeps the schemas that changed, and versions no private package', async () => {
    addField();
    contract.announce();
    const before = others.map((dir) => contract.read(`${dir}/package.json`));
    const { status, stderr, stdout } = await run();
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('@orders/events 0.1.0 -> 0.2.0');
    expect(version()).toBe('0.2.0');
    expect(contract.read('packages/events/CHANGELOG.md')).toContain('A parcel may have another field.');
    expect(existsSync(contract.path('.changeset/two-words.md'))).toBe(false);
    expect(snapshotsOf('parcel-packed')).toEqual(['0.1.0.json', '0.2.0.json']);
    expect(contract.read('schemas/released/parcel-packed/0.2.0.json')).toBe(
      contract.read('schemas/parcel-packed.json'),
    );
    expect(snapshotsOf('parcel-sent')).toEqual(['0.1.0.json']);
    expect(stdout).toContain('parcel-sent: unchanged, stays as in schemas/released/parcel-sent/0.1.0.json');
    expect(others.map((dir) => contract.read(`${dir}/package.json`))).toEqual(before);
    expect(others.filter((dir) => existsSync(contract.path(`${dir}/CHANGELOG.md`)))).toEqual([]);
  });

  test('refuses a schema that was changed without a changeset, and changes nothing', async () => {
    addField();
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toContain('run `pnpm changeset`');
    expect(snapshotsOf('parcel-packed')).toEqual(['0.1.0.json']);
  });

  test('refuses a break, and keeps version and changeset', async () => {
    contract.announce();
    contract.edit('schemas/parcel-packed.json', ({ properties }: Json) => {
      properties.weight.maximum = 5;
    });
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toContain('$.weight breaks BACKWARD');
    expect(existsSync(contract.path('.changeset/two-words.md'))).toBe(true);
    expect(version()).toBe('0.1.0');
  });

  test('says when nothing is to be released, and changes nothing', () => {
    const { status, stdout, stderr } = runAsProcess();
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('No unreleased changesets found');
    expect(version()).toBe('0.1.0');
    expect(snapshotsOf('parcel-packed')).toEqual(['0.1.0.json']);
  });
});

describe('the snapshots', () => {
  beforeEach(() => {
    contract = createContract();
  });

  test('a second run writes nothing', async () => {
    addField();
    expect((await snapshot('0.2.0')).filter(({ written }) => written)).toHaveLength(1);
    expect((await snapshot('0.2.0')).filter(({ written }) => written)).toEqual([]);
  });

  test.each(['0.1.0', '0.0.9'])(
    'a changed schema is not released as %s again, and nothing is written',
    async (version) => {
      addField();
      contract.remove('schemas/released/parcel-sent');
      await expect(snapshot(version)).rejects.toThrow('a released schema never changes');
      expect(existsSync(contract.path('schemas/released/parcel-sent'))).toBe(false);
      const { properties } = JSON.parse(contract.read('schemas/released/parcel-packed/0.1.0.json')) as {
        properties: object;
      };
      expect(properties).not.toHaveProperty('unknownField');
    },
  );

  test('the first release of an event makes its folder', async () => {
    contract.remove('schemas/released');
    expect(await snapshot('1.0.0')).toHaveLength(2);
    expect(snapshotsOf('parcel-packed')).toEqual(['1.0.0.json']);
  });

  test('are read in the order of their versions', async () => {
    for (const version of ['0.10.0', '0.2.0', '0.2.0-next.1']) {
      contract.write(`schemas/released/parcel-packed/${version}.json`, '{"type":"object"}');
    }
    const versions = (await readSnapshots(contract.schemasDir))
      .get('parcel-packed')
      ?.map((one) => one.version);
    expect(versions).toEqual(['0.1.0', '0.2.0-next.1', '0.2.0', '0.10.0']);
    expect(compareVersions('1.0.0', '1.0.0')).toBe(0);
  });
});
