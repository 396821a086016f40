import { execFileSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** The package as another team gets it: packed, and unpacked in a folder outside this repository. */

const packageDir = resolve(import.meta.dirname, '..');
const bin = (name: string) => join(packageDir, 'node_modules/.bin', name);
const installed = (name: string) => realpathSync(join(packageDir, 'node_modules', name));

let dir: string;
let tarball: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-consumer-'));
  tarball = join(dir, 'events.tgz');
  // npm packs the files that are there, without scripts and without a network.
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], packageDir),
  ) as {
    filename: string;
  }[];
  tarball = join(dir, packed?.filename ?? '');
  const target = join(dir, 'node_modules/@orders/events');
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], dir);
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

/** The peer that `publish` needs, as a consumer would have it. */
function withPeers() {
  for (const name of ['@aws-sdk/client-eventbridge', '@types/node']) {
    const link = join(dir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(installed(name), link);
  }
}

const tsconfig = {
  compilerOptions: {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    outDir: 'out',
    types: ['node'],
    skipLibCheck: false,
  },
};
const usage = `
const event = makeOrderPlaced({ detail: { value: 19.99 } });
const parsed = parse(event);
if (parsed['detail-type'] !== 'Order Placed') throw new Error('not narrowed');
const client = createRecordingClient();
void publish(client, 'Orders', [{ detailType: 'Order Placed', detail: parsed.detail }]).then((ids) => {
  console.log(JSON.stringify({ value: parsed.detail.value, ids: ids.length, published: client.published.length }));
});
`;
const outcome = { value: 19.99, ids: 1, published: 1 };

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

  test('loads by import and by require, without the AWS SDK and without Ajv', () => {
    const check = "if (m.parse && m.parseOrderPlaced) console.log('ok')";
    expect(
      run('node', ['--input-type=module', '-e', `import * as m from '@orders/events'; ${check}`]).trim(),
    ).toBe('ok');
    expect(run('node', ['-e', `const m = require('@orders/events'); ${check}`]).trim()).toBe('ok');
  });

  test('has the schemas', () => {
    const print = "console.log(require('@orders/events/schemas/order-placed.json').title)";
    expect(run('node', ['-e', print]).trim()).toBe('Order Placed');
  });

  test('publishes and parses in plain JavaScript, by import', () => {
    withPeers();
    const file = write(
      'plain/index.mjs',
      `
import { parse } from '@orders/events';
import { publish } from '@orders/events/publish';
import { createRecordingClient, makeOrderPlaced } from '@orders/events/testing';
${usage}`,
    );
    expect(JSON.parse(run('node', [file]))).toEqual(outcome);
  });

  test.each(['module', 'commonjs'])(
    'publishes and parses in a TypeScript project of type %s, with types checked',
    (type) => {
      withPeers();
      const project = type;
      write(`${project}/package.json`, JSON.stringify({ type }));
      write(`${project}/tsconfig.json`, JSON.stringify(tsconfig));
      write(
        `${project}/index.ts`,
        `
import { parse } from '@orders/events';
import { publish } from '@orders/events/publish';
import { createRecordingClient, makeOrderPlaced } from '@orders/events/testing';
${usage}`,
      );
      run(bin('tsc'), ['-p', project]);
      expect(JSON.parse(run('node', [join(project, 'out/index.js')]))).toEqual(outcome);
    },
  );

  test('has types that need none of the AWS SDK, for consumers and their tests', () => {
    // A folder of its own, without the SDK of the other tests.
    const consumer = mkdtempSync(join(tmpdir(), 'orders-consumer-'));
    try {
      cpSync(join(dir, 'node_modules/@orders'), join(consumer, 'node_modules/@orders'), { recursive: true });
      const compilerOptions = { ...tsconfig.compilerOptions, types: [] };
      writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module' }));
      writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      writeFileSync(
        join(consumer, 'index.ts'),
        `
import { parse } from '@orders/events';
import { makeOrderPlaced } from '@orders/events/testing';
export const { detail } = parse(makeOrderPlaced());`,
      );
      run(bin('tsc'), ['-p', '.'], consumer);
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
    const compilerOptions = { module: 'commonjs', moduleResolution: 'node10', resolveJsonModule: true };
    write(
      'node10/tsconfig.json',
      JSON.stringify({ compilerOptions: { ...tsconfig.compilerOptions, ...compilerOptions } }),
    );
    const file = write(
      'node10/index.ts',
      `
import { parse } from '@orders/events';
import schema = require('@orders/events/schemas/order-placed.json');
console.log(schema.title, typeof parse);`,
    );
    // TypeScript 7 has this resolution no more; consumers with an older one may.
    run('node', [join(packageDir, 'node_modules/typescript/bin/tsc'), '-p', 'node10']);
    expect(run('node', [file.replace('index.ts', 'out/index.js')]).trim()).toBe('Order Placed function');
  });

  test('has one class of each error, whichever entry throws it, also by require', () => {
    withPeers();
    const file = write(
      'plain/errors.cjs',
      `
const { InvalidEventError } = require('@orders/events');
const { publish } = require('@orders/events/publish');
const { createRecordingClient } = require('@orders/events/testing');
publish(createRecordingClient(), 'Orders', [{ detailType: 'Order Placed', detail: {} }]).catch((error) => {
  console.log(error instanceof InvalidEventError);
});`,
    );
    expect(run('node', [file]).trim()).toBe('true');
  });

  test('is built when it is packed, so that a clone that was never built packs no empty one', () => {
    const clone = join(dir, 'clone/packages/events');
    const isMade = (path: string) => /[\\/](dist|generated|node_modules|\.turbo)$/.test(path);
    cpSync(packageDir, clone, { recursive: true, filter: (path) => !isMade(path) });
    cpSync(join(packageDir, '../../schemas'), join(dir, 'clone/schemas'), { recursive: true });
    cpSync(join(packageDir, '../../tsconfig.base.json'), join(dir, 'clone/tsconfig.base.json'));
    symlinkSync(join(packageDir, 'node_modules'), join(clone, 'node_modules'));
    run('npm', ['pack', '--silent', '--pack-destination', clone], clone);
    const [packed = ''] = globSync('*.tgz', { cwd: clone });
    const files = run('tar', ['-tzf', join(clone, packed)]);
    for (const file of [
      'index.js',
      'index.cjs',
      'index.d.ts',
      'publish.js',
      'testing.js',
      'schemas/order-placed.json',
    ]) {
      expect(files).toContain(`package/dist/${file}\n`);
    }
  });

  test('passes publint, strictly', () => {
    expect(run(bin('publint'), ['--strict', tarball])).toContain('All good!');
  });

  test('has types that are right for import, for require and for resolution without exports (attw)', () => {
    const args = [tarball, '--no-emoji', '--no-color'];
    // attw exits with 1 for any problem.
    expect(run(bin('attw'), args)).toContain('OK (ESM)');
  });
});
