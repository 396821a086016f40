import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { allowing, askedFor, policy } from './deploy-policy.ts';
import { Shell } from './shell.ts';

// infra/delivery/set-up.sh, with an account and a repository that are folders.

const script = resolve(import.meta.dirname, '../delivery/set-up.sh');
const standIn = (name: string) => readFileSync(join(import.meta.dirname, 'stand-ins', `${name}.sh`), 'utf8');

let shell: Shell;
let account: string;
beforeEach(() => {
  shell = new Shell();
  shell.withJq();
  shell.standIn('aws', standIn('aws'));
  shell.standIn('gh', standIn('gh'));
  account = join(shell.dir, 'account');
  mkdirSync(account);
});
afterEach(() => shell.close());

const run = (options: string, environment = {}) =>
  shell.run(`'${script}' ${options}`, { ACCOUNT: account, ...environment });

const dev = 'dev --partner-endpoint https://partner.example/orders';
const prod =
  'prod --partner-endpoint https://partner.example/orders --alarm-email on-call@shop.example ' +
  '--jwt-issuer https://login.shop.example/ --jwt-audience orders';

/** Everything in the account and the repository: the text of each file, by its path. */
const everything = () =>
  Object.fromEntries(
    readdirSync(account, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(account.length + 1), readFileSync(path, 'utf8').trim()]),
  );
/** The calls that change something. */
const changing = () =>
  [...shell.callsOf('aws'), ...shell.callsOf('gh')].filter((call) =>
    /^(?!s3api (head|get)|iam (get|list)|sts |repo view|api (user|repos\/\S+)( --jq \S+)?$)/.test(call),
  );
const reviewer = (id: number) => ({ type: 'User', reviewer: { id } });
const subjectOf = (role: string) => /"(repo:[^"]*)"/.exec(everything()[`role-${role}`] ?? '')?.[1];

test('--help prints the options, and needs nothing', () => {
  const { status, output } = run('--help', { PATH: '/usr/bin:/bin' });
  expect(output).toMatch(/^Usage: infra\/delivery\/set-up\.sh <stage> \[options\]\n/);
  expect(status).toBe(0);
  expect(changing()).toEqual([]);
});

test.each([
  ['', 'No stage: dev or prod'],
  ['staging', "'staging' isn't an option or a stage"],
  ['dev prod', "'prod' is a second stage"],
  ['dev --region', '--region has no value'],
  ['dev --jwt-issuer https://login.shop.example/', 'are for prod, and the stage is dev'],
])('set-up.sh %s is refused before anything is asked', (options, sentence) => {
  const { status, output } = run(options);
  expect(output).toContain(sentence);
  expect(status).toBe(2);
  expect([...shell.callsOf('aws'), ...shell.callsOf('gh')]).toEqual([]);
});

test('the plan is printed, and where nobody can be asked, nothing happens without --yes', () => {
  const { status, output } = run(dev);
  expect(output).toContain(
    'The stage dev: account 123456789012 in eu-west-1, GitHub repository shop/orders\n',
  );
  expect(output).toContain('  Create the bucket orders-state-dev-123456789012 for the state\n');
  expect(output).toContain(
    '  Create the role DeliveryDeploy for jobs in the GitHub environment dev of shop/orders\n',
  );
  expect(output).toMatch(/Nobody can be asked here\. --yes .*\nStopped at: asking\. Nothing is done\n$/);
  expect(status).toBe(1);
  expect(changing()).toEqual([]);
});

