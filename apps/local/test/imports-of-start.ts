import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { needs } from '../src/build.ts';
import { repository, toolOf } from '../src/dev/places.ts';
import { runTool } from '../src/dev/run-tool.ts';

/** A package that starting loads, or whose command it runs. */
export interface Import {
  /** What is loaded: `chokidar`. */
  name: string;
  /** The folder of the package that loads it, from the root of the repository: `apps/local`. */
  from: string;
  /** The file that says so, from there as well. */
  file: string;
}

interface Task {
  command: string;
  directory: string;
}

/** Packages that are loaded in other ways than by an import: by their resolved path, or by `require` in an ES module. */
const loaders = /(?:\btoolOf|\bcreateRequire\([^)]*\)|import\.meta\.resolve)\('([^'./][^']*)'/g;
/** Sources that a source names, without importing them: what is bundled, and what runs in a process of its own. */
const namedSources = /(?<!from |import\()'([^'\n]+\.m?[jt]sx?)'/g;

/**
 * Finds what the scripts of the root load that start the system, from the programs that these and the tasks of turbo run,
 * through everything that they import.
 *
 * @param starts the scripts: `start`, `demo`
 */
export async function importsOfStart(starts: readonly (keyof typeof needs)[]): Promise<Import[]> {
  const { scripts } = manifestOf(repository);
  // The install comes first, which loads no package.
  const commands = starts.map((start) => ({
    directory: '.',
    command: scripts?.[start]?.split(' && ').at(-1) ?? '',
  }));
  const found = new Map<string, Import>();
  let sources: string[] = [];
  for (const { directory, command } of [...commands, ...(await tasksOf(starts))]) {
    const folder = join(repository, directory);
    const [tool = '', ...args] = command.split(' ');
    if (tool !== 'node')
      found.set(`${directory} ${tool}`, { name: tool, from: directory, file: 'package.json' });
    const program = tool === 'node' ? args.find((arg) => !arg.startsWith('-')) : `${tool}.config.ts`;
    sources.push(join(folder, program ?? ''));
  }
  const seen = new Set<string>();
  while (sources.length > 0) {
    const named = await load(sources, found, seen);
    sources = named.filter((source) => !seen.has(source));
  }
  return [...found.values()];
}

/** The tasks of turbo that these commands begin with. */
async function tasksOf(starts: readonly (keyof typeof needs)[]): Promise<Task[]> {
  const wanted = new Set(starts.flatMap((start) => [...needs[start]]));
  const turbo = toolOf('turbo', 'bin/turbo', join(repository, 'package.json'));
  const { signal } = new AbortController();
  const { stdout } = await runTool([turbo, 'run', ...wanted, '--dry=json'], { signal });
  const { tasks } = JSON.parse(stdout) as { tasks: Task[] };
  return tasks.filter(({ command }) => command !== '<NONEXISTENT>');
}

/**
 * Loads sources and what they import, as far as it is of this repository.
 *
 * @param found gets the packages that they load, each once for a package that loads it
 * @param seen gets the sources that were loaded
 * @returns the sources that they name
 */
async function load(sources: string[], found: Map<string, Import>, seen: Set<string>): Promise<string[]> {
  const named: string[] = [];
  const add = (path: string, importer: string) => {
    const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
    const folder = packageOf(importer);
    const from = relative(repository, folder) || '.';
    const key = `${from} ${name}`;
    if (!found.has(key)) found.set(key, { name, from, file: relative(folder, importer) });
    return name;
  };
  await build({
    entryPoints: sources,
    bundle: true,
    write: false,
    outdir: repository,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
    plugins: [
      {
        name: 'imports',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
            if (kind === 'entry-point') return undefined;
            if (isBuiltin(path)) return { external: true };
            return add(path, importer).startsWith('@orders/') ? undefined : { external: true };
          });
          onLoad({ filter: /\.m?[jt]sx?$/ }, ({ path }) => {
            seen.add(path);
            const text = readFileSync(path, 'utf8');
            for (const [, name = ''] of text.matchAll(loaders)) add(name, path);
            for (const [, source = ''] of text.matchAll(namedSources))
              for (const cwd of [dirname(path), packageOf(path)])
                named.push(...globSync(source, { cwd }).map((file) => join(cwd, file)));
            return undefined;
          });
        },
      },
    ],
  });
  return named;
}

/** The folder of the package that a file belongs to. */
function packageOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

interface Manifest {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** The `package.json` of a folder. */
export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
