import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../../src/cli.mjs');

/** `pnpm start`, as a process of its own. */
export interface StartedSystem {
  /** Resolves when it is ready, with the milliseconds that it took; rejects when it ends before. */
  ready: Promise<{ endpoint: string; apiUrl: string; readyMs: number }>;
  /** Resolves with the first thing that it prints, or when it ends. */
  begun: Promise<unknown>;
  /** Kills it, so that it can't end anything, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * @param dataDir the folder that keeps its state
 * @param tmpDir where it puts what it leaves behind when it is killed
 */
export function startSystem(dataDir: string, tmpDir: string): StartedSystem {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'start', '--port', '0', '--data', dataDir],
    { env: { PATH: process.env.PATH, TMPDIR: tmpDir }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  const ready = Promise.withResolvers<Awaited<StartedSystem['ready']>>();
  let [output, errors] = ['', ''];
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const [, endpoint, apiUrl] = /running at (http:\S+)[\s\S]*?curl '(http:[^?]+)\?/.exec(output) ?? [];
    if (endpoint && apiUrl) ready.resolve({ endpoint, apiUrl, readyMs: performance.now() - startedAt });
  });
  void ended.then(() => ready.reject(new Error(`The system ended before it was ready. ${errors}`)));
  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    begun: Promise.race([child.stdout ? once(child.stdout, 'data') : ended, ended]),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