describe('the first run', () => {
  test('makes what it prints, and the second run finds everything there', () => {
    const first = run(`${dev} --yes`);
    expect(first.status).toBe(0);
    const [plan, done] = first.output.split('Making them:\n').map((part) => part.match(/^ {2}.*$/gm));
    expect(plan?.length).toBeGreaterThan(20);
    expect(done).toEqual(plan);
    expect(first.output).toContain(`Done: ${plan?.length} changes\n`);
    expect(first.output).toContain('gh secret set US_PARTNER_API_KEY --env dev\n');

    expect(subjectOf('DeliveryPlan')).toBe('repo:shop/orders:environment:dev-plan');
    expect(subjectOf('DeliveryDeploy')).toBe('repo:shop/orders:environment:dev');
    expect(subjectOf('DeliveryPullRequest')).toBe('repo:shop/orders:environment:pull-request');
    const before = everything();
    expect(JSON.parse(before['role-DeliveryDeploy-policy'] ?? '')).toEqual(policy);
    const ofBranches = JSON.parse(before['role-DeliveryPullRequest-policy'] ?? '');
    const denied = (stage: string) =>
      askedFor(stage)
        .filter(({ action, resource }) => allowing(action, resource, ofBranches).length === 0)
        .map(({ resource }) => resource);
    expect(denied('pr-42')).toEqual([]);
    expect(denied('dev')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/table\/OrderDetails$/),
        expect.stringMatching(/function:orders-producer$/),
        expect.stringMatching(/event-bus\/Orders$/),
        expect.stringMatching(/orders-dev\.tfstate/),
      ]),
    );
    expect(before['environments/dev/deployment-branch-policies']).toBe(
      '{"branch_policies":[{"name":"main"}]}',
    );
    expect(before['environments/dev/rules']).toContain('"custom_branch_policies":true');

    const calls = changing();
    const second = run('dev');
    expect(second).toMatchObject({
      status: 0,
      output: expect.stringContaining('Everything is there already'),
    });
    expect(changing()).toEqual(calls);
    expect(everything()).toEqual(before);
  });

  test('takes the OIDC provider that is there, and gives prod a reviewer and its variables', () => {
    writeFileSync(join(account, 'provider'), '{"ClientIDList": ["sts.amazonaws.com"]}');
    const { status, output } = run(`${prod} --region us-east-1 --yes`);
    expect(status).toBe(0);
    expect(output).not.toContain('OIDC');
    const made = everything();
    expect(made['environments/prod/rules']).toContain('"reviewer":{"id":7}');
    expect(made['environments/prod/variables/ALARM_EMAIL']).toContain('"on-call@shop.example"');
    expect(made['environments/prod-plan/variables/JWT_ISSUER']).toContain('"https://login.shop.example/"');
    // us-east-1 is the one place that can't be named.
    expect(made['bucket-orders-state-prod-123456789012']).toBe('');
    expect(Object.keys(made).join()).not.toContain('pull-request');
    // A later run keeps the region.
    expect(run('prod').output).toContain('in us-east-1,');
  });

  test('keeps the rules of the environment of prod, and lets only main use it', () => {
    const prodEnvironment = join(account, 'environments/prod');
    mkdirSync(prodEnvironment, { recursive: true });
    const reviewers = { type: 'required_reviewers', prevent_self_review: true, reviewers: [reviewer(9)] };
    const rules = [reviewers, { type: 'wait_timer', wait_timer: 30 }];
    writeFileSync(
      join(prodEnvironment, 'rules'),
      JSON.stringify({ deployment_branch_policy: null, protection_rules: rules }),
    );
    expect(run(`${prod} --yes`).status).toBe(0);
    expect(JSON.parse(everything()['environments/prod/rules'] ?? '')).toEqual({
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      protection_rules: rules,
    });
  });

  test('stops at the first error, names its step, and goes on from there when the cause is gone', () => {
    writeFileSync(join(account, 'provider'), '{"ClientIDList": ["another"]}');
    const { status, output } = run(`${dev} --yes`, { FAILING: 'iam put-role-policy' });
    expect(output).toContain(
      'An error occurred (AccessDenied) when calling the iam put-role-policy operation',
    );
    expect(output).toMatch(
      /Stopped at: Let the role DeliveryDeploy deploy the stack, .*What came before is done, and/,
    );
    expect(status).not.toBe(0);
    expect(output).toContain('Let the OIDC provider of GitHub, which is there, take tokens that are for AWS');
    expect(everything().provider).toContain('"sts.amazonaws.com"');
    expect(everything()).toHaveProperty(['role-DeliveryDeploy']);
    expect(everything()).not.toHaveProperty(['role-DeliveryPullRequest']);

    const again = run(`${dev} --yes`);
    expect(again.status).toBe(0);
    expect(again.output).not.toContain('bucket');
    expect(everything()).toHaveProperty(['role-DeliveryPullRequest-policy']);
  });

  test('stops before the plan when something can not be read, and changes nothing', () => {
    const { status, output } = run(`${dev} --yes`, { FAILING: 'iam get-role' });
    expect(output).toMatch(/AccessDenied.*\nStopped at: reading the role DeliveryPlan\. Nothing is done\n$/);
    expect(status).not.toBe(0);
    expect(changing()).toEqual([]);
  });

  test('stops without a value that a variable needs, and names the option', () => {
    const { status, output } = run('dev --yes');
    expect(output).toContain(
      '--partner-endpoint is needed the first time, for the variable US_PARTNER_ENDPOINT',
    );
    expect(status).toBe(2);
    expect(changing()).toEqual([]);
  });

  test('stops in the account of the other stage', () => {
    writeFileSync(join(account, 'bucket-orders-state-dev-123456789012'), '');
    const { status, output } = run(`${prod} --yes`);
    expect(output).toContain(
      'The account 123456789012 has the stage dev. Each stage has an account of its own',
    );
    expect(status).not.toBe(0);
    expect(changing()).toEqual([]);
  });
});
