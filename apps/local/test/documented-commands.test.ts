import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

/** The commands of docs/running-locally.md do what it says, run by a shell as they are there. */

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const scriptsOf = (path: string) => (JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts;

/** The commands of the block that begins with this one. */
function commandsFrom(first: string): string[] {
  const blocks = [...read('docs/running-locally.md').matchAll(/```sh\n(.*?)```/gs)].map(
    ([, block = '']) => block,
  );
  const block = blocks.find((each) => each.startsWith(first));
  if (block === undefined) throw new Error(`docs/running-locally.md has no block that begins with ${first}`);
  return block.trimEnd().split('\n');
}

let dir: string;
let shells: ChildProcess[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-readme-'));
  shells = [];
});
afterEach(async () => {
  for (const shell of shells) {
    if (shell.exitCode !== null || shell.signalCode !== null) continue;
    shell.kill();
    await once(shell, 'close');
  }
  rmSync(dir, { recursive: true });
});

/**
 * Puts a program in the place of `npx pnpm start`, which does the same two steps by the scripts of the packages. It leaves out
 * the install and the build, which are there when tests run, and writes the stack beside the one that other tests use.
 */
function standInForNpx(): string {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
  const script = `#!/usr/bin/env bash
set -euo pipefail
[ "$*" = '${packageManager} start' ] || { echo "npx $*: isn't the command of the page" >&2; exit 64; }
(cd '${join(root, 'infra')}' && ${scriptsOf('infra/package.json').synth})
cd '${root}'
exec ${scriptsOf('package.json').start?.split(' && ').at(-1)?.replace(' --build', '')}
`;
  writeFileSync(join(bin, 'npx'), script, { mode: 0o755 });
  return [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
}

/** A terminal: bash, which reads commands, and what it wrote. */
function terminal(args: string[], env: Record<string, string>) {
  const shell = spawn('bash', ['--noprofile', '--norc', ...args], { cwd: root, env });
  shells.push(shell);
  const written: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk: Buffer) => {
      written.push(chunk.toString());
      for (const listener of listeners) listener();
    });
  return {
    shell,
    type: (command: string) => shell.stdin.write(`${command}\n`),
    /** The first match in what was written since the last one; it waits for it. */
    wrote: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((done, fail) => {
        const look = () => {
          const match = pattern.exec(written.join(''));
          if (!match) return;
          written.splice(0, Infinity, written.join('').slice(match.index + match[0].length));
          listeners.delete(look);
          done(match);
        };
        listeners.add(look);
        shell.once('close', () => fail(new Error(`it ended before ${pattern}:\n${written.join('')}`)));
        look();
      }),
  };
}

test('four commands start prod, get a token, place an order, and ask for its status', async () => {
  const commands = commandsFrom('STAGE=prod ');
  expect(commands).toHaveLength(4);
  const [start = '', ...others] = commands;
  const env = { PATH: standInForNpx(), CDKTF_OUTDIR: join(dir, 'cdktf.out'), PORT: '0' };

  const first = terminal(['-c', start], env);
  const [, endpoint = ''] = await first.wrote(/running at (http:\S+)/);
  const second = terminal([], env);
  // The page has the port that `start` has by default.
  const [token = '', order = '', status = ''] = others.map((command) => {
    expect(command).toContain('http://127.0.0.1:4000/');
    return command.replaceAll('http://127.0.0.1:4000', endpoint);
  });
  second.type(token);
  second.type(order);
  const [, orderId = ''] = await second.wrote(/\{"orderId":"([0-9a-f-]{36})"\}/);
  expect(status).toContain('<orderId>');
  // Until the events of the order have come, its status is 404, or an earlier one.
  for (let came = ''; came !== 'dispatched'; ) {
    second.type(status.replace('<orderId>', orderId));
    [, came = ''] = await second.wrote(/"status":"?(\w+)/);
    expect(['404', 'placed', 'processed', 'dispatched']).toContain(came);
  }

  first.shell.kill('SIGINT');
  expect(await once(first.shell, 'close')).toEqual([0, null]);
});
