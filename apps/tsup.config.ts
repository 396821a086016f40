import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import { bundleExtension, bundleOptions, zipBundle } from './bundling.ts';

const { mainFields, legalComments, plugins, ...options } = bundleOptions;

/**
 * Builds the bundle of each Lambda function, which is a folder here with a `src/handler.ts`: its `dist/function/`, and the
 * code in that as `dist/function.zip`, which runs on AWS and on this machine. The source maps stay beside the code, where
 * `pnpm where` and the local run read them. AWS gets none (docs/decisions/0016-source-lines.md).
 */
const configOf = (handler: string): Options => {
  const folder = resolve(import.meta.dirname, handler, '../../dist/function');
  return {
    ...options,
    entry: { index: handler },
    outDir: folder,
    outExtension: () => ({ js: bundleExtension }),
    sourcemap: true,
    clean: true,
    // Don't list the chunks in the log of the build.
    silent: true,
    noExternal: [/.*/],
    esbuildPlugins: plugins,
    // The plugin has to see them first.
    removeNodeProtocol: false,
    esbuildOptions: (given) =>
      void Object.assign(given, { mainFields, legalComments, sourcesContent: false }),
    onSuccess: async () => writeFileSync(`${folder}.zip`, zipBundle(readCode(folder))),
  };
};

export default defineConfig(globSync('*/src/handler.ts', { cwd: import.meta.dirname }).map(configOf));

const readCode = (folder: string) => {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.map'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
};
