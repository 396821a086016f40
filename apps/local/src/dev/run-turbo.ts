import { join } from 'node:path';
// By its path: a first start links no package that has no dependencies.
import { turboEnvironment } from '../../../../packages/workspace/turbo-environment.mjs';
import { BuildError } from './build-error.ts';
import { repository, toolOf } from './places.ts';
import { runTool } from './run-tool.ts';
import { reasonOfThrown, reasonOfTurbo } from './tool-reasons.ts';

/**
 * Runs tasks of turbo, as far as their sources have changed.
 *
 * @param args the tasks and the packages: `['build', '--filter=@orders/events']`
 * @param onTask gets each task that isn't taken from the cache, as it begins: `@orders/events:build`
 * @throws {BuildError} for a task that failed
 */
export async function runTurbo(
  args: readonly string[],
  { signal, onTask = () => {} }: { signal: AbortSignal; onTask?: (task: string) => void },
): Promise<void> {
  const turbo = toolOf('turbo', 'bin/turbo', join(repository, 'package.json'));
  const tool = [turbo, 'run', ...args, '--output-logs=new-only'];
  const onLine = (line: string) => {
    const task = /^(\S+:\w+): cache (?:miss|bypass)/.exec(line)?.[1];
    if (task !== undefined) onTask(task);
  };
  const { succeeded, stdout, stderr } = await runTool(tool, {
    signal,
    env: turboEnvironment(process.env),
    onLine,
  });
  if (!succeeded) throw new BuildError(reasonOfThrown(reasonOfTurbo(`${stdout}\n${stderr}`)));
}
