/**
 * Runs turbo for a command of the root, once everything is installed.
 *
 *   node turbo.mjs run test [options of turbo]
 */
import './install-first.mjs';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { turboEnvironment } from './turbo-environment.mjs';

const { resolve } = createRequire(new URL('../../package.json', import.meta.url));
const turbo = join(dirname(resolve('turbo/package.json')), 'bin/turbo');
const child = spawn(process.execPath, [turbo, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: turboEnvironment(process.env),
});
// Ctrl-C at a terminal reaches both. Turbo ends its tasks, and this one ends with it.
process.on('SIGINT', () => {});
child.once('exit', (status) => {
  process.exitCode = status ?? 1;
});
