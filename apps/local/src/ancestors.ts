import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The parent of another process; undefined when that can't be found out. */
async function parentOf(pid: number): Promise<number | undefined> {
  try {
    // The name of the program, in parentheses, may hold anything.
    if (process.platform === 'linux')
      return Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ')[1]);
    return Number((await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout);
  } catch {
    return undefined;
  }
}

/**
 * Tells whether what ran this process has ended, where that is pnpm, or npx with pnpm: neither passes SIGTERM on. Any
 * other parent may end before its child, as a shell does that began it in the background.
 *
 * @returns looks whether the parents are other ones by now
 */
export async function watchAncestors(environment = process.env): Promise<() => Promise<boolean>> {
  if (environment.npm_lifecycle_event === undefined) return async () => false;
  const parent = process.ppid;
  if (!/[\\/]_npx[\\/]/.test(environment.PATH ?? '')) return async () => process.ppid !== parent;
  const grandparent = await parentOf(parent);
  return async () => process.ppid !== parent || (await parentOf(parent)) !== grandparent;
}
