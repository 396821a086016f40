import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkSchemas } from '../scripts/check-report.ts';
import { releaseAsFirst, sealSnapshots } from './released.ts';

const repository = resolve(import.meta.dirname, '../../..');
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orders-check-'));
  cpSync(join(repository, 'schemas'), join(root, 'schemas'), { recursive: true });
  releaseAsFirst(root);
  write('packages/events/package.json', '{"version":"0.1.0"}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Json {
  [key: string]: Json;
}
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
function edit(file: string, change: (schema: Json) => void) {
  const schema = JSON.parse(readFileSync(join(root, file), 'utf8'));
  change(schema);
  write(file, JSON.stringify(schema));
}
const set = (target: unknown, values: object) => Object.assign(target as object, values);
const announce = (name = '@orders/events') =>
  write('.changeset/two-words.md', `---\n"${name}": minor\n---\n\nA change.\n`);

test("today's schemas go with every released version, and every change is announced", async () => {
  const { compared, breaks, unannounced } = await checkSchemas(repository);
  expect({ breaks, unannounced }).toEqual({ breaks: [], unannounced: [] });
  expect(compared).toHaveLength(3);
});

describe('pnpm schemas:check', () => {
  const run = () => {
    const script = join(repository, 'packages/events/scripts/check-schemas.ts');
    return spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  };

  test('prints what it compared, and ends with 0', () => {
    const { status, stdout } = run();
    expect(stdout).toContain('order-placed: FULL with 0.1.0');
    expect(stdout).toContain('compatible');
    expect(status).toBe(0);
  });

  test('a break ends with 1, and is told with event, version, path, mode and an example', () => {
    announce();
    edit('schemas/order-placed.json', ({ properties }) => set(properties?.value, { maximum: 100 }));
    const { status, stderr } = run();
    expect(stderr).toMatch(
      /Order Placed 0\.1\.0: \$\.value breaks BACKWARD \(maximum\): 0\.1\.0 accepts this event and today's schema refuses it: \{.*"value":101\}/,
    );
    expect(status).toBe(1);
  });

  test('a file that is not JSON ends with 1, and is named', () => {
    write('schemas/order-placed.json', '{');
    const { status, stderr } = run();
    expect(stderr).toMatch(/^schemas\/order-placed\.json: not JSON/);
    expect(status).toBe(1);
  });
});

describe('the modes', () => {
  const widen = (mode: string | undefined) => {
    announce();
    edit('schemas/order-placed.json', (schema) => {
      set(schema.properties?.value, { maximum: 6_000_000_000 });
      if (mode) set(schema, { 'x-compatibility': mode });
    });
    return checkSchemas(root);
  };
  const promise = (mode: string) => {
    edit('schemas/released/order-placed/0.1.0.json', (schema) => set(schema, { 'x-compatibility': mode }));
    sealSnapshots(root);
  };

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
      'schemas/order-placed.json: x-compatibility is "NONE"; allowed are BACKWARD, FORWARD, FULL',
    );
  });

  test('every released version counts, not only the latest', async () => {
    announce();
    // 0.2.0 dropped the optional field, so that only 0.1.0 knows what type it had.
    edit('schemas/released/order-placed/0.1.0.json', ({ properties }) =>
      set(properties, { unknownField: { type: 'string' } }),
    );
    cpSync(join(root, 'schemas/order-placed.json'), join(root, 'schemas/released/order-placed/0.2.0.json'));
    sealSnapshots(root);
    edit('schemas/order-placed.json', ({ properties }) =>
      set(properties, { unknownField: { type: 'number' } }),
    );
    const { breaks, compared } = await checkSchemas(root);
    expect(compared).toContain('order-placed: FULL with 0.1.0, FULL with 0.2.0');
    expect(breaks.map((one) => one.slice(0, 34))).toEqual(
      Array(2).fill('Order Placed 0.1.0: $.unknownField'),
    );
  });

  test('what is undecided is a break that names keyword and path', async () => {
    announce();
    edit('schemas/order-placed.json', ({ properties }) =>
      set(properties?.category, { pattern: '^(?!other$)[a-z]+$' }),
    );
    const { breaks } = await checkSchemas(root);
    expect(breaks[0]).toContain('$.category may break BACKWARD');
    expect(breaks[0]).toContain('undecided at "pattern"');
  });
});

