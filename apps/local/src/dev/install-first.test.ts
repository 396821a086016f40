import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repository } from './places.ts';

const program = 'apps/local/src/dev/install-first.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  write(
    'package.json',
    JSON.stringify({ dependencies: { turbo: '2' }, devDependencies: { '@biome/cli': '2' } }),
  );
  mkdirSync(join(root, program, '..'), { recursive: true });
  copyFileSync(join(repository, program), join(root, program));
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
  everything: () => {
    installed.dependencies();
    write('node_modules/@biome/cli/package.json', '{}');
  },
};

/** Runs the program, with a script in the place of pnpm, whose input ends once something is said. */
const run = (args: string[], pnpm = 'exit 0') =>
  new Promise<{ pnpm: string; said: string; status: number }>((resolve) => {
    write('pnpm', `#!/bin/sh\nprintf '%s' "$*" > '${join(root, 'called')}'\n${pnpm}\n`);
    const env = { npm_execpath: join(root, 'pnpm') };
    const child = execFile(
      process.execPath,
      [join(root, program), ...args],
      { env },
      (_error, stdout, stderr) =>
        resolve({
          pnpm: readFileSync(join(root, 'called'), 'utf8'),
          said: `${stdout}${stderr}`,
          status: child.exitCode ?? -1,
        }),
    );
    child.stderr?.once('data', () => child.stdin?.end());
  });

const rest = 'Installs the rest: what tests, documents and deploys need.\n';

test.each<{ is: keyof typeof installed; wants: string[]; pnpm: string; said?: string }>([
  { is: 'nothing', wants: ['--prod'], pnpm: 'install --prod' },
  { is: 'nothing', wants: [], pnpm: 'install' },
  { is: 'dependencies', wants: ['--prod'], pnpm: 'install --prod --loglevel=warn' },
  { is: 'dependencies', wants: [], pnpm: 'install', said: rest },
  // What is installed is never taken away.
  { is: 'everything', wants: ['--prod'], pnpm: 'install --loglevel=warn' },
  { is: 'everything', wants: [], pnpm: 'install --loglevel=warn' },
])('with $is installed, a command with $wants calls pnpm $pnpm', async ({ is, wants, pnpm, said = '' }) => {
  installed[is]();
  expect(await run(wants)).toEqual({ pnpm, said, status: 0 });
});

test('a later install that has much to do says so', async () => {
  installed.everything();
  const { said } = await run([], 'read -r _');
  expect(said).toBe('Installs what has changed …\n');
});

test('the command is not run when its install fails, or is killed', async () => {
  expect((await run([], 'exit 3')).status).toBe(3);
  expect((await run([], 'kill $$')).status).toBe(1);
});

test('without pnpm it says what is missing', async () => {
  const env = { npm_execpath: join(root, 'nowhere/pnpm') };
  const ended = new Promise<string>((resolve) =>
    execFile(process.execPath, [join(root, program)], { env }, (error, _stdout, stderr) =>
      resolve(`${error?.code}: ${stderr}`),
    ),
  );
  expect(await ended).toMatch(/^1: pnpm can't be started to install what this command needs: .*ENOENT/);
});
