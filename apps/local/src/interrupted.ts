/** How often it is looked whether the parent is still there. */
const lookMs = 1_000;

/**
 * Waits until the process is interrupted: by Ctrl-C, by another process, because its terminal closes, because nobody
 * reads its output any more (`start | head`), or because the `pnpm` that ran it has ended. pnpm doesn't pass SIGTERM on.
 */
export const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearInterval(look);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
        end();
      });
    }
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) end();
    }, lookMs).unref();
  });
