import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { checkSchemas } from '../scripts/check-report.ts';
import { printReport } from '../scripts/print-report.ts';
import { createContract, createRepository, type Json, type TestContract } from './contract.ts';
import { outcomeOf } from './outcome.ts';

const repository = resolve(import.meta.dirname, '../../..');
let contract: TestContract;
afterEach(() => contract?.delete());

const check = () => checkSchemas(contract.root);
/** The same check where the history is as it should be. No process of git is started to find that. */
const compare = () =>
  checkSchemas(contract.root, () => ({ base: '0'.repeat(40), edited: [], isOnMain: () => true }));
const packed = 'schemas/parcel-packed.json';
const released = 'schemas/released/parcel-packed/0.1.0.json';
/** Makes today's files those of main, as if they had been released so. */
const asReleased = () => contract.commit();
const set = (target: unknown, values: object) => Object.assign(target as object, values);

test("today's schemas are compatible with every released version, and every change has a changeset", async () => {
  const { breaks, unannounced } = await checkSchemas(repository);
  expect({ breaks, unannounced }).toEqual({ breaks: [], unannounced: [] });
});

describe('pnpm schemas:check', () => {
  beforeEach(() => {
    contract = createRepository();
  });

  const run = () => outcomeOf((output) => printReport(contract.root, output));
  /** The command as a process of its own, which adds the streams and the exit code of a process. */
  const runAsProcess = () => {
    const script = join(repository, 'packages/events/scripts/check-schemas.ts');
    return spawnSync(process.execPath, [...nodeOptions, script, contract.root], { encoding: 'utf8' });
  };

  test('prints what it compared, and ends with 0', async () => {
    const { status, stdout } = await run();
    expect(stdout).toContain('parcel-packed: FULL with 0.1.0');
    expect(stdout).toContain('compatible');
    expect(status).toBe(0);
  });

  test('a break ends with 1, and names event, version, path, mode and an example', () => {
    contract.announce();
    contract.edit(packed, ({ properties }: Json) => set(properties.weight, { maximum: 100 }));
    const { status, stdout, stderr } = runAsProcess();
    expect(stdout).toContain('parcel-packed: FULL with 0.1.0');
    expect(stderr).toMatch(
      /Parcel Packed 0\.1\.0: \$\.weight breaks BACKWARD \(maximum\): 0\.1\.0 accepts this event and today's schema refuses it: \{.*"weight":101\}/,
    );
    expect(status).toBe(1);
  });

  test('a file that is not JSON ends with 1, and is named', async () => {
    contract.write(packed, '{');
    const { status, stderr } = await run();
    expect(stderr).toMatch(/^schemas\/parcel-packed\.json: not JSON/);
    expect(status).toBe(1);
  });
});

describe('the modes', () => {
  beforeEach(() => {
    contract = createContract();
  });

  const widen = (mode: string | undefined) => {
    contract.announce();
    contract.edit(packed, (schema: Json) => {
      set(schema.properties.weight, { maximum: 2000 });
      if (mode) set(schema, { 'x-compatibility': mode });
    });
    return compare();
  };
  const promise = (mode: string) =>
    contract.edit(released, (schema: Json) => set(schema, { 'x-compatibility': mode }));

  test.each([
    ['BACKWARD', 0],
    ['FORWARD', 1],
    ['FULL', 1],
    [undefined, 1],
  ])('a wider bound in mode %s, promised before as well, makes %d break(s)', async (mode, count) => {
    if (mode) promise(mode);
    expect((await widen(mode)).breaks).toHaveLength(count);
  });

  test.each([
    ['FULL', 'BACKWARD'],
    ['BACKWARD', 'FULL'],
    ['FORWARD', 'BACKWARD'],
  ])('what was promised in mode %s still counts in mode %s, and what is promised now', async (was, is) => {
    promise(was);
    expect((await widen(is)).breaks).toHaveLength(1);
  });

  test('an unknown mode is an error that names the file and what is allowed', async () => {
    await expect(widen('NONE')).rejects.toThrow(
      'schemas/parcel-packed.json: x-compatibility is "NONE"; allowed are BACKWARD, FORWARD, FULL',
    );
  });

  test('every released version counts, not only the latest', async () => {
    contract.announce();
    // 0.2.0 dropped the optional field, so only 0.1.0 knows its type.
    contract.edit(released, ({ properties }: Json) => set(properties, { unknownField: { type: 'string' } }));
    contract.copy(packed, 'schemas/released/parcel-packed/0.2.0.json');
    contract.edit(packed, ({ properties }: Json) => set(properties, { unknownField: { type: 'number' } }));
    const { breaks, compared } = await compare();
    expect(compared).toContain('parcel-packed: FULL with 0.1.0, FULL with 0.2.0');
    expect(breaks.map((one) => one.slice(0, 35))).toEqual(
      Array(2).fill('Parcel Packed 0.1.0: $.unknownField'),
    );
  });

  test('an undecided comparison is a break that names keyword and path', async () => {
    contract.announce();
    contract.edit(packed, ({ properties }: Json) => set(properties.label, { pattern: '^(?!other$)[a-z]+$' }));
    const { breaks } = await compare();
    expect(breaks[0]).toContain('$.label may break BACKWARD');
    expect(breaks[0]).toContain('undecided at "pattern"');
  });
});

