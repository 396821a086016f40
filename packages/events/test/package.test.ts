import { execFileSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readContract } from '@orders/contract';
import { build } from 'esbuild';
import { publint } from 'publint';
import { fieldPaths } from '../scripts/field-paths.ts';
import { preparePackage } from '../scripts/published-package.ts';
import { loadAttw } from './attw.ts';
import { compileTypeScript, ofConsumer } from './type-check.ts';

/** How many fields each event has, by its detail-type. */
const fieldCounts = new Map(
  readContract().map(({ detailType, detail }) => [detailType, fieldPaths(detail).length]),
);

/** The package as another team gets it: packed, and unpacked in a folder outside this repository. */

const packageDir = resolve(import.meta.dirname, '..');
const installed = (name: string) => realpathSync(join(packageDir, 'node_modules', name));

let dir: string;
let tarball: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-consumer-'));
  // npm reads what node_modules has before it packs, which takes it four times as long, and packs none of it.
  const source = join(dir, 'source');
  cpSync(packageDir, source, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  // It is built already: the tests run after the scripts that `prepack` runs.
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', dir], source);
  const [packed = ''] = globSync('*.tgz', { cwd: dir });
  tarball = join(dir, packed);
  const target = join(dir, 'node_modules/@orders/events');
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a program. The error of a failure has its output. */
function run(program: string, args: string[], cwd = dir): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

function write(name: string, text: string): string {
  const file = join(dir, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Loads a module of the consumer. Its imports are those of its folder. */
const load = (file: string) => import(pathToFileURL(join(dir, file)).href);
const loadByRequire = (file: string) => createRequire(join(dir, 'index.js'))(`./${file}`);

/** The peer that `publish` needs, as a consumer would have it. */
function withPeers() {
  for (const name of ['@aws-sdk/client-eventbridge', '@types/node']) {
    const link = join(dir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(installed(name), link);
  }
}

const usage = `
const event = makeOrderPlaced({ detail: { value: 19.99 } });
const [parsed] = unwrap({ messageId: '1', body: JSON.stringify(event) }, parse);
if (parsed?.['detail-type'] !== 'Order Placed') throw new Error('not narrowed');
const client = createRecordingClient();
export const outcome = publish(client, 'Orders', [{ detailType: 'Order Placed', detail: parsed.detail }]).then(
  (ids) => ({ value: parsed.detail.value, ids: ids.length, published: client.published.length }),
);
`;
const expectedOutcome = { value: 19.99, ids: 1, published: 1 };

describe('the packed package', () => {
  test('has no dependency that a consumer would have to install', () => {
    const manifest = JSON.parse(
      readFileSync(join(dir, 'node_modules/@orders/events/package.json'), 'utf8'),
    ) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).toMatchObject({
      sideEffects: false,
      peerDependenciesMeta: { '@aws-sdk/client-eventbridge': { optional: true } },
    });
  });

  test('loads by import and by require, without the AWS SDK and without Ajv', async () => {
    write('bare/import.mjs', "export * from '@orders/events';");
    write('bare/require.cjs', "module.exports = require('@orders/events');");
    for (const module of [await load('bare/import.mjs'), loadByRequire('bare/require.cjs')])
      expect(module).toMatchObject({ parse: expect.any(Function), parseOrderPlaced: expect.any(Function) });
  });

  test('has its command line, which needs nothing except the package', () => {
    const event =
      '{"source":"com.aws.orders","detail-type":"Order Placed","detail":{"location":"us-east-1"}}';
    write('event.json', event);
    write('pattern.json', '{"detail":{"location":[{"prefix":"us-"}]}}');
    const { bin } = JSON.parse(
      readFileSync(join(dir, 'node_modules/@orders/events/package.json'), 'utf8'),
    ) as { bin: Record<string, string> };
    const [main = ''] = Object.values(bin);
    const printed = run('node', [
      join('node_modules/@orders/events', main),
      ...['explain', 'pattern.json', 'event.json', '--json'],
    ]);
    expect(JSON.parse(printed)).toMatchObject({ matches: true });
  });

  test('is published under the name of its publishConfig, without what means something only here', async () => {
    const target = join(dir, 'node_modules/@acme/orders');
    cpSync(join(dir, 'node_modules/@orders/events'), target, { recursive: true });
    const file = join(target, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { publishConfig: object };
    const publishConfig = { ...manifest.publishConfig, name: '@acme/orders' };
    writeFileSync(file, JSON.stringify({ ...manifest, publishConfig }));
    preparePackage(target, 'git+https://github.com/acme/orders.git');
    const published = JSON.parse(readFileSync(file, 'utf8')) as object;
    expect(published).toMatchObject({
      name: '@acme/orders',
      repository: 'git+https://github.com/acme/orders.git',
      exports: expect.anything(),
    });
    for (const field of ['scripts', 'devDependencies', 'publishConfig'])
      expect(published).not.toHaveProperty(field);
    expect(readFileSync(join(target, 'README.md'), 'utf8')).not.toContain('@orders/events');
    write('acme.mjs', "export { parse } from '@acme/orders';");
    const { parse } = await load('acme.mjs');
    expect(() => parse({ Records: [] })).toThrow('of @acme/orders/envelopes take');
  });

  test('imports nothing of the command line, whichever entry is imported', async () => {
    const entries = ['', '/envelopes', '/publish', '/testing'];
    const { metafile } = await build({
      stdin: {
        contents: entries.map((entry) => `import '@orders/events${entry}';`).join('\n'),
        resolveDir: dir,
      },
      ...({ bundle: true, write: false, metafile: true, platform: 'node', ignoreAnnotations: true } as const),
      external: ['@aws-sdk/*'],
    });
    const files = Object.keys(metafile.inputs);
    expect(files.filter((file) => /\/index\.js$/.test(file))).toHaveLength(1);
    expect(files.filter((file) => /cli\.js$/.test(file))).toEqual([]);
  });

  describe('in a bundle, minified', () => {
    const bundle = async (contents: string) => {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: dir },
        ...({ bundle: true, minify: true, write: false, format: 'esm', platform: 'node' } as const),
      });
      return outputFiles[0]?.text ?? '';
    };

    // Each field of an event brings its contract, and the code that checks it.
    const perField = 500;
    const placed = perField * (fieldCounts.get('Order Placed') ?? 0);
    const all = perField * [...fieldCounts.values()].reduce((sum, count) => sum + count, 0);

    test.each([
      [
        'a handler',
        7_700 + placed,
        "import { onOrderPlaced } from '@orders/events'; export const h = onOrderPlaced(async () => 1);",
      ],
      ['a parser', 7_700 + placed, "export { parseOrderPlaced } from '@orders/events';"],
      [
        'a parse that throws nothing',
        7_700 + placed,
        "export { safeParseOrderPlaced } from '@orders/events';",
      ],
      ['a guard', 7_700 + placed, "export { isOrderPlaced } from '@orders/events';"],
      [
        'a handler of batches',
        20_000 + all,
        "import { parseOrderPlaced } from '@orders/events'; import { onBatch } from '@orders/events/envelopes'; export const h = onBatch(parseOrderPlaced, async () => 1);",
      ],
      ['parse', 20_000 + all, "export { parse } from '@orders/events';"],
    ])('%s has at most %d bytes', async (_, most, code) => {
      expect((await bundle(code)).length).toBeLessThan(most);
    });

    test('a function has the contract of no event except its own', async () => {
      const code = await bundle("export { onOrderPlaced } from '@orders/events';");
      expect(code).toContain('Order Placed');
      expect(code).not.toContain('Order Dispatched');
    });

    test('what needs no parser has none', async () => {
      expect(await bundle("export { pattern } from '@orders/events';")).not.toContain('office-supplies');
    });
  });

  // Each pull request packs a clone that was never built: `release:publish --dry-run`.
  test('is built when it is packed, by the scripts that built what these tests pack', () => {
    const { scripts } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts.prepack?.split(' && ')).toEqual(['npm run generate', 'npm run build', 'npm run package']);
    expect([scripts.generate, scripts.build, scripts.package]).not.toContain(undefined);
  });

  test('has every entry, its declarations, the command line, the schemas and the changelog', () => {
    const built = readdirSync(join(dir, 'node_modules/@orders/events/dist'));
    expect(built).toEqual(
      expect.arrayContaining([
        'index.js',
        'index.cjs',
        'index.d.ts',
        'envelopes.js',
        'publish.js',
        'testing.js',
        'cli.js',
        'schemas',
      ]),
    );
    expect(readdirSync(join(dir, 'node_modules/@orders/events'))).toContain('CHANGELOG.md');
  });

  test('has the schemas', () => {
    write('schema.cjs', "module.exports = require('@orders/events/schemas/order-placed.json');");
    expect(loadByRequire('schema.cjs').title).toBe('Order Placed');
  });

  test('publishes and parses in plain JavaScript, by import', async () => {
    withPeers();
    write(
      'plain/index.mjs',
      `
import { parse } from '@orders/events';
import { unwrap } from '@orders/events/envelopes';
import { publish } from '@orders/events/publish';
import { createRecordingClient, makeOrderPlaced } from '@orders/events/testing';
${usage}`,
    );
    expect(await (await load('plain/index.mjs')).outcome).toEqual(expectedOutcome);
  });

  test('publishes and parses in TypeScript, as an ES module and as CommonJS, with types checked', async () => {
    withPeers();
    const projects = ['module', 'commonjs'];
    for (const type of projects) {
      write(`${type}/package.json`, JSON.stringify({ type }));
      write(
        `${type}/index.ts`,
        `
import { parse } from '@orders/events';
import { unwrap } from '@orders/events/envelopes';
import { publish } from '@orders/events/publish';
import { createRecordingClient, makeOrderPlaced } from '@orders/events/testing';
${usage}`,
      );
    }
    const files = projects.map((type) => `${type}/index.ts`);
    expect(compileTypeScript(dir, { compilerOptions: { ...ofConsumer, types: ['node'] }, files })).toEqual(
      [],
    );
    for (const module of [await load('module/index.js'), loadByRequire('commonjs/index.js')])
      expect(await module.outcome).toEqual(expectedOutcome);
  });

  test('has types that need none of the AWS SDK, for consumers and their tests', () => {
    // A folder of its own, without the SDK of the other tests.
    const consumer = mkdtempSync(join(tmpdir(), 'orders-consumer-'));
    try {
      cpSync(join(dir, 'node_modules/@orders'), join(consumer, 'node_modules/@orders'), { recursive: true });
      writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module' }));
      writeFileSync(
        join(consumer, 'index.ts'),
        `
import { parse } from '@orders/events';
import { makeOrderPlaced } from '@orders/events/testing';
export const { detail } = parse(makeOrderPlaced());`,
      );
      expect(compileTypeScript(consumer, { compilerOptions: ofConsumer, files: ['index.ts'] })).toEqual([]);
    } finally {
      rmSync(consumer, { recursive: true });
    }
  });

  test('can be packed by pnpm, which asks each workspace package that it depends on for its version', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const ofWorkspace = Object.entries(devDependencies).filter(([, range]) => range.startsWith('workspace:'));
    expect(ofWorkspace.length).toBeGreaterThan(0);
    for (const [name] of ofWorkspace) {
      const manifest = JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8')) as object;
      expect(manifest).toMatchObject({ name, version: expect.any(String) });
    }
  });

  test('has its schemas and types for a TypeScript project whose module resolution ignores exports', () => {
    write(
      'node10/index.ts',
      `
import { parse } from '@orders/events';
import schema = require('@orders/events/schemas/order-placed.json');
export const title: string = schema.title;
export { parse };`,
    );
    // TypeScript 7 has this resolution no more; consumers with an older one may.
    const node10 = { module: 'commonjs', moduleResolution: 'node10', resolveJsonModule: true };
    const project = { compilerOptions: { ...ofConsumer, ...node10 }, files: ['node10/index.ts'] };
    expect(compileTypeScript(dir, project, 'typescript')).toEqual([]);
    expect(loadByRequire('node10/index.js')).toMatchObject({
      title: 'Order Placed',
      parse: expect.any(Function),
    });
  });

  test('has one class of each error, whichever entry throws it, also by require', async () => {
    withPeers();
    write(
      'plain/errors.cjs',
      `
const { InvalidEventError } = require('@orders/events');
const { publish } = require('@orders/events/publish');
const { createRecordingClient } = require('@orders/events/testing');
const published = publish(createRecordingClient(), 'Orders', [{ detailType: 'Order Placed', detail: {} }]);
module.exports = { InvalidEventError, published };`,
    );
    const { InvalidEventError, published } = loadByRequire('plain/errors.cjs');
    await expect(published).rejects.toBeInstanceOf(InvalidEventError);
  });

  test('passes publint, strictly', async () => {
    const { buffer } = new Uint8Array(readFileSync(tarball));
    const { messages } = await publint({ pack: { tarball: buffer }, level: 'suggestion', strict: true });
    expect(messages).toEqual([]);
  });

  test('has types that are right for import, for require and for resolution without exports (attw)', async () => {
    const { checkPackage, createPackageFromTarballData } = await loadAttw();
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (!analysis.types) throw new Error('attw finds no types in the package');
    expect(analysis.problems).toEqual([]);
    const main = Object.entries(analysis.entrypoints['.']?.resolutions ?? {});
    const types = main.map(([kind, { resolution }]) => [kind, basename(resolution?.fileName ?? 'none')]);
    expect(Object.fromEntries(types)).toEqual({
      node10: 'index.d.cts',
      'node16-cjs': 'index.d.cts',
      'node16-esm': 'index.d.ts',
      bundler: 'index.d.ts',
    });
  });
});
