import { cpSync } from 'node:fs';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/publish.ts', 'src/envelopes.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  dts: true,
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
