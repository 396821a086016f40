import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BuildError } from './dev/build-error.ts';
import { repository } from './dev/places.ts';
import { runTurbo } from './dev/run-turbo.ts';

/** What a command of the local run needs: the synthesized stack with the functions, the page, and what types are checked by. */
export const needs = {
  start: ['synth', 'build', '--filter=@orders/infra', '--filter=@orders/console'],
  dev: [
    'synth',
    'build',
    'package',
    '--filter=@orders/infra',
    '--filter=@orders/console',
    '--filter=@orders/events',
  ],
  demo: ['synth', '--filter=@orders/infra'],
  explain: ['synth', '--filter=@orders/infra'],
} as const;

/**
 * Builds what a command needs, as far as it has changed.
 *
 * @throws {BuildError} whose first line says what is wrong in the sources
 */
export async function buildFor(command: keyof typeof needs): Promise<void> {
  // Types are checked by packages that a start doesn't install.
  if (command === 'dev') await installEverything();
  await runTasks(needs[command]);
}

async function installEverything(): Promise<void> {
  const program = join(repository, 'packages/workspace/install-first.mjs');
  const [status] = await once(spawn(process.execPath, [program], { stdio: 'inherit' }), 'exit');
  if (status !== 0) throw new BuildError('What types are checked by could not be installed.');
}

/**
 * Runs tasks of turbo, and says on stderr what takes its time.
 *
 * @param args as {@link runTurbo} takes them
 * @throws {BuildError}
 */
export async function runTasks(args: readonly string[]): Promise<void> {
  const { signal } = new AbortController();
  await runTurbo(args, {
    signal,
    onTask: (task) => process.stderr.write(`${task.replace(':', ': ')} …\n`),
  });
}
