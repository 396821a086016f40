import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let hasJq: boolean | undefined;

/** A folder in which bash runs scripts, with stand-ins for programs that they call. */
export class Shell {
  readonly dir = mkdtempSync(join(tmpdir(), 'orders-shell-'));
  readonly #functions = new Map<string, string>();

  constructor() {
    mkdirSync(join(this.dir, 'bin'));
  }

  /**
   * Puts a bash script in the place of a program. It appends its arguments to `<name>.calls`, a line a call. A script of bash
   * gets it as a function, which starts no process of bash anew. All else finds it as a program.
   */
  standIn(name: string, body: string): void {
    const log = join(this.dir, `${name}.calls`);
    const logged = `echo "$*" >>'${log}'\n${body}\n`;
    this.#write(name, `#!/usr/bin/env bash\n${logged}`);
    // Parentheses: `exit` ends the stand-in alone. The options of the script that calls it aren't its own.
    this.#functions.set(name, `${name}() (\nset +euo pipefail\n${logged})\nexport -f ${name}\n`);
  }

  /** Makes jq available: the machine's own, or else its WebAssembly build, which starts more slowly. */
  withJq(): void {
    hasJq ??= spawnSync('jq', ['--version']).status === 0;
    if (hasJq) return;
    const script = join(import.meta.dirname, 'jq.mjs');
    this.#write('jq', `#!/usr/bin/env bash\nexec '${process.execPath}' '${script}' "$@"\n`);
  }

  #write(name: string, text: string): void {
    const path = join(this.dir, 'bin', name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }

  /** The arguments of each call of a stand-in. */
  callsOf(name: string): string[] {
    const log = join(this.dir, `${name}.calls`);
    return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  }

  /** Runs a script as GitHub does for `shell: bash`. */
  run(script: string, environment: Record<string, string> = {}) {
    const text = `${[...this.#functions.values()].join('')}${script}`;
    const bash = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text];
    const { status, stdout, stderr } = spawnSync('bash', bash, {
      cwd: this.dir,
      encoding: 'utf8',
      env: { PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`, ...environment },
    });
    return { status, output: stdout + stderr };
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
