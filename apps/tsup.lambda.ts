import { defineConfig } from 'tsup';

/**
 * The bundle of a Lambda function: `dist/` is the whole of what is deployed.
 *
 * ES modules with code splitting, so that what a function never uses (the SDK's other credential providers)
 * is never loaded; the SDK's ESM build first, which splits and shakes better than its CommonJS one.
 */
export default defineConfig({
  entry: { index: 'src/handler.ts' },
  format: 'esm',
  outExtension: () => ({ js: '.mjs' }),
  target: 'node22',
  platform: 'node',
  splitting: true,
  minify: true,
  clean: true,
  noExternal: [/.*/],
  esbuildOptions(options) {
    options.mainFields = ['module', 'main'];
    options.legalComments = 'none';
    // CommonJS dependencies inside an ES module still call require() for Node's own modules.
    options.banner = {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    };
  },
});
