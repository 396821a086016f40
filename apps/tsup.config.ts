import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import { defineConfig, type Options } from 'tsup';

/**
 * Builds the bundle of each Lambda function, which is a folder here with a `src/handler.ts`: its `dist/function/`, and the
 * code in that as `dist/function.zip`, which runs on AWS and on this machine. The source maps stay beside the code, where
 * `pnpm where` and the local run read them. AWS gets none (docs/decisions/0016-source-lines.md).
 *
 * The bundle is ES modules with code splitting, so that Lambda never loads what a function doesn't use, such as the
 * SDK's other credential providers. `mainFields` prefers the SDK's ESM build, which splits and shakes better than its
 * CommonJS build. A dependency that calls `require()` for a module of Node fails at import; choose another one, or
 * give all chunks a `require` by a banner.
 */
const configOf = (handler: string): Options => {
  const folder = resolve(import.meta.dirname, handler, '../../dist/function');
  return {
    entry: { index: handler },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node22',
    platform: 'node',
    splitting: true,
    minify: true,
    sourcemap: true,
    clean: true,
    // Don't list the chunks in the log of the build.
    silent: true,
    noExternal: [/.*/],
    esbuildOptions(options) {
      options.mainFields = ['module', 'main'];
      options.legalComments = 'none';
      options.sourcesContent = false;
    },
    onSuccess: async () => writeFileSync(`${folder}.zip`, zipFolder(folder)),
  };
};

export default defineConfig(globSync('*/src/handler.ts', { cwd: import.meta.dirname }).map(configOf));

/** Zips the code of a folder into the same bytes on every machine, since Terraform deploys a function whose zip changed. */
function zipFolder(path: string): Uint8Array {
  const names = readdirSync(path)
    .filter((name) => !name.endsWith('.map'))
    .sort();
  return zipSync(Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name))])), {
    // A zip has local times. The earliest one has the same bytes in every time zone.
    mtime: new Date(1980, 0, 1),
    // Unix permissions, readable for all: Lambda runs the code as another user.
    os: 3,
    attrs: 0o644 << 16,
  });
}
