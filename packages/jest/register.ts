/**
 * Loaded by `node --import`, before Jest: what tests import from `@jest/globals` is in `globals.ts`.
 *
 * The scripts start Node.js with `--experimental-async-context-frame` as well, which is the default from Node.js 24 on. Without
 * it, each promise visits every AsyncLocalStorage of the process, also those of test files that have ended.
 */
import { registerHooks } from 'node:module';

const url = new URL('globals.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier === '@jest/globals' ? url : specifier, context),
});