describe('a change without a changeset', () => {
  beforeEach(() => {
    contract = createContract();
  });

  const describeMore = () => contract.edit(packed, (schema: Json) => set(schema, { description: 'More.' }));

  test('is reported with the command to run', async () => {
    describeMore();
    const { unannounced } = await compare();
    expect(unannounced).toEqual([
      'schemas/parcel-packed.json: it differs from schemas/released/parcel-packed/0.1.0.json, and no changeset for @orders/events is pending; run `pnpm changeset`',
    ]);
  });

  test('is fine with one', async () => {
    describeMore();
    contract.announce();
    expect((await compare()).unannounced).toEqual([]);
  });

  test.each([
    ['of another package', () => contract.announce('@orders/infra')],
    ['that is empty', () => contract.write('.changeset/none.md', '---\n---\n\nNothing.\n')],
    [
      'that is the README',
      () => contract.write('.changeset/README.md', '---\n"@orders/events": minor\n---\n'),
    ],
  ])('is not announced by a changeset %s', async (_, prepare) => {
    describeMore();
    prepare();
    expect((await compare()).unannounced).toHaveLength(1);
  });

  test('a file that is not a changeset is an error that names it', async () => {
    contract.write('.changeset/two-words.md', '---\n\n## "@orders/events": minor\n\nA change.\n');
    await expect(compare()).rejects.toThrow('.changeset/two-words.md: not a changeset: received "---');
    contract.write('.changeset/two-words.md', 'A change.\n\n---\n"@orders/events": minor\n---\n');
    await expect(compare()).rejects.toThrow('not a changeset: received "A change.');
  });

  test('a new event needs one too', async () => {
    const text = contract.read(packed).replaceAll('Parcel Packed', 'Parcel Lost');
    contract.write('schemas/parcel-lost.json', text.replace('"parcel-packed"', '"parcel-lost"'));
    expect((await compare()).unannounced).toEqual([
      expect.stringContaining("schemas/parcel-lost.json: it isn't released yet"),
    ]);
  });
});

