/**
 * Installs before a command of the root what it needs: with `--prod` the `dependencies`, which is what starting needs, otherwise
 * everything (docs/decisions/0022-first-install.md). It runs by the Node.js of the machine, and before anything is installed.
 *
 *   node install-first.mjs [--prod]
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An install that takes longer than this says so. One that has nothing to do takes 30 ms, or 200 with `--prod`. */
const patienceMs = 1_000;

const root = new URL('../../../../', import.meta.url);
const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/** Whether an install has been here that had these packages of the root in it. */
const areThere = (packages) =>
  Object.keys(packages).every((name) => existsSync(new URL(`node_modules/${name}`, root)));

// What is installed is never taken away.
const isProd = process.argv[2] === '--prod' && !areThere(devDependencies);
const isFirst = !areThere(isProd ? dependencies : devDependencies);
if (isFirst && !isProd && areThere(dependencies))
  process.stderr.write('Installs the rest: what tests, documents and deploys need.\n');

const args = ['install', ...(isProd ? ['--prod'] : []), ...(isFirst ? [] : ['--loglevel=warn'])];
const pnpm = spawn(process.env.npm_execpath ?? 'pnpm', args, { cwd: fileURLToPath(root), stdio: 'inherit' });
const patience = setTimeout(() => {
  if (!isFirst) process.stderr.write('Installs what has changed …\n');
}, patienceMs);
pnpm.once('error', (error) => {
  process.stderr.write(`pnpm can't be started to install what this command needs: ${error.message}\n`);
  process.exit(1);
});
pnpm.once('exit', (code) => {
  clearTimeout(patience);
  process.exitCode = code ?? 1;
});
