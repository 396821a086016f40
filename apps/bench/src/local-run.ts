import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Target } from './order-client.ts';

const main = resolve(import.meta.dirname, '../../local/src/cli.mjs');

/** The local run, as a process of its own. */
export interface LocalRun {
  pid: number;
  target: Target;
  /** Milliseconds from the start of the process until it says that it runs. */
  readyMs: number;
  close(): Promise<void>;
}

/** @param dataDir keeps the state on disk; left out, it is in memory */
export async function startLocalRun(dataDir?: string): Promise<LocalRun> {
  const begunAt = performance.now();
  const args = ['--disable-warning=ExperimentalWarning', main, 'start', '--port', '0'];
  if (dataDir !== undefined) args.push('--data', dataDir);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let output = '';
  const place = await new Promise<RegExpExecArray>((found, failed) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const match = /place an order\s+curl '(http:\/\/[^/]+)(\/[^?']*?)\/?\?/.exec(output);
      // It prints the story of each order, which nobody keeps here.
      if (match) found(match);
      if (match || output.length > 100_000) output = '';
    });
    void ended.then(([code]) => failed(new Error(`The local run ended with ${code}:\n${output}`)));
  });
  const [, endpoint = '', stage = ''] = place;
  return {
    pid: child.pid ?? 0,
    target: { endpoint, stage },
    readyMs: performance.now() - begunAt,
    async close() {
      child.kill('SIGINT');
      await ended;
    },
  };
}
