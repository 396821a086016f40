/**
 * Loaded by `node --import`, before Jest: what tests import from `@jest/globals` is in `globals.ts`, and the types of the
 * sources are stripped once for the processes of all packages. In JavaScript, since Node.js would load its compiler for this
 * one file.
 *
 * The scripts start Node.js with `--experimental-async-context-frame` as well, which is the default from Node.js 24 on. Without
 * it, each promise visits every AsyncLocalStorage of the process, also those of test files that have ended.
 */
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripOnce } from './stripped-types.mjs';

const globals = new URL('globals.ts', import.meta.url).href;
const repository = pathToFileURL(`${resolve(import.meta.dirname, '../..')}/`).href;
const stripped = resolve(import.meta.dirname, 'node_modules/.cache/stripped');

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier === '@jest/globals' ? globals : specifier, context),
  load(url, context, nextLoad) {
    // Jest loads test files with a query.
    const file = new URL(url);
    const isSource = file.href.startsWith(repository) && file.pathname.endsWith('.ts');
    return isSource
      ? { format: 'module', source: stripOnce(fileURLToPath(file), stripped), shortCircuit: true }
      : nextLoad(url, context);
  },
});
