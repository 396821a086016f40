import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { synthStack } from '../scripts/synthesize.ts';

// The scripts of the workflows, run as GitHub runs them, with `gh` and `npx` stood in for.

interface Workflow {
  jobs: Record<string, { steps?: { name?: string; run?: string }[] }>;
}
const workflows = resolve(import.meta.dirname, '../../.github/workflows');
function scriptOf(file: string, job: string, name: string): string {
  const { jobs } = parse(readFileSync(join(workflows, file), 'utf8')) as Workflow;
  const script = jobs[job]?.steps?.find((step) => step.name === name)?.run;
  if (script === undefined) throw new Error(`${file}: the job ${job} has no step "${name}" with a script`);
  return script;
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-workflow-'));
  mkdirSync(join(dir, 'bin'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Puts a program of this name before the real one. It appends its arguments to `<name>.calls`, a line a call. */
function standIn(name: string, body: string): void {
  const log = join(dir, `${name}.calls`);
  writeFileSync(join(dir, 'bin', name), `#!/usr/bin/env bash\necho "$*" >>'${log}'\n${body}\n`);
  chmodSync(join(dir, 'bin', name), 0o755);
}
const callsOf = (name: string) =>
  readFileSync(join(dir, `${name}.calls`), 'utf8')
    .trimEnd()
    .split('\n');

/** Runs a script as GitHub does for `shell: bash`. */
function run(script: string, environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
    {
      cwd: dir,
      encoding: 'utf8',
      env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, ...environment },
    },
  );
  return { status, output: stdout + stderr };
}

describe('before anything of a stage runs', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'The role and the bucket are set');
  const all = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy', STATE_BUCKET: 'states' };

  test('the role and the bucket of the environment will do', () => {
    expect(run(script, all)).toEqual({ status: 0, output: '' });
  });

  test.each(Object.keys(all))('%s has to be set', (name) => {
    const { status, output } = run(script, { ...all, [name]: '' });
    expect(output).toBe(`::error::${name} is not set. docs/delivery.md says how to set it\n`);
    expect(status).toBe(1);
  });
});

describe('before cdktf runs', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'Every variable of the stack is set');
  let needed: Record<string, string>;
  beforeEach(() => {
    const stack = synthStack('prod');
    mkdirSync(join(dir, 'cdktf.out/stacks/orders-prod'), { recursive: true });
    writeFileSync(join(dir, 'cdktf.out/stacks/orders-prod/cdk.tf.json'), JSON.stringify(stack));
    const names = Object.entries(stack.variable).flatMap(([name, variable]) =>
      'default' in variable ? [] : [name],
    );
    needed = Object.fromEntries(names.map((name) => [`TF_VAR_${name}`, 'a value']));
  });

  test('the variables that the stack asks for will do', () => {
    expect(Object.keys(needed).length).toBeGreaterThan(2);
    expect(run(script, { STAGE: 'prod', ...needed })).toEqual({ status: 0, output: '' });
  });

  test('every one that is missing is named, and stops it', () => {
    for (const name of Object.keys(needed)) {
      const { status, output } = run(script, { STAGE: 'prod', ...needed, [name]: '' });
      expect(output).toBe(`::error::${name} is not set. docs/delivery.md says how to set it\n`);
      expect(status).toBe(1);
    }
  });

  test('a stack that is not there stops it', () => {
    expect(run(script, { STAGE: 'dev', ...needed }).status).not.toBe(0);
  });
});

describe('a deploy', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'No newer commit is on main');
  const environment = { GITHUB_REPOSITORY: 'shop/orders', GITHUB_SHA: 'abc123' };

  test('of the newest commit of main goes on', () => {
    standIn('gh', 'echo abc123');
    expect(run(script, environment)).toEqual({ status: 0, output: '' });
    expect(callsOf('gh')).toEqual(['api repos/shop/orders/commits/main --jq .sha']);
  });

  test('of an older one stops, and says which is the newest', () => {
    standIn('gh', 'echo def456');
    const { status, output } = run(script, environment);
    expect(output).toContain('::error::main is at def456 by now');
    expect(status).toBe(1);
  });

  test('stops if GitHub does not answer', () => {
    standIn('gh', 'exit 4');
    expect(run(script, environment).status).not.toBe(0);
  });
});

describe('a plan', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'cdktf diff');
  const environment = { TF_VAR_us_partner_api_key: '--the.key*' };

  test('is kept as cdktf prints it', () => {
    standIn('npx', 'echo "Plan: 1 to add"');
    expect(run(script, environment)).toEqual({ status: 0, output: 'Plan: 1 to add\n' });
    expect(readFileSync(join(dir, 'plan.txt'), 'utf8')).toBe('Plan: 1 to add\n');
    expect(callsOf('npx')).toEqual(['cdktf diff --skip-synth --no-color']);
  });

  test('that has the key of the partner in it is not kept', () => {
    standIn('npx', 'echo "value = --the.key*"');
    const { status, output } = run(script, environment);
    expect(output).toContain('::error::The plan has the key of the partner in it');
    expect(existsSync(join(dir, 'plan.txt'))).toBe(false);
    expect(status).toBe(1);
  });

  test('that fails stops', () => {
    standIn('npx', 'echo "Error: no credentials"; exit 1');
    expect(run(script, environment).status).not.toBe(0);
  });
});

