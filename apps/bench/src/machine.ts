import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** What was measured, and where: figures compare only with others of the same machine. */
export function machine() {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  let commit = 'unknown';
  try {
    commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' and what is edited'}`;
  } catch {
    // Without git, or outside of a clone.
  }
  const [cpu] = cpus();
  return {
    commit,
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`,
    at: new Date().toISOString(),
  };
}
