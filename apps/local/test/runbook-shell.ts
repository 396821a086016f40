import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sdkConfig } from '@orders/local-aws/testing';
import { runJq } from '../../../infra/test/jq.mjs';
import type { TestSystem } from '../src/testing/index.ts';
import { createAwsCli } from './aws-cli.ts';
import { serveCommands } from './serve-commands.ts';

export const runbooks = resolve(import.meta.dirname, '../../../docs/runbooks');

/** The blocks of commands of a page. */
export const blocksOf = (page: string): string[] =>
  [...readFileSync(join(runbooks, page), 'utf8').matchAll(/```bash\n(.*?)```/gs)].map(
    ([, block = '']) => block,
  );

/**
 * Prints each command of a page that fails, as the page has it: functions don't inherit the traps. The second trap sets off
 * the first one, for the command inside of a function that has failed, so the command of the page is the one before.
 */
const noteFailures = `trap 'command=$next; next=$BASH_COMMAND' DEBUG\ntrap 'printf "FAILED %s\\0" "$command"' ERR\n`;

/** A bash with the commands of the runbooks, and a client of AWS that has a system for its AWS. */
export async function openRunbookShell(system: TestSystem) {
  const dir = mkdtempSync(join(tmpdir(), 'orders-runbooks-'));
  const aws = createAwsCli(sdkConfig(system));
  const commands = await serveCommands({ aws: aws.run, jq: (args, stdin) => runJq(args, () => stdin) });
  mkdirSync(join(dir, 'bin'));
  const script = (name: string, text: string) => {
    const path = join(dir, 'bin', name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };
  script('aws', commands.script('aws', 'false'));
  script('jq', commands.script('jq', '[[ " $* " != *" -n"* ]]'));

  return {
    /** Runs commands one after the other, and says which of them failed. */
    async run(text: string) {
      const whole = `set -o pipefail\nsource '${runbooks}/commands.sh'\n${noteFailures}${text}\n`;
      const child = spawn('bash', ['--noprofile', '--norc', '-c', whole], {
        cwd: dir,
        env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}` },
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk;
      });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk;
      });
      await once(child, 'close');
      const failed = [...stdout.matchAll(/FAILED (.*?)\0/gs)].map(([, command = '']) => command);
      return { failed, output: stdout.replaceAll(/FAILED .*?\0/gs, ''), errors: stderr };
    },
    close() {
      commands.close();
      aws.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
