import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { repository } from '../dev/places.ts';
import { prepareInstall } from './prepare-install.cjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, content: unknown) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
};
const state = 'node_modules/.pnpm-workspace-state-v1.json';

/** What an install leaves in node_modules. */
function install(devDependencies: boolean) {
  write('node_modules/.modules.yaml', { included: { dependencies: true, devDependencies } });
  write(state, { projects: { [root]: {}, [join(root, 'smoke')]: {} } });
  write('package.json', { dependencies: { turbo: '2' } });
  write('smoke/package.json', { devDependencies: { typescript: '7' } });
}

/** Calls pnpm, and says what the install that it does first would install. */
function pnpm(command: string, { verifyDepsBeforeRun = 'install', dev = true } = {}) {
  const env: Record<string, string> = {};
  let said = '';
  const stderr = { write: (text: string) => (said += text) };
  const argv = ['node', 'pnpm.cjs', ...command.split(' ')];
  prepareInstall({ verifyDepsBeforeRun, lockfileDir: root, dev }, { argv, env, stderr });
  return { installs: env.npm_config_production === 'true' ? 'dependencies' : 'everything', said };
}

describe('in a fresh clone', () => {
  test.each(['start', 'demo', 'explain USOrdertoAPI event.json', 'run start', '-s start', 'start --port 0'])(
    'pnpm %s installs dependencies alone',
    (command) => expect(pnpm(command).installs).toBe('dependencies'),
  );

  test.each([
    ...['test', 'dev', 'install', 'run build', 'exec turbo run build', '--filter @orders/functions test'],
    ...['start --watch', 'start --inspect', 'start --inspect=9230'],
  ])('pnpm %s installs everything', (command) => expect(pnpm(command).installs).toBe('everything'));
});

describe('once starting has installed what it needs', () => {
  beforeEach(() => install(false));

  test('another start keeps to that, when it has to install again', () => {
    expect(pnpm('start').installs).toBe('dependencies');
    expect(existsSync(join(root, state))).toBe(true);
  });

  test('a package with devDependencies alone counts as installed, and no other one that lacks its node_modules', () => {
    write('console/package.json', { dependencies: { preact: '11' } });
    write('left/.turbo/log', '');
    const folders = ['smoke', 'console', 'left', 'deleted'].map((name) => join(root, name));
    write(state, { projects: Object.fromEntries(folders.map((folder) => [folder, {}])) });
    pnpm('start');
    const counted = folders.filter((folder) => existsSync(join(folder, 'node_modules')));
    expect(counted).toEqual([join(root, 'smoke')]);
  });

  test.each(['test', 'run check', 'exec jest', 'changeset', 'start --watch'])(
    'pnpm %s installs everything first',
    (command) => {
      expect(pnpm(command).installs).toBe('everything');
      // By this, pnpm knows that it has installed already.
      expect(existsSync(join(root, state))).toBe(false);
    },
  );

  test('the install of the rest says why it comes', () => {
    expect(pnpm('install').said).toBe('Installs the rest: what tests, documents and deploys need.\n');
    expect(pnpm('install --production', { dev: false }).said).toBe('');
  });

  test('a script within a script installs nothing', () => {
    const nested = pnpm('run build', { verifyDepsBeforeRun: 'false' });
    expect(nested).toEqual({ installs: 'everything', said: '' });
    expect(existsSync(join(root, state))).toBe(true);
  });
});

test.each([
  ['everything is installed', () => install(true)],
  [
    'another pnpm has installed, whose notes cannot be read',
    () => {
      install(false);
      writeFileSync(join(root, 'node_modules/.modules.yaml'), 'included:\n  devDependencies: true\n');
    },
  ],
])('when %s, a start leaves all to pnpm', (_, prepare) => {
  prepare();
  expect(pnpm('start').installs).toBe('everything');
  expect(pnpm('test').said).toBe('');
  expect(existsSync(join(root, state))).toBe(true);
});

test('this pnpm writes the notes that are read, where they are read', () => {
  const notes = JSON.parse(readFileSync(join(repository, 'node_modules/.modules.yaml'), 'utf8'));
  expect(notes).toMatchObject({ included: { devDependencies: true } });
  const { projects } = JSON.parse(readFileSync(join(repository, state), 'utf8'));
  expect(projects).toHaveProperty([repository]);
});
