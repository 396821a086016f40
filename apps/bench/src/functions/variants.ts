import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** One way to deploy a function. */
export interface Variant {
  /** What is deployed: `producer`, `an empty handler`. */
  function: string;
  /** How: `as it deploys`, `by defaults`, `the common way`. */
  way: string;
  /** The module with the handler. */
  file: string;
  /** The bytes of all of its modules. */
  bytes: number;
}

const apps = resolve(import.meta.dirname, '../../..');
export const functions = ['producer', 'persister', 'tracker'] as const;

/**
 * Makes each function in each way, in folders below one.
 *
 * - as it deploys: what `apps/<name>/dist/function` has
 * - by defaults: the same source by esbuild with nothing but `--bundle --platform=node`
 * - the common way: Powertools, middy and zod, with those defaults; of the producer only
 *
 * @throws an Error for a function that isn't built
 */
export async function makeVariants(dir: string): Promise<Variant[]> {
  const made: Variant[] = [];
  const add = (name: string, way: string, file: string, bytes: number) =>
    made.push({ function: name, way, file, bytes });

  const empty = join(dir, 'empty', 'index.mjs');
  mkdirSync(join(dir, 'empty'));
  writeFileSync(empty, 'export const handler = async () => {};\n');
  add('an empty handler', '', empty, statSync(empty).size);

  const byDefaults = await bundleByDefaults(dir, {
    ...Object.fromEntries(functions.map((name) => [`${name}-defaults`, join(apps, name, 'src/handler.ts')])),
    'producer-common': join(import.meta.dirname, 'common-way.ts'),
  });
  for (const name of functions) {
    const ours = join(dir, name);
    cpSync(join(apps, name, 'dist/function'), ours, {
      recursive: true,
      filter: (path) => !path.endsWith('.map'),
    });
    add(name, 'as it deploys', join(ours, 'index.mjs'), bytesIn(ours));
    add(name, 'by defaults', ...byDefaults(`${name}-defaults`));
  }
  add('producer', 'the common way', ...byDefaults('producer-common'));
  return made;
}

/** Bundles each entry on its own, in one build, which reads what several of them import once. */
async function bundleByDefaults(dir: string, entries: Readonly<Record<string, string>>) {
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [`${name}/index`, file])),
    outdir: dir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return (name: string): [file: string, bytes: number] => [
    join(dir, name, 'index.cjs'),
    bytesIn(join(dir, name)),
  ];
}

const bytesIn = (dir: string) =>
  readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
