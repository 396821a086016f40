import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { defineConfig } from 'tsup';

const folder = 'dist/function';

/**
 * The bundle of a Lambda function: `dist/function/`, and the same as `dist/function.zip`, which is what runs on
 * AWS and here.
 *
 * ES modules with code splitting, so that what a function never uses (the SDK's other credential providers)
 * is never loaded; the SDK's ESM build first, which splits and shakes better than its CommonJS one.
 */
export default defineConfig({
  entry: { index: 'src/handler.ts' },
  outDir: folder,
  format: 'esm',
  outExtension: () => ({ js: '.mjs' }),
  target: 'node22',
  platform: 'node',
  splitting: true,
  minify: true,
  clean: true,
  // Some hundred chunks are nothing that a reader of the log needs.
  silent: true,
  noExternal: [/.*/],
  esbuildOptions(options) {
    options.mainFields = ['module', 'main'];
    options.legalComments = 'none';
    // CommonJS dependencies inside an ES module still call require() for Node's own modules.
    options.banner = {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    };
  },
  onSuccess: async () => writeFileSync(`${folder}.zip`, zipFolder(folder)),
});

/** The same bytes from the same files, on any machine: Terraform deploys a function when its zip changes. */
function zipFolder(path: string): Uint8Array {
  const names = readdirSync(path).sort();
  return zipSync(Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name))])), {
    // A zip holds local time, so the earliest time that it can hold is the same bytes in every time zone.
    mtime: new Date(1980, 0, 1),
    // Unix, readable to all: Lambda runs the code as another user.
    os: 3,
    attrs: 0o644 << 16,
  });
}