describe('the comment on a pull request', () => {
  const script = scriptOf('pull-request.yml', 'comment', 'Write the comment, or the one that is there anew');
  const environment = {
    PULL_REQUEST: '7',
    COMMIT: 'abc123',
    GITHUB_REPOSITORY: 'shop/orders',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '42',
  };
  const plan = (stage: string, text: string) => {
    mkdirSync(join(dir, `plan-${stage}`));
    writeFileSync(join(dir, `plan-${stage}/plan.txt`), text);
  };
  const comment = () => readFileSync(join(dir, 'comment.md'), 'utf8');

  test('has the plan of each stage, its summary in front, without what Terraform only reads', () => {
    plan(
      'dev',
      'aws_sqs_queue.a: Refreshing state... [id=a]\n  + aws_sqs_queue.b\nPlan: 1 to add, 0 to change.\n',
    );
    plan('prod', 'data.x: Reading...\nNo changes. Your infrastructure matches.\n');
    standIn('gh', '');
    expect(run(script, environment).status).toBe(0);
    expect(comment()).toContain('What commit abc123 would change');
    expect(comment()).toContain('<summary>dev: Plan: 1 to add, 0 to change.</summary>');
    expect(comment()).toContain('  + aws_sqs_queue.b\n');
    expect(comment()).toContain('<summary>prod: No changes. Your infrastructure matches.</summary>');
    expect(comment()).not.toMatch(/Refreshing|Reading/);
  });

  test('is a new one if there is none', () => {
    for (const stage of ['dev', 'prod']) plan(stage, 'No changes.\n');
    standIn('gh', '');
    expect(run(script, environment).status).toBe(0);
    expect(callsOf('gh').at(-1)).toBe(
      'api --silent repos/shop/orders/issues/7/comments --field body=@comment.md',
    );
  });

  test('is the one that is there, written anew', () => {
    for (const stage of ['dev', 'prod']) plan(stage, 'No changes.\n');
    standIn('gh', '[[ "$*" == *--paginate* ]] && echo 99 || true');
    expect(run(script, environment).status).toBe(0);
    expect(callsOf('gh').at(-1)).toBe(
      'api --silent --method PATCH repos/shop/orders/issues/comments/99 --field body=@comment.md',
    );
  });

  test('stays below what GitHub takes, and says where the rest is', () => {
    for (const stage of ['dev', 'prod']) plan(stage, `${'ä'.repeat(39)}\n`.repeat(1_000));
    standIn('gh', '');
    expect(run(script, environment).status).toBe(0);
    expect(comment().length).toBeLessThan(65_536);
    expect(comment()).not.toContain('\uFFFD');
    expect(comment().match(/https:\/\/github\.example\/shop\/orders\/actions\/runs\/42/g)).toHaveLength(2);
    expect(comment().match(/`{5}/g)).toHaveLength(4);
  });
});

describe('a pull request that touches released schemas', () => {
  const script = scriptOf('pull-request.yml', 'released', 'No released schema is edited or deleted');
  const released = { 'order-placed/0.1.0.json': '{"maximum":1}', 'order-placed/0.2.0.json': '{"maximum":2}' };

  /** Runs the script on two commits, as it runs on the merge and on the branch that the merge goes into. */
  function runOn(before: Record<string, string>, after: Record<string, string>) {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: dir });
    git('init', '-q');
    for (const files of [before, after]) {
      rmSync(join(dir, 'schemas'), { recursive: true, force: true });
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, 'schemas/released', name)), { recursive: true });
        writeFileSync(join(dir, 'schemas/released', name), text);
      }
      git('add', '.');
      git('commit', '-qm', 'a commit');
    }
    return run(script);
  }

  test('fails if it has nothing to compare with', () => {
    execFileSync('git', ['init', '-q'], { cwd: dir });
    expect(run(script).status).not.toBe(0);
  });

  test('passes if it adds one', () => {
    expect(runOn(released, { ...released, 'order-placed/0.3.0.json': '{}' })).toEqual({
      status: 0,
      output: '',
    });
  });

  test.each<[what: string, after: Record<string, string>, line: string]>([
    [
      'edits',
      { ...released, 'order-placed/0.1.0.json': '{}' },
      'M\tschemas/released/order-placed/0.1.0.json',
    ],
    [
      'deletes',
      { 'order-placed/0.2.0.json': '{"maximum":2}' },
      'D\tschemas/released/order-placed/0.1.0.json',
    ],
    [
      'renames',
      { 'order-placed/0.1.1.json': '{"maximum":1}', 'order-placed/0.2.0.json': '{"maximum":2}' },
      'D\tschemas/released/order-placed/0.1.0.json',
    ],
  ])('fails if it %s one', (_, after, line) => {
    const { status, output } = runOn(released, after);
    expect(output).toContain('::error::A released schema never changes');
    expect(output).toContain(line);
    expect(status).toBe(1);
  });
});
