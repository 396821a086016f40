import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import type { Json } from './fake-aws/cloud.ts';
import { type FakeAws, startFakeAws } from './fake-aws/server.ts';
import type { Terraform } from './terraform.ts';
import { variables } from './variables.ts';

const infra = resolve(import.meta.dirname, '..');

export const stateBucket = 'order-states';
export const timeoutMs = 300_000;

/** Deploys a stage as a user does, to an AWS in memory. */
export class Deployment {
  readonly stage: string;
  readonly aws: FakeAws;
  readonly #terraform: Terraform;
  /** The project folder of cdktf. It isn't the checkout, so that no state lands there. */
  readonly #project: string;
  #running: ChildProcess | undefined;

  static async of(stage: string, terraform: Terraform): Promise<Deployment> {
    return new Deployment(stage, terraform, await startFakeAws());
  }

  private constructor(stage: string, terraform: Terraform, aws: FakeAws) {
    this.stage = stage;
    this.aws = aws;
    this.#terraform = terraform;
    this.#project = mkdtempSync(join(tmpdir(), 'orders-deploy-'));
    const config: object = JSON.parse(readFileSync(join(infra, 'cdktf.json'), 'utf8'));
    const app = `"${process.execPath}" "${join(infra, 'main.ts')}"`;
    writeFileSync(join(this.#project, 'cdktf.json'), JSON.stringify({ ...config, app }));
  }

  /** Runs cdktf, and returns what it prints and whether it succeeds. */
  async cdktf(command: string): Promise<{ ok: boolean; output: string }> {
    const child = spawn(join(infra, 'node_modules/.bin/cdktf'), [command, '--auto-approve'], {
      cwd: this.#project,
      // Without the AWS settings of this machine, so that nothing can reach AWS itself.
      env: {
        PATH: process.env.PATH,
        HOME: this.#project,
        AWS_ENDPOINT_URL: this.aws.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_EC2_METADATA_DISABLED: 'true',
        STAGE: this.stage,
        STATE_BUCKET: stateBucket,
        ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
        TF_CLI_ARGS_init: `-lockfile=readonly '-plugin-dir=${this.#terraform.pluginDir}'`,
        CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
        CHECKPOINT_DISABLE: '1',
        CI: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#running = child;
    const timer = setTimeout(() => this.#kill(), timeoutMs);
    try {
      const [stdout, stderr, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { ok: status === 0, output: stripVTControlCharacters(stdout + stderr) };
    } finally {
      clearTimeout(timer);
      this.#kill();
    }
  }

  /** Ends cdktf and its children, if they still run. */
  #kill() {
    const child = this.#running;
    if (child?.pid && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    this.#running = undefined;
  }

  /** The inputs of every call of this name. */
  asked(name: string): Json[] {
    return this.aws.requests.filter(({ call }) => call === name).map(({ input }) => input);
  }

  /** The resources of the stack, without the state, which isn't part of it. */
  made(): string[] {
    return this.aws.resources().filter((resource) => !resource.startsWith('objects '));
  }

  async stop(): Promise<void> {
    this.#kill();
    await this.aws.stop();
    rmSync(this.#project, { recursive: true });
  }
}
