import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../../../..');

/** The folder of the Lambda functions, one folder each. */
export const functionsDir = join(repository, 'apps');

/** The zip that the stack uploads for a function of `apps/`. */
export const zipOf = (app: string): string => join(functionsDir, app, 'dist/function.zip');

/** The script of a tool that is a package: `typescript`, `bin/tsc`. */
export const toolOf = (name: string, script: string, from = import.meta.filename): string =>
  join(dirname(createRequire(from).resolve(`${name}/package.json`)), script);
