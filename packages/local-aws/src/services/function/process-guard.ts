import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends processes when this one is gone, even by SIGKILL. By themselves they can't always: one that stands still, or is busy,
 * doesn't notice.
 */
export interface ProcessGuard {
  /** Starts a process, and guards it until it has ended: another one may get its id. */
  start(process: () => ChildProcess): ChildProcess;
  /** Ends those that are left. */
  close(): void;
}

/** Reads what there is from its parent, until that is gone. */
const script = `
trap '' INT TERM HUP
left=' '
while read -r what pid; do
  case $what in
    add) left="$left$pid " ;;
    remove) case $left in *" $pid "*) left="\${left%%" $pid "*} \${left#*" $pid "}" ;; esac ;;
  esac
done
for pid in $left; do kill -9 "$pid" 2>/dev/null; done`;

const hasShell = process.platform !== 'win32';

/** The shell that outlives this process. There is one for all guards: the more memory this process has, the longer a start takes. */
let shell: ChildProcess | undefined;

const tell = (line: string) => shell?.stdin?.write(`${line}\n`);

/** Starts the shell with the first process to guard. Windows has none, and stops no process. */
export function createProcessGuard(): ProcessGuard {
  const guarded = new Set<ChildProcess>();
  return {
    start(process) {
      // Before the process: starting it takes so long that this one could be gone before it is guarded.
      if (hasShell) shell ??= startShell();
      const started = process();
      const { pid } = started;
      if (pid !== undefined) {
        guarded.add(started);
        tell(`add ${pid}`);
        started.on('exit', () => {
          guarded.delete(started);
          tell(`remove ${pid}`);
        });
      }
      return started;
    },
    close() {
      for (const process of guarded) process.kill('SIGKILL');
    },
  };
}

function startShell(): ChildProcess {
  // In a group of its own: what kills this process and its group leaves it there.
  const started = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Without a shell, processes end by themselves when they notice.
  started.on('error', () => {});
  started.stdin?.on('error', () => {});
  started.on('exit', () => {
    if (shell === started) shell = undefined;
  });
  started.unref();
  // The handle of a pipe that is written to keeps a process as well.
  (started.stdin as { unref?: () => void } | null)?.unref?.();
  return started;
}
