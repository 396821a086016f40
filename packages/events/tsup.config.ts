import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/publish.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  // Also in CommonJS, so that both entries have the same error classes.
  splitting: true,
  sourcemap: true,
  clean: true,
  target: 'es2022',
});
