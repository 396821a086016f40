import { globSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleExtension, bundleOptions, zipBundle } from '@orders/functions/bundling';
import { type BuildContext, type BuildFailure, context, type OutputFile } from 'esbuild';
import { BuildError } from './build-error.ts';
import { functionsDir, repository } from './places.ts';

/** The files of a bundle, by their names. */
type Files = Readonly<Record<string, Uint8Array>>;

export interface FunctionBundle {
  /** What is uploaded. */
  zip: Uint8Array;
  /** The code in it, and the code's source maps. */
  files: Files;
}

/** The bundles of the functions, built again as their sources change. */
export interface FunctionBundles {
  /** The folders in `apps/` that are functions. */
  names(): string[];
  /**
   * Bundles a function.
   *
   * @throws {BuildError} for sources that can't be bundled
   */
  build(name: string): Promise<FunctionBundle>;
  close(): Promise<void>;
}

const handlerOf = (name: string) => join(functionsDir, name, 'src/handler.ts');

/** @param debuggable whether a debugger finds the sources in them: not minified, and with the source maps in the zip */
export function createFunctionBundles({ debuggable }: { debuggable: boolean }): FunctionBundles {
  /** What esbuild knows of the sources of each function, so that it reads again only those that changed. */
  const contexts = new Map<string, BuildContext>();

  const contextOf = async (name: string): Promise<BuildContext> => {
    const known = contexts.get(name);
    if (known) return known;
    const made = await context({
      ...bundleOptions,
      entryPoints: { index: handlerOf(name) },
      // Nothing is written there. Source maps are made relative to it.
      outdir: join(functionsDir, name, 'dist/function'),
      outExtension: { '.js': bundleExtension },
      bundle: true,
      write: false,
      // As the build does: the names of the chunks depend on both.
      absWorkingDir: functionsDir,
      tsconfig: join(functionsDir, 'tsconfig.json'),
      logLevel: 'silent',
      sourcemap: 'linked',
      sourcesContent: false,
      ...(debuggable && { minify: false }),
    });
    contexts.set(name, made);
    return made;
  };

  return {
    names: () => globSync('*/src/handler.ts', { cwd: functionsDir }).map((file) => dirname(dirname(file))),
    async build(name) {
      try {
        const { outputFiles = [] } = await (await contextOf(name)).rebuild();
        const maps = outputFiles.filter(isMap);
        const code = filesOf(
          outputFiles.filter((file) => !isMap(file)),
          withoutLastBreak,
        );
        return {
          // Without the source maps, it has to have the bytes that a build gives the same code.
          zip: debuggable ? zipBundle({ ...code, ...filesOf(maps, withWholePaths) }, false) : zipBundle(code),
          files: { ...code, ...filesOf(maps) },
        };
      } catch (error) {
        throw isBuildFailure(error) ? new BuildError(describe(error)) : error;
      }
    },
    async close() {
      for (const made of contexts.values()) await made.dispose();
    },
  };
}

const isMap = ({ path }: OutputFile) => path.endsWith('.map');

const filesOf = (given: readonly OutputFile[], bytesOf = ({ contents }: OutputFile) => contents): Files =>
  Object.fromEntries(given.map((file) => [basename(file.path), bytesOf(file)]));

/** tsup, which makes the build, writes no line break behind the name of the source map. */
const withoutLastBreak = ({ text }: OutputFile): Uint8Array => Buffer.from(text.trimEnd());

/** A source map that names its sources by URL: the zip is unpacked into another folder. */
function withWholePaths({ path, text }: OutputFile): Uint8Array {
  const map = JSON.parse(text) as { sources: string[] };
  const sources = map.sources.map((source) => pathToFileURL(resolve(dirname(path), source)).href);
  return Buffer.from(JSON.stringify({ ...map, sources }));
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);

const describe = ({ errors }: BuildFailure): string =>
  errors
    .map(({ text, location }) => {
      if (!location) return text;
      const file = relative(repository, resolve(functionsDir, location.file));
      return `${file}:${location.line}:${location.column + 1}: ${text}`;
    })
    .join('\n');