describe('a change without a changeset', () => {
  const describeMore = () =>
    edit('schemas/order-placed.json', (schema) => set(schema, { description: 'More.' }));

  test('is told with what to run', async () => {
    describeMore();
    const { unannounced } = await checkSchemas(root);
    expect(unannounced).toEqual([
      'schemas/order-placed.json: it differs from schemas/released/order-placed/0.1.0.json, and no changeset for @orders/events is pending; run `pnpm changeset`',
    ]);
  });

  test('is fine with one', async () => {
    describeMore();
    announce();
    expect((await checkSchemas(root)).unannounced).toEqual([]);
  });

  test.each([
    ['of another package', () => announce('@orders/infra')],
    ['that is empty', () => write('.changeset/none.md', '---\n---\n\nNothing.\n')],
    ['that is the README', () => write('.changeset/README.md', '---\n"@orders/events": minor\n---\n')],
  ])('is not announced by a changeset %s', async (_, prepare) => {
    describeMore();
    prepare();
    expect((await checkSchemas(root)).unannounced).toHaveLength(1);
  });

  test('a file that is no changeset is an error that names it', async () => {
    write('.changeset/two-words.md', '---\n\n## "@orders/events": minor\n\nA change.\n');
    await expect(checkSchemas(root)).rejects.toThrow(
      '.changeset/two-words.md: not a changeset: received "---',
    );
    write('.changeset/two-words.md', 'A change.\n\n---\n"@orders/events": minor\n---\n');
    await expect(checkSchemas(root)).rejects.toThrow('not a changeset: received "A change.');
  });

  test('a new event needs one too', async () => {
    const text = readFileSync(join(root, 'schemas/order-placed.json'), 'utf8');
    write(
      'schemas/order-returned.json',
      text.replaceAll('Order Placed', 'Order Returned').replace('"order-placed"', '"order-returned"'),
    );
    expect((await checkSchemas(root)).unannounced).toEqual([
      expect.stringContaining('schemas/order-returned.json: it is not released yet'),
    ]);
  });
});

describe('what was released never changes', () => {
  const snapshot = 'schemas/released/order-placed/0.1.0.json';
  const everywhere = (from: string, to: string) => {
    for (const file of readdirSync(join(root, 'schemas'), { recursive: true, encoding: 'utf8' })) {
      const path = join(root, 'schemas', file);
      if (statSync(path).isFile()) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to));
    }
  };

  test.each<[name: string, prepare: () => void, message: string]>([
    [
      'an edit of the schema and its snapshots at once',
      () => everywhere('5000000000', '5000000'),
      'schemas/released/order-dispatched/0.1.0.json: its SHA-256 is ',
    ],
    [
      'another line ending in a snapshot',
      () => write(snapshot, readFileSync(join(root, snapshot), 'utf8').replaceAll('\n', '\r\n')),
      `${snapshot}: its SHA-256 is `,
    ],
    [
      'a snapshot that is deleted',
      () => rmSync(join(root, snapshot)),
      `${snapshot}: it is gone; a released schema never changes, so take it back from the history`,
    ],
    [
      'a schema that is deleted with all its snapshots',
      () => {
        rmSync(join(root, 'schemas/order-placed.json'));
        rmSync(join(root, 'schemas/released/order-placed'), { recursive: true });
      },
      `${snapshot}: it is gone`,
    ],
    [
      'a snapshot that is added by hand',
      () => cpSync(join(root, snapshot), join(root, 'schemas/released/order-placed/0.0.1.json')),
      'schemas/released/order-placed/0.0.1.json: schemas/released/SHA256SUMS has no line for it; only `pnpm release:version`',
    ],
    [
      'digests that are deleted',
      () => rmSync(join(root, 'schemas/released/SHA256SUMS')),
      'schemas/released/SHA256SUMS: there is no such file, which holds the digests of the released schemas',
    ],
    [
      'a digest that is none',
      () => write('schemas/released/SHA256SUMS', 'abc order-placed/0.1.0.json\n'),
      'schemas/released/SHA256SUMS: received the line "abc order-placed/0.1.0.json"; allowed is',
    ],
    [
      'a second digest of a snapshot, as it is now',
      () => {
        everywhere('5000000000', '5000000');
        const sums = readFileSync(join(root, 'schemas/released/SHA256SUMS'), 'utf8');
        sealSnapshots(root);
        const now = readFileSync(join(root, 'schemas/released/SHA256SUMS'), 'utf8');
        write('schemas/released/SHA256SUMS', sums + now);
      },
      'one line for each',
    ],
    [
      'all that was released, deleted',
      () => rmSync(join(root, 'schemas/released'), { recursive: true }),
      'schemas/released: it holds no schema, but @orders/events is released as 0.1.0',
    ],
  ])('%s fails, and is named', async (_, prepare, message) => {
    announce();
    prepare();
    await expect(checkSchemas(root)).rejects.toThrow(message);
  });

  test('before the first release there is none, and every event needs a changeset', async () => {
    rmSync(join(root, 'schemas/released'), { recursive: true });
    write('packages/events/package.json', '{"version":"0.0.0"}');
    expect((await checkSchemas(root)).unannounced).toHaveLength(3);
  });

  test('the digests of this repository are those that sha256sum reads', () => {
    const released = join(repository, 'schemas/released');
    const lines = readFileSync(join(released, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    const expected = lines.map((line) => {
      const file = line.slice(66);
      const sum = createHash('sha256')
        .update(readFileSync(join(released, file)))
        .digest('hex');
      return `${sum}  ${file}`;
    });
    expect(lines).toEqual(expected);
  });
});

