import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FindSourceLine, sourceLinesOfFiles } from '@orders/stack-trace';
import { BuildError } from './build-error.ts';
import { createFunctionBundles, type FunctionBundle } from './function-bundles.ts';
import { repository, zipOf } from './places.ts';
import { runTool } from './run-tool.ts';
import { runTurbo } from './run-turbo.ts';
import { reasonOfThrown } from './tool-reasons.ts';
import { type CheckedProgram, checkTypes } from './type-check.ts';

/** A synthesized stack in a folder of its own. */
export interface BuiltStack {
  outDir: string;
  /** Removes the folder. */
  remove(): void;
}

export type Changed = readonly string[] | 'all functions';

/** Builds the stack again after its sources have changed, as far as it follows from them. */
export interface StackBuilder {
  /**
   * Builds the stack with what has changed since the last one that was built.
   *
   * @param changed files by their paths from the root of the repository, with slashes; or all functions, to bundle them
   * for this builder
   * @throws {BuildError} for sources that don't build, whose types don't fit or that can't be synthesized
   */
  build(changed: Changed): Promise<BuiltStack>;
  /** Finds lines of source in the functions that were bundled here. */
  findSourceLine: FindSourceLine;
  /** Ends what runs, and removes everything that was built. */
  close(): Promise<void>;
}

/**
 * @param outDir the synthesized stack to begin with
 * @param debuggable whether a debugger finds the sources in the functions
 */
export function createStackBuilder({
  outDir,
  debuggable,
}: {
  outDir: string;
  debuggable: boolean;
}): StackBuilder {
  const root = mkdtempSync(join(tmpdir(), 'orders-dev-'));
  const bundlesDir = join(root, 'apps');
  mkdirSync(bundlesDir);
  const bundles = createFunctionBundles({ debuggable });
  const ending = new AbortController();
  const { signal } = ending;
  /** The zips that were bundled here, by function. They take the place of those that the synth took. */
  const zips = new Map<string, Uint8Array>();
  let count = 0;
  let building: Promise<unknown> = Promise.resolve();
  /** The stack as the synth left it, and the functions whose zips it took, by the files in it. */
  let synthesized = { outDir, taken: takenZips(outDir) };

  function takenZips(dir: string): Map<string, string> {
    const built = bundles
      .names()
      .filter((name) => existsSync(zipOf(name)))
      .map((name) => ({ name, zip: readFileSync(zipOf(name)) }));
    const taken = globSync('**/*.zip', { cwd: dir }).map((file): [string, string | undefined] => {
      const bytes = readFileSync(join(dir, file));
      return [file, built.find(({ zip }) => zip.equals(bytes))?.name];
    });
    return new Map(taken.flatMap(([file, name]) => (name === undefined ? [] : [[file, name]])));
  }
  /** Whether the stack has the function in it, as far as the synth knew its code. */
  const hasTaken = (name: string) => [...synthesized.taken.values()].includes(name);

  const newFolder = (what: string) => {
    count += 1;
    return join(root, `${what}-${count}`);
  };

  /** The packages that the functions and the stack are made with, and the page, which has the contract in it. */
  const buildPackages = async () => {
    await runTurbo(['build', 'package', '--filter=@orders/events', '--filter=@orders/console'], { signal });
  };

  const check = (program: CheckedProgram) => checkTypes(program, join(root, 'types'), signal);

  /** Keeps a bundle as the build of the functions does, for whoever looks for lines of source. */
  const keep = (name: string, zip: Uint8Array, files: FunctionBundle['files']) => {
    const dist = join(bundlesDir, name, 'dist');
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(join(dist, 'function'), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) writeFileSync(join(dist, 'function', file), bytes);
    writeFileSync(join(dist, 'function.zip'), zip);
  };

  const bundle = async (names: readonly string[]) => {
    for (const name of names) {
      const { zip, files } = await bundles.build(name);
      zips.set(name, zip);
      keep(name, zip, files);
      // A function that is new has none yet for the synth.
      if (existsSync(zipOf(name))) continue;
      mkdirSync(dirname(zipOf(name)), { recursive: true });
      writeFileSync(zipOf(name), zip);
    }
  };

  const synthesize = async () => {
    const to = newFolder('synth');
    const env = { CDKTF_OUTDIR: to };
    const cwd = join(repository, 'infra');
    const { succeeded, stderr } = await runTool(['main.ts'], { cwd, env, signal });
    if (!succeeded) {
      rmSync(to, { recursive: true, force: true });
      throw new BuildError(reasonOfThrown(stderr));
    }
    if (synthesized.outDir !== outDir) rmSync(synthesized.outDir, { recursive: true, force: true });
    synthesized = { outDir: to, taken: takenZips(to) };
  };

  /** A copy of the synthesized stack, with the zips that were bundled here. */
  const assemble = (): BuiltStack => {
    const to = newFolder('stack');
    cpSync(synthesized.outDir, to, { recursive: true });
    for (const [file, name] of synthesized.taken) {
      const zip = zips.get(name);
      if (zip) writeFileSync(join(to, file), zip);
    }
    return { outDir: to, remove: () => rmSync(to, { recursive: true, force: true }) };
  };

  const build = async (changed: Changed): Promise<BuiltStack> => {
    const paths = changed === 'all functions' ? [] : changed;
    const ofPackages = paths.some((path) => /^(packages|schemas)\//.test(path));
    const ofStack = ofPackages || paths.some((path) => path.startsWith('infra/'));
    const ofFunctions =
      ofPackages || changed === 'all functions'
        ? bundles.names()
        : bundles.names().filter((name) => paths.some((path) => path.startsWith(`apps/${name}/`)));
    if (ofPackages) await buildPackages();
    await allOf([
      ...(ofFunctions.length > 0
        ? [check({ project: 'apps', files: ofFunctions.map((name) => `apps/${name}/src/handler.ts`) })]
        : []),
      ...(ofStack ? [check({ project: 'infra', files: ['infra/main.ts'] })] : []),
      bundle(ofFunctions).then(() => (ofStack || !ofFunctions.every(hasTaken) ? synthesize() : undefined)),
    ]);
    return assemble();
  };

  return {
    async build(changed) {
      const built = build(changed);
      building = built.catch(() => {});
      return built;
    },
    findSourceLine: sourceLinesOfFiles(bundlesDir),
    async close() {
      ending.abort();
      await building;
      await bundles.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Waits for all of them to end, and throws the first error. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