describe('what was released never changes', () => {
  beforeEach(() => {
    contract = createRepository();
  });

  const everywhere = (from: string, to: string) => {
    for (const file of readdirSync(contract.schemasDir, { recursive: true, encoding: 'utf8' })) {
      const path = join(contract.schemasDir, file);
      if (statSync(path).isFile()) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to));
    }
  };
  const faults: [name: string, prepare: () => void, message: string][] = [
    [
      'an edit of the schema and its snapshots at once',
      () => everywhere('1000', '100'),
      `${released}: it differs from what was released; a released schema never changes; restore it by`,
    ],
    ['a snapshot that is deleted', () => contract.remove(released), `${released}: it is gone`],
    [
      'a schema that is deleted with all its snapshots',
      () => {
        contract.remove(packed);
        contract.remove('schemas/released/parcel-packed');
      },
      `${released}: it is gone`,
    ],
    [
      'a snapshot that is renamed',
      () => {
        contract.copy(released, 'schemas/released/parcel-packed/0.0.9.json');
        contract.remove(released);
      },
      `${released}: it is gone`,
    ],
    [
      'a snapshot that is added by hand',
      () => contract.copy(released, 'schemas/released/parcel-packed/0.0.1.json'),
      "schemas/released/parcel-packed/0.0.1.json: it isn't on main, and its version isn't that of @orders/events, 0.1.0",
    ],
    [
      'all that was released, deleted',
      () => contract.remove('schemas/released'),
      'schemas/released: received no schema, but @orders/events is released as 0.1.0',
    ],
  ];

  test.each(faults)('%s fails, and is named', async (_, prepare, message) => {
    contract.announce();
    prepare();
    await expect(check()).rejects.toThrow(message);
  });

  test.each(faults)('%s, and committed on a branch, fails as well', async (_, prepare, message) => {
    contract.git('checkout', '-qb', 'topic');
    contract.announce();
    prepare();
    contract.commit();
    await expect(check()).rejects.toThrow(message);
  });

  test('a release on a branch may add snapshots of its version', async () => {
    contract.git('checkout', '-qb', 'topic');
    contract.edit(packed, ({ properties }: Json) => set(properties, { note: { type: 'string' } }));
    contract.copy(packed, 'schemas/released/parcel-packed/0.2.0.json');
    contract.write('packages/events/package.json', '{"version":"0.2.0"}');
    expect((await check()).compared).toContainEqual(
      expect.stringMatching(/^released schemas: as on main \([0-9a-f]{12}\)$/),
    );
  });

  test('a release that main got since is no edit', async () => {
    contract.git('checkout', '-qb', 'topic');
    contract.git('checkout', '-q', 'main');
    contract.copy(released, 'schemas/released/parcel-packed/0.2.0.json');
    contract.commit();
    contract.git('checkout', '-q', 'topic');
    expect((await check()).compared).toContainEqual(expect.stringMatching(/^released schemas: as on main/));
  });

  test('origin/main counts before main, which may have commits that nobody else has', async () => {
    contract.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    contract.remove(released);
    contract.commit();
    await expect(check()).rejects.toThrow(`${released}: it is gone`);
  });

  test('a file whose name git would quote is compared too', async () => {
    const odd = 'schemas/released/parcel-päckt/0.1.0.json';
    contract.copy(released, odd);
    asReleased();
    contract.remove('schemas/released/parcel-päckt');
    await expect(check()).rejects.toThrow(`${odd}: it is gone`);
  });

  test.each<[string, () => void, string]>([
    [
      'outside of a repository',
      () => contract.remove('.git'),
      'git is missing, or this folder is not a repository',
    ],
    [
      'in a clone without main',
      () => contract.git('branch', '-qm', 'main', 'topic'),
      'HEAD has no commit in common with origin/main or main',
    ],
  ])('%s the report says that it did not compare with the history', async (_, prepare, reason) => {
    prepare();
    expect((await check()).compared).toContainEqual(
      expect.stringContaining(`released schemas: NOT compared with the history, because ${reason}`),
    );
    expect(existsSync(contract.path(released))).toBe(true);
  });

  test('before the first release there is none, and every event needs a changeset', async () => {
    contract.remove('schemas/released');
    contract.write('packages/events/package.json', '{"version":"0.0.0"}');
    asReleased();
    expect((await check()).unannounced).toHaveLength(2);
  });
});

describe('bad files', () => {
  beforeEach(() => {
    contract = createRepository();
  });

  test.each<[name: string, prepare: () => void, message: string]>([
    [
      'a snapshot that is not JSON',
      () => contract.write(released, '{'),
      'schemas/released/parcel-packed/0.1.0.json: not readable as JSON',
    ],
    [
      'a snapshot that is not an object',
      () => contract.write(released, '[]'),
      'schemas/released/parcel-packed/0.1.0.json: not a JSON Schema: received []',
    ],
    [
      'a snapshot that is not a schema',
      () => contract.write(released, '{"type":"strin"}'),
      'schemas/released/parcel-packed/0.1.0.json: not a draft-07 JSON Schema',
    ],
    [
      'a snapshot without a version',
      () => contract.write('schemas/released/parcel-packed/latest.json', '{}'),
      "schemas/released/parcel-packed/latest.json: its name isn't a version",
    ],
    [
      'a file among the events',
      () => contract.write('schemas/released/notes.txt', ''),
      'schemas/released/notes.txt: received a file, allowed are folders',
    ],
    [
      'a schema that is not a schema',
      () => contract.edit(packed, (schema: Json) => set(schema, { type: 5 })),
      'schemas/parcel-packed.json: not a draft-07 JSON Schema',
    ],
    [
      'a released event without a schema',
      () => contract.remove(packed),
      'schemas/parcel-packed.json: the file is missing',
    ],
    [
      'two schemas of one detail-type',
      () =>
        contract.edit(packed, (schema: Json) =>
          set(schema, { 'x-amazon-events-detail-type': 'Parcel Sent' }),
        ),
      'schemas/parcel-sent.json: its x-amazon-events-detail-type is "Parcel Sent", and so is that of schemas/parcel-packed.json',
    ],
  ])('%s is an error that names the file', async (_, prepare, message) => {
    prepare();
    await expect(check()).rejects.toThrow(message);
  });

  test('another detail-type under the same file name is a break', async () => {
    contract.announce();
    contract.edit(packed, (schema: Json) => set(schema, { 'x-amazon-events-detail-type': 'Parcel Wrapped' }));
    expect((await check()).breaks).toEqual([expect.stringContaining('was released as "Parcel Packed"')]);
  });
});