describe('bad files', () => {
  test.each<[name: string, prepare: () => void, message: string]>([
    [
      'a snapshot that is not JSON',
      () => write('schemas/released/order-placed/0.1.0.json', '{'),
      'schemas/released/order-placed/0.1.0.json: not readable as JSON',
    ],
    [
      'a snapshot that is no object',
      () => write('schemas/released/order-placed/0.1.0.json', '[]'),
      'schemas/released/order-placed/0.1.0.json: not a JSON Schema: received []',
    ],
    [
      'a snapshot that is no schema',
      () => write('schemas/released/order-placed/0.1.0.json', '{"type":"strin"}'),
      'schemas/released/order-placed/0.1.0.json: not a draft-07 JSON Schema',
    ],
    [
      'a snapshot without a version',
      () => write('schemas/released/order-placed/latest.json', '{}'),
      'schemas/released/order-placed/latest.json: its name is no version',
    ],
    [
      'a file among the events',
      () => write('schemas/released/notes.txt', ''),
      'schemas/released/notes.txt: not a folder',
    ],
    [
      'a schema that is no schema',
      () => write('schemas/order-placed.json', '{"type":5}'),
      'schemas/order-placed.json: not a draft-07 JSON Schema',
    ],
    [
      'a released event without a schema',
      () => rmSync(join(root, 'schemas/order-placed.json')),
      'schemas/order-placed.json: there is no such file',
    ],
    [
      'two schemas of one detail-type',
      () =>
        edit('schemas/order-placed.json', (schema) =>
          set(schema, { 'x-amazon-events-detail-type': 'Order Dispatched' }),
        ),
      'schemas/order-placed.json: its x-amazon-events-detail-type is "Order Dispatched", and so is that of schemas/order-dispatched.json',
    ],
  ])('%s is an error that names the file', async (_, prepare, message) => {
    prepare();
    await expect(checkSchemas(root)).rejects.toThrow(message);
  });

  test('another detail-type under the same file name is a break', async () => {
    announce();
    edit('schemas/order-placed.json', (schema) =>
      set(schema, { 'x-amazon-events-detail-type': 'Order Ordered' }),
    );
    expect((await checkSchemas(root)).breaks).toEqual([
      expect.stringContaining('was released as "Order Placed"'),
    ]);
  });
});
