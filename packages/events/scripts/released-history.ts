import { spawnSync } from 'node:child_process';

/** The branches that releases are made from, the most reliable first. */
const mainBranches = ['origin/main', 'main'];

/** The comparison of `schemas/released` with the history of the repository. */
export type History =
  /** Compared with this commit of main. `edited` has the files that were there and differ now. */
  | { base: string; edited: string[]; isOnMain: (file: string) => boolean }
  /** Not compared, and why. */
  | { skipped: string };

/**
 * Compares the folder of released schemas, as it is on disk, with the commit at which the work on it left main.
 *
 * @param root the repository
 */
export function compareWithMain(root: string): History {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  let base: string | undefined;
  for (const branch of mainBranches) base ||= git('merge-base', 'HEAD', branch).stdout?.trim();
  if (!base) {
    const { status, error } = git('rev-parse', '--is-inside-work-tree');
    if (error || status !== 0) return { skipped: 'git is missing, or this folder is not a repository' };
    return { skipped: `HEAD has no commit in common with ${mainBranches.join(' or ')} (a shallow clone?)` };
  }
  /** The schemas that a git command names. With -z it doesn't quote names. */
  const schemas = (...args: string[]) => {
    const { status, stdout, stderr } = git(...args, base, '--', 'schemas/released');
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
    return stdout.split('\0').filter((file) => file.endsWith('.json'));
  };
  let onMain: string[] | undefined;
  return {
    base,
    // All except those that are added since.
    edited: schemas('diff', '-z', '--relative', '--name-only', '--no-renames', '--diff-filter=a'),
    isOnMain(file) {
      onMain ??= schemas('ls-tree', '-r', '-z', '--name-only');
      return onMain.includes(file);
    },
  };
}
