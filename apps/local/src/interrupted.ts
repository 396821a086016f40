import { watchAncestors } from './ancestors.ts';

/** How often it looks whether what ran it is still there. */
const lookMs = 1_000;

/**
 * Waits until the process is interrupted: by Ctrl-C, by another process, because its terminal closes, because nobody
 * reads its output any more (`start | head`), or because the pnpm or npx that ran it has ended.
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
    const hasLostParent = watchAncestors();
    const look = setInterval(async () => {
      if (await (await hasLostParent)()) end();
    }, lookMs).unref();
  });
