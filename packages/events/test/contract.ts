import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A small contract for tests, so that they don't depend on the events of today. */
const schemaOf = (id: string, detailType: string, properties: object) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: id,
  description: `${detailType}.`,
  'x-amazon-events-source': 'com.example.parcels',
  'x-amazon-events-detail-type': detailType,
  'x-published-by': 'depot',
  type: 'object',
  required: ['parcelId', 'weight'],
  properties: {
    parcelId: { type: 'string', pattern: '^[a-z]+$', examples: ['parcel'] },
    weight: { type: 'number', minimum: 0, maximum: 1000, examples: [3] },
    ...properties,
  },
  examples: [{ parcelId: 'parcel', weight: 3 }],
});
export const events = {
  'parcel-packed': schemaOf('parcel-packed', 'Parcel Packed', {
    label: { type: 'string', maxLength: 9, pattern: '^[a-z-]+$' },
  }),
  'parcel-sent': schemaOf('parcel-sent', 'Parcel Sent', {}),
};

// biome-ignore lint/suspicious/noExplicitAny: a schema, as a test edits it
export type Json = any;

/** A folder with a contract that 0.1.0 released, as the root of a repository has it. It isn't a repository of git. */
export function createContract() {
  const contract = contractIn(mkdtempSync(join(tmpdir(), 'orders-contract-')));
  for (const [id, schema] of Object.entries(events)) {
    contract.writeJson(`schemas/${id}.json`, schema);
    contract.writeJson(`schemas/released/${id}/0.1.0.json`, schema);
    contract.writeJson(`schemas/fixtures/${id}/valid/parcel.json`, { parcelId: 'parcel', weight: 3 });
    contract.writeJson(`schemas/fixtures/${id}/invalid/weight-missing.json`, { parcelId: 'parcel' });
  }
  contract.write('packages/events/package.json', '{"version":"0.1.0"}');
  return contract;
}

function contractIn(root: string) {
  const path = (file: string) => join(root, file);
  const read = (file: string) => readFileSync(path(file), 'utf8');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  const writeJson = (file: string, value: unknown) => write(file, `${JSON.stringify(value, null, 2)}\n`);
  const copy = (from: string, to: string) => cpSync(path(from), path(to), { recursive: true });
  const remove = (file: string) => rmSync(path(file), { recursive: true, force: true });
  const edit = (file: string, change: (schema: Json) => void) => {
    const schema = JSON.parse(read(file));
    change(schema);
    writeJson(file, schema);
  };
  const git = (...args: string[]) => {
    // Without maintenance, which is a process of its own after each commit, and without logs, which are copied.
    const settings = [
      'user.name=t',
      'user.email=t@t',
      'maintenance.auto=false',
      'core.logAllRefUpdates=false',
    ];
    const { status, stderr } = spawnSync('git', [...settings.flatMap((each) => ['-c', each]), ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  const commit = () => {
    git('add', '-A');
    git('commit', '-qm', 'a commit', '--allow-empty');
  };
  const announce = (name = '@orders/events') =>
    write('.changeset/two-words.md', `---\n"${name}": minor\n---\n\nA parcel may have another field.\n`);

  return {
    root,
    schemasDir: path('schemas'),
    path,
    read,
    write,
    writeJson,
    copy,
    remove,
    edit,
    git,
    commit,
    announce,
    delete: () => rmSync(root, { recursive: true, force: true }),
  };
}
export type TestContract = ReturnType<typeof createContract>;

let repository: TestContract | undefined;
process.once('exit', () => repository?.delete());

/** The same contract in a repository of git, committed on main. git makes one for the process, and a test gets a copy. */
export function createRepository(): TestContract {
  if (!repository) {
    repository = createContract();
    repository.git('init', '-q', '-b', 'main', '--template=');
    repository.commit();
    // One file of objects, and not a folder for each, for the copies.
    repository.git('repack', '-adq');
  }
  const root = mkdtempSync(join(tmpdir(), 'orders-contract-'));
  cpSync(repository.root, root, { recursive: true });
  return contractIn(root);
}
