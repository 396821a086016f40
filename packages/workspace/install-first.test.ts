import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { turboEnvironment } from './turbo-environment.mjs';

const program = 'packages/workspace/install-first.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  const manifest = {
    packageManager: 'pnpm@12.21.0',
    dependencies: { turbo: '2' },
    devDependencies: { '@biome/cli': '2', '@changes/cli': '3' },
  };
  write('package.json', JSON.stringify(manifest));
  mkdirSync(join(root, program, '..'), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'install-first.mjs'), join(root, program));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content, { mode: 0o755 });
}

/** What an install leaves: the packages of the root. */
const installed = {
  nothing: () => {},
  dependencies: () => write('node_modules/turbo/package.json', '{}'),
  nearlyEverything: () => {
    installed.dependencies();
    write('node_modules/@biome/cli/package.json', '{}');
  },
  everything: () => {
    installed.nearlyEverything();
    write('node_modules/@changes/cli/package.json', '{}');
  },
};

/**
 * Runs the program, with a script in the place of pnpm, whose input ends once something is said.
 *
 * @returns what pnpm was called with, the lines that were said, and the status
 */
const run = (args: string[], pnpm = 'exit 0', env: Record<string, string> = {}) =>
  new Promise<{ pnpm: string; said: string[]; status: number }>((resolve) => {
    write('pnpm', `#!/bin/sh\nprintf '%s' "$*" > '${join(root, 'called')}'\n${pnpm}\n`);
    write('called', '');
    const byPnpm = {
      npm_config_user_agent: 'pnpm/12.21.0 node/v20',
      npm_execpath: join(root, 'pnpm'),
      ...env,
    };
    const child = execFile(
      process.execPath,
      [join(root, program), ...args],
      { env: byPnpm },
      (_error, stdout, stderr) => {
        expect(stdout).toBe('');
        resolve({
          pnpm: readFileSync(join(root, 'called'), 'utf8'),
          said: stderr.split('\n').slice(0, -1),
          status: child.exitCode ?? -1,
        });
      },
    );
    child.stderr?.once('data', () => child.stdin?.end());
  });

const rest = 'Installs the rest: what tests, documents and deploys need.';
/** What an install brings, which runs in the root. */
const brings = (...names: string[]) => names.map((name) => `mkdir -p node_modules/${name}`).join('\n');
const turbo = brings('turbo');
const all = brings('turbo', '@biome/cli', '@changes/cli');

test.each<{ is: keyof typeof installed; wants: string[]; pnpm: string; does?: string; said?: string[] }>([
  { is: 'nothing', wants: ['--prod'], pnpm: 'install --prod', does: turbo },
  { is: 'nothing', wants: [], pnpm: 'install', does: all },
  { is: 'dependencies', wants: ['--prod'], pnpm: 'install --prod --loglevel=warn' },
  { is: 'dependencies', wants: [], pnpm: 'install', does: all, said: [rest] },
  // What is installed is never taken away, also when a manifest has become longer.
  { is: 'everything', wants: ['--prod'], pnpm: 'install --loglevel=warn' },
  { is: 'nearlyEverything', wants: ['--prod'], pnpm: 'install', does: all, said: [rest] },
  { is: 'everything', wants: [], pnpm: 'install --loglevel=warn' },
])(
  'with $is installed, a command with $wants calls pnpm $pnpm',
  async ({ is, wants, pnpm, does, said = [] }) => {
    installed[is]();
    expect(await run(wants, does)).toEqual({ pnpm, said, status: 0 });
  },
);

test('what pnpm says goes to stderr, since the output is that of the command', async () => {
  installed.everything();
  expect((await run([], 'echo Progress')).said).toEqual(['Progress']);
});

test('a later install that has much to do says so', async () => {
  installed.everything();
  expect((await run([], 'read -r _ || true')).said).toEqual(['Installs what has changed …']);
});

test.each([
  ['fails', 'exit 3', 3],
  ['is killed', 'kill $$', 1],
])('the command does not run when its install %s', async (_, pnpm, status) => {
  installed.everything();
  expect(await run([], pnpm)).toMatchObject({
    said: ['What this command needs could not be installed.'],
    status,
  });
});

test('the command does not run without a package that pnpm takes for installed', async () => {
  installed.everything();
  rmSync(join(root, 'node_modules/turbo'), { recursive: true });
  const { said, status } = await run([]);
  expect(said).toEqual([
    'pnpm has installed everything, but node_modules lacks turbo. Delete node_modules, and try again.',
  ]);
  expect(status).toBe(1);
});

test.each([
  ['npm', { npm_config_user_agent: 'npm/11.0.0', npm_lifecycle_event: 'start' }, 'start'],
  ['nobody', { npm_config_user_agent: '' }, '<command>'],
])('run by %s, it names the command of pnpm', async (_, env, command) => {
  expect(await run([], 'exit 0', env)).toEqual({
    pnpm: '',
    said: [`This is a command of pnpm: npx pnpm@12.21.0 ${command}`],
    status: 1,
  });
});

test('a pnpm that can not be started is named', async () => {
  const { said, status } = await run([], '', { npm_execpath: join(root, 'nowhere/pnpm') });
  expect(said.join()).toMatch(/nowhere\/pnpm can't be started to install what this command needs: .*ENOENT/);
  expect(status).toBe(1);
});

test('turbo finds the pnpm that runs, and keeps its use to itself', () => {
  const environment = turboEnvironment({ Path: '/usr/bin', npm_execpath: '/cache/exe/pnpm' });
  expect(environment).toMatchObject({
    Path: `/cache/exe${delimiter}/usr/bin`,
    TURBO_TELEMETRY_DISABLED: '1',
  });
  expect(turboEnvironment({ PATH: '/usr/bin', npm_execpath: '/cache/pnpm.cjs' }).PATH).toBe('/usr/bin');
  expect(turboEnvironment({ PATH: '/usr/bin' }).PATH).toBe('/usr/bin');
});

test('each command of the root installs first, by itself or by what runs before it', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const first = /^node packages\/workspace\/(install-first|turbo)\.mjs\b/;
  const without = Object.keys(scripts).filter(
    (name) => !first.test(scripts[`pre${name}`] ?? scripts[name] ?? ''),
  );
  expect(without).toEqual([]);
});
