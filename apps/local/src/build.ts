import { runTurbo } from './dev/run-turbo.ts';

/** What a command of the local run needs: the synthesized stack with the functions, the page, and what types are checked by. */
const needs = {
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
 * Builds what a command needs, as far as it has changed, and says on stderr what takes its time.
 *
 * @throws {BuildError} whose first line says what is wrong in the sources
 */
export async function buildFor(command: keyof typeof needs): Promise<void> {
  const { signal } = new AbortController();
  await runTurbo(needs[command], {
    signal,
    onTask: (task) => process.stderr.write(`${task.replace(':', ': ')} …\n`),
  });
}
