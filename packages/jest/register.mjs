/**
 * Loaded by `node --import`, before Jest: what tests import from `@jest/globals` is in `globals.ts`. Types are stripped, and code
 * is compiled, once for the processes of all packages. In JavaScript, since Node.js would load its compiler for this one file.
 *
 * The scripts start Node.js with `--experimental-async-context-frame` as well, which is the default from Node.js 24 on. Without
 * it, each promise visits every AsyncLocalStorage of the process, also those of test files that have ended.
 */
import { enableCompileCache, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { removeOld } from './remove-old.mjs';
import { stripOnce } from './stripped-types.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const globals = new URL('globals.ts', import.meta.url).href;
const repository = pathToFileURL(`${resolve(import.meta.dirname, '../..')}/`).href;
const cache = resolve(import.meta.dirname, 'node_modules/.cache');
const stripped = join(cache, 'stripped');
// It also gets the code of modules that tests write to temporary folders, which nobody loads again.
const compiled = join(cache, 'compiled');
removeOld(compiled, 30);
enableCompileCache(compiled);

// esbuild and TypeScript are written in Go. What a test has them do needs less memory than their garbage collection needs CPU.
process.env.GOGC ??= 'off';
process.env.GOMEMLIMIT ??= '1GiB';

const folder = process.env.TMPDIR ?? temporaryFolder();
if (folder !== undefined) process.env.TMPDIR = folder;

const imported = new Set();
/**
 * Jest imports a test file with the time as its query, so that it runs again in `--watch`. The first time, it goes by its path
 * alone: what is compiled is kept by the whole URL, and would be kept anew for each run.
 *
 * @param {string} specifier
 */
function resolved(specifier) {
  if (specifier === '@jest/globals') return globals;
  const [, file] = /^(file:.*\.test\.ts)\?\d+$/.exec(specifier) ?? [];
  if (file === undefined || imported.has(file)) return specifier;
  imported.add(file);
  return file;
}

/** Jest's packages have a module that imports their code, and exports it name by name. */
const namesOfJest = /\/node_modules\/(@jest\/|jest-)[\w-]+\/build\/index\.mjs$/;

/**
 * The code of an import with `?required`: its default export is what `require` gives. By itself, Node.js reads the code of a
 * CommonJS module, and of all modules that it exports, once more for the names of their exports.
 *
 * @param {URL} file
 */
const required = (file) =>
  `import { createRequire } from 'node:module';\nexport default createRequire(import.meta.url)(${JSON.stringify(fileURLToPath(file))});`;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(resolved(specifier), context);
    const isOfJest = specifier === './index.js' && namesOfJest.test(context.parentURL ?? '');
    return isOfJest ? { ...found, url: `${found.url}?required`, format: 'module' } : found;
  },
  load(url, context, nextLoad) {
    // A test file that runs again has a query as well.
    const file = new URL(url);
    if (file.search === '?required') return { format: 'module', source: required(file), shortCircuit: true };
    const isSource = file.href.startsWith(repository) && file.pathname.endsWith('.ts');
    return isSource
      ? { format: 'module', source: stripOnce(fileURLToPath(file), stripped), shortCircuit: true }
      : nextLoad(url, context);
  },
});
