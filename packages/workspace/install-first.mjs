/**
 * Installs before a command of the root what it needs: with `--prod` the `dependencies`, which is what starting needs, otherwise
 * everything (docs/decisions/0022-first-install.md). It runs by the Node.js of the machine, and before anything is installed.
 *
 *   node install-first.mjs [--prod]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An install that takes longer than this says so. One that has nothing to do takes 30 ms, or 200 with `--prod`. */
const patienceMs = 1_000;

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const dependencies = Object.keys(manifest.dependencies);
const devDependencies = Object.keys(manifest.devDependencies);

/** Whether an install has put a package of the root there. */
const isThere = (name) => existsSync(new URL(`node_modules/${name}`, root));

/** Ends the command. What it says is why, and the way out. */
function end(why, status = 1) {
  process.stderr.write(`${why}\n`);
  process.exit(status);
}

const { npm_config_user_agent: agent = '', npm_execpath: pnpm } = process.env;
if (!agent.startsWith('pnpm/') || pnpm === undefined)
  end(
    `This is a command of pnpm: npx ${manifest.packageManager} ${process.env.npm_lifecycle_event ?? '<command>'}`,
  );

// What is installed is never taken away.
const isProd = process.argv[2] === '--prod' && !devDependencies.some(isThere);
const needed = isProd ? dependencies : [...dependencies, ...devDependencies];
const isFirst = !needed.every(isThere);
if (isFirst && !isProd && dependencies.every(isThere))
  process.stderr.write('Installs the rest: what tests, documents and deploys need.\n');

const args = ['install', ...(isProd ? ['--prod'] : []), ...(isFirst ? [] : ['--loglevel=warn'])];
// The output is that of the command alone.
const child = spawn(pnpm, args, { cwd: fileURLToPath(root), stdio: ['inherit', 2, 2] });
child.once('error', (error) =>
  end(`${pnpm} can't be started to install what this command needs: ${error.message}`),
);
const patience = setTimeout(() => {
  if (!isFirst) process.stderr.write('Installs what has changed …\n');
}, patienceMs);
const [status] = await once(child, 'exit');
clearTimeout(patience);
if (status !== 0) end('What this command needs could not be installed.', status ?? 1);

const missing = needed.filter((name) => !isThere(name));
if (missing.length > 0)
  end(
    `pnpm has installed everything, but node_modules lacks ${missing.join(', ')}. Delete node_modules, and try again.`,
  );
