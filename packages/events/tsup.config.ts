import { cpSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** The code. Its declarations, which the functions don't need, take ten times as long: `tsup --dts-only`. */
export default defineConfig({
  entry: ['src/index.ts', 'src/publish.ts', 'src/envelopes.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  // Also in CommonJS, so that all entries have the same error classes.
  splitting: true,
  sourcemap: true,
  clean: true,
  silent: true,
  target: 'es2022',
  onSuccess: async () => cpSync('../../schemas', 'dist/schemas', { recursive: true, filter: isContract }),
});

/** Selects the folder and its schemas, without fixtures and released versions. */
const isContract = (path: string) => !/schemas[\\/](fixtures|released)/.test(path);
