/**
 * Runs a program of this repository once turbo has built what it needs. For a usage, nothing is needed.
 *
 *   node build-first.ts 'build --filter=@orders/functions' packages/stack-trace/src/main.ts [arguments of the program]
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './places.ts';

const [needs = '', program = ''] = process.argv.splice(2, 2);
const wantsUsage = process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h');

/** Whether everything is built. What can't be is said on stderr. */
async function build(): Promise<boolean> {
  const { runTasks } = await import('../build.ts');
  const { BuildError } = await import('./build-error.ts');
  try {
    await runTasks(needs.split(' '));
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

if (wantsUsage || (await build())) await import(pathToFileURL(join(repository, program)).href);
else process.exitCode = 1;
