import { defineConfig } from 'tsup';

/** The command line: one file with everything in it, so that the package needs no dependency for it. */
export default defineConfig({
  entry: { cli: 'cli/main.ts' },
  format: ['esm'],
  noExternal: [/.*/],
  // CommonJS in the bundle, such as Ajv, calls `require` for modules of Node.js.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  minify: true,
  silent: true,
  target: 'node22',
});
