import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'orders-functions-';

/** Makes a folder for the code of functions. Its name has the id of this process. */
export const makeCodeFolder = (parent = tmpdir()): string =>
  mkdtempSync(join(parent, `${prefix}${process.pid}-`));

/** Removes the folders of processes that are gone: one that is killed can't remove its own. */
export function removeAbandonedFolders(parent = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && isGone(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // Any other error is of a process that is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
