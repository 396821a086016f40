import { once } from 'node:events';
import { join, relative, sep } from 'node:path';
import { watch } from 'chokidar';

/** The folders and files that the stack and its functions are made of. */
const sources = ['schemas', 'packages', 'apps', 'infra/src', 'infra/main.ts'];

/** What runs the stack, and isn't a part of it: a change of it needs a new start. */
const ofLocalRun = [
  'apps/local',
  'apps/console',
  'apps/smoke',
  'packages/local-aws',
  'packages/states-language',
];

/** What is written by tools, or only tested. */
const notSource =
  /(^|\/)(node_modules|dist|generated|cdktf\.out|coverage|\.[^/]*)(\/|$)|\.test\.ts$|\.tsbuildinfo$/;

/** An editor writes a file in several steps. So long after the last one, in milliseconds, it is taken for written. */
const quietMs = 40;

/**
 * Watches the sources of the stack.
 *
 * @param root the root of the repository
 * @param onEdit gets the files that were written, added or removed, by their paths from the root, with slashes
 * @param onError gets what keeps a file from being watched: too many files for the system, a folder that can't be read
 * @returns ends it
 * @throws the first of these errors, before it watches
 */
export async function watchSources(
  root: string,
  onEdit: (paths: readonly string[]) => void,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const pathOf = (file: string) => relative(root, file).split(sep).join('/');
  const isIgnored = (file: string) => {
    const path = pathOf(file);
    return (
      notSource.test(path) || ofLocalRun.some((folder) => path === folder || path.startsWith(`${folder}/`))
    );
  };
  const watcher = watch(
    sources.map((source) => join(root, source)),
    { ignored: (file) => isIgnored(file), ignoreInitial: true },
  );
  const edited = new Set<string>();
  let quiet: NodeJS.Timeout | undefined;
  watcher.on('all', (event, file) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    edited.add(pathOf(file));
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      const paths = [...edited];
      edited.clear();
      onEdit(paths);
    }, quietMs);
  });
  try {
    await once(watcher, 'ready');
  } catch (error) {
    await watcher.close();
    throw error;
  }
  // Without a listener, it would end the process.
  watcher.on('error', onError);
  return async () => {
    clearTimeout(quiet);
    await watcher.close();
  };
}
