/**
 * Decides what pnpm installs before a command: starting needs `dependencies`, any other command needs `devDependencies` as
 * well (docs/decisions/0022-first-install.md).
 */
const { existsSync, mkdirSync, readFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');

/** The scripts that need no `devDependencies`. */
const starts = /** @type {const} */ (['start', 'demo', 'explain']);

/** Their options that check types, which needs them. */
const checksTypes = /^--(watch|inspect)\b/;

/** Whether pnpm is to start the system: `start`, `run demo`, `-s explain`. */
function isStart(args) {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const script = words[0] === 'run' ? words[1] : words[0];
  return starts.includes(script) && !args.some((arg) => checksTypes.test(arg));
}

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** What the last install that came to its end has installed. */
function installedIn(modules) {
  try {
    return readJson(modules, '.modules.yaml').included.devDependencies ? 'everything' : 'what starting needs';
  } catch (error) {
    // What can't be read is of another pnpm. It is on the safe side to leave everything to that.
    return error.code === 'ENOENT' ? 'nothing' : 'everything';
  }
}

/**
 * Makes `node_modules` for packages that have `devDependencies` alone: pnpm takes a package without it for not installed, and
 * would install before each start.
 */
function makeEmptyModules(state) {
  if (!existsSync(state)) return;
  // Git leaves the folder of a package that another branch doesn't have, with its node_modules.
  const folders = Object.keys(readJson(state).projects).filter((each) =>
    existsSync(join(each, 'package.json')),
  );
  for (const folder of folders)
    if (!readJson(folder, 'package.json').dependencies)
      mkdirSync(join(folder, 'node_modules'), { recursive: true });
}

/**
 * Prepares the install that pnpm does before a command, if it does any.
 *
 * @param config the settings of this pnpm
 * @param process its arguments, the environment, which its install inherits, and where to say what it does
 */
function prepareInstall(config, { argv, env, stderr }) {
  // A script that runs within another one installs nothing.
  if (config.verifyDepsBeforeRun !== 'install') return config;

  const args = argv.slice(2);
  const modules = join(config.lockfileDir, 'node_modules');
  /** What pnpm knows of its last install. Without it, it installs again. */
  const state = join(modules, '.pnpm-workspace-state-v1.json');
  const installed = installedIn(modules);
  // What is installed is never taken away.
  if (installed === 'everything') return config;

  if (isStart(args)) {
    env.npm_config_production = 'true';
    makeEmptyModules(state);
  } else if (installed === 'what starting needs') {
    rmSync(state, { force: true });
    if (args[0] === 'install' && config.dev)
      stderr.write('Installs the rest: what tests, documents and deploys need.\n');
  }
  return config;
}

module.exports = { prepareInstall, starts };
