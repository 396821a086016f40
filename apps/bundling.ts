import { builtinModules as names } from 'node:module';
import type { BuildOptions, Plugin } from 'esbuild';
import { zipSync } from 'fflate';

/**
 * Takes the modules of Node.js by `getBuiltinModule`. An `import` of one reads all of its exports, and some load what nobody
 * asked for: `http` has a WebSocket, and loads all of fetch for it. That is a fifth of a cold start.
 */
const builtinModules: Plugin = {
  name: 'built-in modules',
  setup(build) {
    // esbuild asks only about what fits the filter. Asking about every import takes two fifths of the time of a bundle.
    build.onResolve({ filter: new RegExp(`^(node:.+|${names.join('|')})$`) }, ({ path }) => ({
      path: path.replace(/^node:/, ''),
      namespace: 'node',
    }));
    build.onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

/**
 * How esbuild makes the bundle of a Lambda function.
 *
 * The bundle is ES modules with code splitting, so that Lambda never loads what a function doesn't use, such as the
 * SDK's other credential providers. `mainFields` prefers the SDK's ESM build, which splits and shakes better than its
 * CommonJS build.
 */
export const bundleOptions = {
  format: 'esm',
  target: 'node22',
  platform: 'node',
  splitting: true,
  minify: true,
  mainFields: ['module', 'main'],
  legalComments: 'none',
  plugins: [builtinModules],
} satisfies BuildOptions;

/** What Node takes for an ES module without a package.json. */
export const bundleExtension = '.mjs';

/**
 * Zips the files of a bundle into the same bytes on every machine, since Terraform deploys a function whose zip changed.
 *
 * @param files their bytes, by name
 * @param isCompressed a zip that stays on this machine is made faster without
 */
export function zipBundle(files: Readonly<Record<string, Uint8Array>>, isCompressed = true): Uint8Array {
  const names = Object.keys(files).sort();
  return zipSync(Object.fromEntries(names.map((name) => [name, files[name] ?? new Uint8Array()])), {
    // A zip has local times. The earliest one has the same bytes in every time zone.
    mtime: new Date(1980, 0, 1),
    ...(!isCompressed && { level: 0 }),
    // Unix permissions, readable for all: Lambda runs the code as another user.
    os: 3,
    attrs: 0o644 << 16,
  });
}
