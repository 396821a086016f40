import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Shell } from './shell.ts';
import { workflowOf } from './workflow-files.ts';

// The scripts of the workflows, run as GitHub runs them, with stand-ins for `gh` and `npx`. `pnpm check` lints them.

function scriptOf(file: string, job: string, name: string): string {
  const { jobs } = workflowOf(file);
  const script = jobs[job]?.steps?.find((step) => step.name === name)?.run;
  if (script === undefined) throw new Error(`${file}: the job ${job} has no step "${name}" with a script`);
  return script;
}

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.close());

test.each(['AWS_ROLE_ARN', 'STATE_BUCKET'])('nothing runs for a stage without %s', (name) => {
  const script = scriptOf('stage.yml', 'cdktf', 'The role and the bucket are set');
  const all = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy', STATE_BUCKET: 'states' };
  expect(shell.run(script, all)).toEqual({ status: 0, output: '' });
  expect(shell.run(script, { ...all, [name]: '' })).toEqual({
    status: 1,
    output: `::error::${name} is not set. docs/delivery.md says how to set it\n`,
  });
});

test('cdktf does not run without a variable that the stack asks for', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'Every variable of the stack is set');
  const stack = { variable: { key: { sensitive: true }, mail: {}, region: { default: 'eu-west-1' } } };
  mkdirSync(join(shell.dir, 'cdktf.out/stacks/orders-prod'), { recursive: true });
  writeFileSync(join(shell.dir, 'cdktf.out/stacks/orders-prod/cdk.tf.json'), JSON.stringify(stack));

  const all = { STAGE: 'prod', TF_VAR_key: 'k', TF_VAR_mail: 'm' };
  expect(shell.run(script, all)).toEqual({ status: 0, output: '' });
  expect(shell.run(script, { ...all, TF_VAR_mail: '' })).toEqual({
    status: 1,
    output: '::error::TF_VAR_mail is not set. docs/delivery.md says how to set it\n',
  });
  expect(shell.run(script, { ...all, STAGE: 'dev' }).status).not.toBe(0);
});

test('only the newest commit of main is deployed', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'No newer commit is on main');
  const environment = { GITHUB_REPOSITORY: 'shop/orders', GITHUB_SHA: 'abc123' };
  shell.standIn('gh', 'echo abc123');
  expect(shell.run(script, environment)).toEqual({ status: 0, output: '' });
  expect(shell.callsOf('gh')).toEqual(['api repos/shop/orders/commits/main --jq .sha']);

  shell.standIn('gh', 'echo def456');
  const { status, output } = shell.run(script, environment);
  expect(output).toContain('::error::main is at def456');
  expect(status).toBe(1);

  shell.standIn('gh', 'exit 4');
  expect(shell.run(script, environment).status).not.toBe(0);
});

test('an order for each route is placed at the address that the deploy printed', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'The address of the API');
  shell.withJq();
  const output = join(shell.dir, 'output');
  const summary = join(shell.dir, 'summary');
  const environment = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, STAGE: 'dev' };
  writeFileSync(
    join(shell.dir, 'outputs.json'),
    JSON.stringify({ 'orders-dev': { api_url: 'https://api.example/dev' } }),
  );
  expect(shell.run(script, environment)).toEqual({ status: 0, output: '' });
  expect(readFileSync(output, 'utf8')).toBe('api_url=https://api.example/dev\n');
  expect(readFileSync(summary, 'utf8')).toBe('dev is at <https://api.example/dev>\n');

  shell.standIn('npx', 'exit 1');
  const smoke = scriptOf('stage.yml', 'smoke', 'An order for each route goes through');
  expect(shell.run(smoke, { API_URL: 'https://api.example/dev' }).status).toBe(1);
  expect(shell.callsOf('npx')).toEqual(['--yes pnpm@12.21.0 smoke --url https://api.example/dev']);
});

test('a deploy that printed no address fails', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'The address of the API');
  shell.withJq();
  writeFileSync(join(shell.dir, 'outputs.json'), '{"orders-dev":{}}');
  expect(shell.run(script, { GITHUB_OUTPUT: join(shell.dir, 'output') }).status).not.toBe(0);
});

test('a state goes with its environment, and stays if the environment does', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'cdktf destroy');
  const environment = { STAGE: 'pr-42', STATE_BUCKET: 'states' };
  shell.standIn('aws', '');
  shell.standIn('npx', 'exit 1');
  expect(shell.run(script, environment).status).not.toBe(0);
  expect(shell.callsOf('aws')).toEqual([]);

  shell.standIn('npx', '');
  expect(shell.run(script, environment).status).toBe(0);
  expect(shell.callsOf('npx').at(-1)).toBe('cdktf destroy --skip-synth --auto-approve');
  expect(shell.callsOf('aws')).toEqual(['s3 rm s3://states/orders-pr-42.tfstate']);
});

