import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Story } from '@orders/local-aws';
import { repository } from '../src/dev/places.ts';
import { synthesized } from '../src/testing/index.ts';

/** A copy of the sources that can be edited. What isn't edited is that of the repository. */
export function copySources() {
  const root = mkdtempSync(join(tmpdir(), 'orders-sources-'));
  const isCopied = (path: string) =>
    !/(^|\/)(node_modules|dist|console|cdktf\.out|test|verify)(\/|$)/.test(path.slice(repository.length));
  for (const name of ['apps', 'infra', 'schemas']) {
    cpSync(join(repository, name), join(root, name), { recursive: true, filter: isCopied });
  }
  const linked = [
    'node_modules',
    'packages',
    'apps/node_modules',
    'apps/local/node_modules',
    'infra/node_modules',
  ];
  for (const name of linked) symlinkSync(join(repository, name), join(root, name));
  for (const name of ['package.json', 'tsconfig.base.json']) cpSync(join(repository, name), join(root, name));
  for (const zip of globSync('apps/*/dist/function.zip', { cwd: repository })) {
    mkdirSync(dirname(join(root, zip)), { recursive: true });
    cpSync(join(repository, zip), join(root, zip));
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** `pnpm dev` in a folder with the sources. */
export async function startDev(root: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'apps/local/src/cli.mjs'),
      'start',
      '--watch',
      '--port',
      '0',
    ],
    { env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of waiting) look();
    });
  }
  /** Waits until it has printed this, from a place in its output on. */
  const printed = (expected: RegExp, from = 0): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = expected.exec(output.slice(from));
        if (!found) return;
        waiting.delete(look);
        resolve(found[1] ?? found[0]);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended before it printed ${expected}:\n${output}`)));
    });
  await printed(/change it/);
  const apiUrl = await printed(/curl '(http:[^?]+)\?/);
  const endpoint = new URL(apiUrl).origin;
  return {
    pid: child.pid ?? 0,
    endpoint,
    printed,
    /** How much it has printed. */
    printedLength: () => output.length,
    /** Ends it by SIGTERM. @returns its exit status */
    async close() {
      child.kill();
      const [status] = await ended;
      return status as number | null;
    },
    async placeOrder() {
      const answer = await fetch(`${apiUrl}?location=eu-west&category=tea&value=1`);
      return ((await answer.json()) as { orderId: string }).orderId;
    },
    async story(orderId: string) {
      const answer = await fetch(`${endpoint}/_local/orders/${orderId}/trace?settleMs=20000`);
      return (await answer.json()) as Story;
    },
    /** Waits for the next notice of the page. */
    async notice() {
      const answer = await fetch(`${endpoint}/_local/trace`);
      let text = '';
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        const found = /event: notice\ndata: (.*)\n/.exec(text)?.[1];
        if (found !== undefined) return JSON.parse(found) as unknown;
      }
      throw new Error('The stream ended without a notice');
    },
  };
}

/** The rows that an order wrote. */
export const rowsOf = ({ steps }: Story) =>
  steps.flatMap((step) => (step.kind === 'write' && step.table === 'OrderDetails' ? [step.item] : []));
