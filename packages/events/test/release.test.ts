import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareVersions, readSnapshots, writeSnapshots } from '../scripts/release-snapshots.ts';
import { readSchemas } from '../scripts/schemas.ts';
import { releaseAsFirst, sealSnapshots } from './released.ts';

const repository = resolve(import.meta.dirname, '../../..');
const packages = [
  'packages/events',
  'packages/function',
  'packages/schema-compatibility',
  'apps/producer',
  'apps/persister',
  'apps/local',
  'infra',
];
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orders-release-'));
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset/config.json']) {
    cpSync(join(repository, file), join(root, file));
  }
  for (const dir of packages) cpSync(join(repository, dir, 'package.json'), join(root, dir, 'package.json'));
  const manifest = read('packages/events/package.json').replace(/"version": "[^"]*"/, '"version": "0.1.0"');
  write('packages/events/package.json', manifest);
  cpSync(join(repository, 'schemas'), join(root, 'schemas'), { recursive: true });
  releaseAsFirst(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(root, file), text);
const addField = () => {
  const schema = JSON.parse(read('schemas/order-placed.json'));
  schema.properties.unknownField = { type: 'string' };
  write('schemas/order-placed.json', `${JSON.stringify(schema, null, 2)}\n`);
};
const announce = () =>
  write(
    '.changeset/two-words.md',
    '---\n"@orders/events": minor\n---\n\nOrder Placed may carry another field.\n',
  );
const snapshotsOf = (event: string) => readdirSync(join(root, 'schemas/released', event)).sort();
const snapshot = async (version: string) =>
  writeSnapshots(join(root, 'schemas'), await readSchemas(join(root, 'schemas')), version);

describe('pnpm release:version', () => {
  const run = () => {
    const script = join(repository, 'packages/events/scripts/release-version.ts');
    return spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  };
  beforeEach(() => {
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: root });
    execFileSync('git', ['add', '.'], { cwd: root });
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'start'], {
      cwd: root,
    });
  });

  test('sets the version, writes the changelog and keeps the schemas that changed', () => {
    addField();
    announce();
    const { status, stderr, stdout } = run();
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('@orders/events 0.1.0 -> 0.2.0');
    expect(JSON.parse(read('packages/events/package.json')).version).toBe('0.2.0');
    expect(read('packages/events/CHANGELOG.md')).toContain('Order Placed may carry another field.');
    expect(existsSync(join(root, '.changeset/two-words.md'))).toBe(false);
    expect(snapshotsOf('order-placed')).toEqual(['0.1.0.json', '0.2.0.json']);
    expect(read('schemas/released/order-placed/0.2.0.json')).toBe(read('schemas/order-placed.json'));
    expect(snapshotsOf('order-dispatched')).toEqual(['0.1.0.json']);
    const sums = read('schemas/released/SHA256SUMS').trimEnd().split('\n');
    expect(sums).toHaveLength(4);
    const sum = createHash('sha256').update(read('schemas/order-placed.json')).digest('hex');
    expect(sums[3]).toBe(`${sum}  order-placed/0.2.0.json`);
    expect(stdout).toContain(
      'order-dispatched: unchanged, stays as in schemas/released/order-dispatched/0.1.0.json',
    );
  });

  test('versions no private package', () => {
    addField();
    announce();
    const before = packages.slice(1).map((dir) => read(`${dir}/package.json`));
    run();
    expect(packages.slice(1).map((dir) => read(`${dir}/package.json`))).toEqual(before);
    expect(packages.slice(1).filter((dir) => existsSync(join(root, dir, 'CHANGELOG.md')))).toEqual([]);
  });

  test('refuses a schema that was changed without a changeset, and changes nothing', () => {
    addField();
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('run `pnpm changeset`');
    expect(snapshotsOf('order-placed')).toEqual(['0.1.0.json']);
  });

  test('refuses a break, and keeps version and changeset', () => {
    announce();
    write('schemas/order-placed.json', read('schemas/order-placed.json').replace('5000000000', '5'));
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('$.value breaks BACKWARD');
    expect(existsSync(join(root, '.changeset/two-words.md'))).toBe(true);
    expect(JSON.parse(read('packages/events/package.json')).version).toBe('0.1.0');
  });

  test('with nothing to release says so, and changes nothing', () => {
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('No unreleased changesets found');
    expect(JSON.parse(read('packages/events/package.json')).version).toBe('0.1.0');
    expect(snapshotsOf('order-placed')).toEqual(['0.1.0.json']);
  });
});

describe('the snapshots', () => {
  test('a second run writes nothing', async () => {
    addField();
    expect((await snapshot('0.2.0')).filter(({ written }) => written)).toHaveLength(1);
    expect((await snapshot('0.2.0')).filter(({ written }) => written)).toEqual([]);
  });

  test.each(['0.1.0', '0.0.9'])(
    'a changed schema is not released as %s again, and nothing is written',
    async (version) => {
      addField();
      rmSync(join(root, 'schemas/released/order-dispatched'), { recursive: true });
      sealSnapshots(root);
      await expect(snapshot(version)).rejects.toThrow('a released schema never changes');
      expect(existsSync(join(root, 'schemas/released/order-dispatched'))).toBe(false);
      const { properties } = JSON.parse(read('schemas/released/order-placed/0.1.0.json')) as {
        properties: object;
      };
      expect(properties).not.toHaveProperty('unknownField');
    },
  );

  test('the first release of an event makes its folder', async () => {
    rmSync(join(root, 'schemas/released'), { recursive: true });
    expect(await snapshot('1.0.0')).toHaveLength(3);
    expect(snapshotsOf('order-placed')).toEqual(['1.0.0.json']);
  });

  test('are read in the order of their versions', async () => {
    for (const version of ['0.10.0', '0.2.0', '0.2.0-next.1']) {
      mkdirSync(join(root, 'schemas/released/order-placed'), { recursive: true });
      write(`schemas/released/order-placed/${version}.json`, '{"type":"object"}');
    }
    sealSnapshots(root);
    const versions = (await readSnapshots(join(root, 'schemas')))
      .get('order-placed')
      ?.map((one) => one.version);
    expect(versions).toEqual(['0.1.0', '0.2.0-next.1', '0.2.0', '0.10.0']);
    expect(compareVersions('1.0.0', '1.0.0')).toBe(0);
  });
});