test('a plan is kept, and a plan that fails ends the step', () => {
  const script = scriptOf('stage.yml', 'cdktf', 'cdktf diff');
  const plan = join(shell.dir, 'plan.txt');
  shell.standIn('npx', 'echo "Plan: 1 to add"');
  expect(shell.run(script, {})).toEqual({ status: 0, output: 'Plan: 1 to add\n' });
  expect(readFileSync(plan, 'utf8')).toBe('Plan: 1 to add\n');

  shell.standIn('npx', 'exit 1');
  expect(shell.run(script, {}).status).not.toBe(0);
});

describe('the comment on a pull request', () => {
  const script = scriptOf(
    'pull-request.yml',
    'comment',
    'Write the comment, or rewrite the one that is there',
  );
  const environment = {
    PULL_REQUEST: '7',
    COMMIT: 'abc123',
    GITHUB_REPOSITORY: 'shop/orders',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '42',
  };
  /** Writes the comment on these plans. `gh` finds the ids of earlier comments. */
  function commentOn(plans: Record<string, string>, earlier: string) {
    for (const [stage, text] of Object.entries(plans)) {
      mkdirSync(join(shell.dir, `plan-${stage}`));
      writeFileSync(join(shell.dir, `plan-${stage}/plan.txt`), text);
    }
    shell.standIn('gh', `[[ "$*" != *--paginate* ]] || echo '${earlier}'`);
    expect(shell.run(script, environment).status).toBe(0);
    return readFileSync(join(shell.dir, 'comment.md'), 'utf8');
  }

  test('has the plan of each stage, after its summary, without what Terraform only reads', () => {
    const comment = commentOn(
      {
        dev: 'aws_sqs_queue.a: Refreshing state... [id=a]\n  + aws_sqs_queue.b\nPlan: 1 to add, 0 to change.\n',
        prod: 'data.x: Reading...\nNo changes. Your infrastructure matches.\n',
      },
      '',
    );
    expect(comment).toContain('What commit abc123 would change');
    expect(comment).toContain('<summary>dev: Plan: 1 to add, 0 to change.</summary>');
    expect(comment).toContain('  + aws_sqs_queue.b\n');
    expect(comment).toContain('<summary>prod: No changes. Your infrastructure matches.</summary>');
    expect(comment).not.toMatch(/Refreshing|Reading/);
  });

  test.each([
    ['a new one', '', 'api --silent repos/shop/orders/issues/7/comments'],
    ['the one that is there', '99', 'api --silent --method PATCH repos/shop/orders/issues/comments/99'],
  ])('is %s', (_, earlier, call) => {
    commentOn({ dev: 'No changes.\n' }, earlier);
    expect(shell.callsOf('gh').at(-1)).toBe(`${call} --field body=@comment.md`);
  });

  test('is shorter than GitHub allows, and links to the rest', () => {
    const long = `${'ä'.repeat(39)}\n`.repeat(1_000);
    const comment = commentOn({ dev: long, prod: long }, '');
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).not.toContain('\uFFFD');
    expect(comment.match(/https:\/\/github\.example\/shop\/orders\/actions\/runs\/42/g)).toHaveLength(2);
    expect(comment.match(/`{5}/g)).toHaveLength(4);
  });
});

describe('a pull request that touches released schemas', () => {
  const script = scriptOf('pull-request.yml', 'released', 'No released schema is edited or deleted');
  const released = { 'order-placed/0.1.0.json': '{"maximum":1}', 'order-placed/0.2.0.json': '{"maximum":2}' };

  /** Runs the script on two commits, as it runs on the merge and on the branch that the merge goes into. */
  function runOn(before: Record<string, string>, after: Record<string, string>) {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: shell.dir });
    git('init', '-q');
    for (const files of [before, after]) {
      rmSync(join(shell.dir, 'schemas'), { recursive: true, force: true });
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(shell.dir, 'schemas/released', name)), { recursive: true });
        writeFileSync(join(shell.dir, 'schemas/released', name), text);
      }
      git('add', '.');
      git('commit', '-qm', 'a commit');
    }
    return shell.run(script);
  }

  test('fails if it has nothing to compare with', () => {
    execFileSync('git', ['init', '-q'], { cwd: shell.dir });
    expect(shell.run(script).status).not.toBe(0);
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
