import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BuildError } from './build-error.ts';
import { repository, toolOf } from './places.ts';
import { runTool } from './run-tool.ts';

/** What is checked: files, and everything that they import, by the configuration of a project. */
export interface CheckedProgram {
  /** The folder of the project, from the root of the repository: `infra`. */
  project: string;
  /** Its files, from the root of the repository. */
  files: readonly string[];
}

/**
 * Checks the types of a program. Tests aren't in it, and what is unused for a while, in the midst of an edit, is no
 * error: neither changes what runs.
 *
 * @param dir the folder that keeps what tsc knows of the program for the next time
 * @throws {BuildError} for types that don't fit
 */
export async function checkTypes(
  { project, files }: CheckedProgram,
  dir: string,
  signal: AbortSignal,
): Promise<void> {
  const name = files.map((file) => basename(dirname(dirname(file)))).join('-');
  const config = join(dir, `tsconfig.${basename(project)}-${name}.json`);
  mkdirSync(dir, { recursive: true });
  const text = {
    extends: join(repository, project, 'tsconfig.json'),
    include: [],
    files: files.map((file) => join(repository, file)),
    compilerOptions: {
      typeRoots: [join(repository, project, 'node_modules/@types')],
      noUnusedLocals: false,
      noUnusedParameters: false,
      incremental: true,
    },
  };
  writeFileSync(config, JSON.stringify(text));
  const args = [toolOf('typescript', 'bin/tsc'), '-p', config, '--pretty', 'false'];
  const { succeeded, stdout } = await runTool(args, { env: withoutCollector, signal });
  if (!succeeded) throw new BuildError(reasonOfTypes(stdout));
}

/** tsc ends before it needs memory back: looking for garbage takes a quarter of its time. */
const withoutCollector = { GOGC: 'off', GOMEMLIMIT: '1GiB' };

/** The errors that tsc prints, without empty lines. */
const reasonOfTypes = (stdout: string): string =>
  stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
