import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';
import { terraformVersion } from '../src/terraform-versions.ts';
import { files, jobsOf, textOf, workflowOf } from './workflow-files.ts';

const root = resolve(import.meta.dirname, '../..');
const { packageManager, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  packageManager: string;
  scripts: Record<string, string>;
};

describe.each(files)('%s', (file) => {
  const workflow = workflowOf(file);

  test('runs the pinned pnpm, and only scripts of package.json', () => {
    const calls = [...textOf(file).matchAll(/npx --yes (pnpm@\S+) (?:run )?(\S+)/g)];
    for (const [, pnpm, script = ''] of calls) {
      expect(pnpm).toBe(packageManager);
      expect(Object.keys({ install: '', ...scripts })).toContain(script);
    }
    expect(calls).toHaveLength(textOf(file).match(/\bpnpm@/g)?.length ?? 0);
  });

  test('has the permission to read, and no other except for a token of OIDC', () => {
    const { 'id-token': _, ...others } = workflow.permissions ?? {};
    expect(others).toEqual({ contents: 'read' });
  });

  test('lets a job write only a comment and its own token', () => {
    const granted = [workflow, ...Object.values(workflow.jobs)].flatMap(({ permissions = {} }) =>
      Object.entries(permissions),
    );
    const allowed = [
      ['contents', 'read'],
      ['id-token', 'write'],
      ['pull-requests', 'write'],
    ];
    for (const permission of granted) expect(allowed).toContainEqual(permission);
  });

  test('has no long-lived key of AWS', () => {
    expect(textOf(file)).not.toMatch(/access.?key.?id|secret.?access.?key|session.?token/i);
  });

  test('limits the time of each job', () => {
    for (const [job, { steps, 'timeout-minutes': minutes }] of jobsOf(file)) {
      if (steps) expect([job, minutes]).toEqual([job, expect.any(Number)]);
    }
  });

  test('pins every action by commit, with its version in a comment', () => {
    const uses = [...textOf(file).matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
    for (const action of uses) {
      if (action.startsWith('./')) expect(existsSync(join(root, action))).toBe(true);
      else expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('puts no expression into a script', () => {
    const runs = jobsOf(file).flatMap(([, { steps = [] }]) => steps.flatMap(({ run }) => run ?? []));
    for (const run of runs) expect(run).not.toContain('${{');
  });
});

test('the check is what .ci/run runs on any machine, by the pinned pnpm', () => {
  const steps = workflowOf('check.yml').jobs.check?.steps?.flatMap(({ run }) => run ?? []);
  expect(steps).toEqual(['bash .ci/run']);
  const script = readFileSync(join(root, '.ci/run'), 'utf8');
  const calls = [...script.matchAll(/npx --yes (pnpm@\S+) (\S+)/g)];
  expect(calls.map(([, pnpm]) => pnpm)).toEqual(calls.map(() => packageManager));
  expect(calls.map(([, , command]) => command)).toEqual(['install', 'check', 'test', 'verify:stack']);
});

test('released schemas are compared with the branch that the pull request goes into', () => {
  const [checkout] = workflowOf('pull-request.yml').jobs.released?.steps ?? [];
  expect(checkout?.with).toMatchObject({ 'fetch-depth': 2 });
});

test('the check fails without Terraform', () => {
  const env = { REQUIRE_TERRAFORM: '1' };
  expect(workflowOf('check.yml').jobs.check?.env).toEqual(env);
});

test('a deploy first checks that its commit is the newest of main', () => {
  const steps = workflowOf('stage.yml').jobs.cdktf?.steps ?? [];
  const [guard, deploy] = ['commits/main', 'cdktf deploy'].map((text) =>
    steps.findIndex(({ run = '' }) => run.includes(text)),
  );
  expect(guard).toBeGreaterThan(-1);
  expect(guard).toBeLessThan(deploy ?? -1);
});

describe('after a deploy', () => {
  const { cdktf, smoke } = workflowOf('stage.yml').jobs;

  test('an order for each route goes through, so prod, which needs dev, is approved after it', () => {
    expect(smoke).toMatchObject({
      needs: 'cdktf',
      if: "inputs.command == 'deploy' && inputs.stage != 'prod'",
    });
    expect(smoke?.steps?.at(-1)).toMatchObject({
      env: { API_URL: '${{ needs.cdktf.outputs.api_url }}' },
      run: expect.stringMatching(/ smoke --url "\$API_URL"$/),
    });
    expect(cdktf?.outputs).toEqual({ api_url: '${{ steps.deployed.outputs.api_url }}' });
    const names = cdktf?.steps?.map(({ id, run }) => id ?? run?.split(' ').slice(0, 3).join(' '));
    expect(names?.indexOf('deployed')).toBeGreaterThan(names?.indexOf('npx cdktf deploy') ?? Number.NaN);
  });

  test('the client that places them has no credentials, and no way to get any', () => {
    expect(smoke?.permissions).toEqual({ contents: 'read' });
    expect(smoke).not.toHaveProperty('environment');
    expect(JSON.stringify(smoke)).not.toMatch(/secrets|vars\.|configure-aws-credentials/);
  });
});

test('once a job has credentials, it runs cdktf and no script of a package', () => {
  const after = files.flatMap((file) =>
    jobsOf(file).flatMap(([, { steps = [] }]) => {
      const begin = steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials'));
      return begin < 0 ? [] : steps.slice(begin + 1);
    }),
  );
  expect(after.length).toBeGreaterThan(2);
  for (const { run = '' } of after) expect(run).not.toMatch(/\bpnpm\b|\bnode\b/);
});

test("the partner's key is set for the step that deploys, the registry's token for the one that publishes, and no other", () => {
  const secret = /secrets\.(?!US_PARTNER_API_KEY != '')\w+/;
  const holders = files.flatMap((file) =>
    jobsOf(file).flatMap(([, { steps = [], ...job }]) => [
      ...(secret.test(JSON.stringify(job)) ? [`${file}: a whole job`] : []),
      ...steps.filter((step) => secret.test(JSON.stringify(step))).map(({ run }) => `${file}: ${run}`),
    ]),
  );
  expect(holders).toEqual([
    `release.yml: npx --yes ${packageManager} release:publish`,
    'stage.yml: npx cdktf deploy --skip-synth --auto-approve --outputs-file outputs.json',
  ]);
});

test('a pull request passes no secret on, as its steps run the code of a branch', () => {
  expect(textOf('pull-request.yml')).not.toContain('secrets');
});

test('an action is pinned to the same commit everywhere', () => {
  const pins = files.flatMap((file) => textOf(file).match(/\S+@[0-9a-f]{40}/g) ?? []);
  const actions = new Set(pins.map((pin) => pin.split('@')[0]));
  expect(new Set(pins).size).toBe(actions.size);
});

test('Terraform has the version of the stack everywhere, and no wrapper around its output', () => {
  const settings = files.flatMap((file) =>
    jobsOf(file).flatMap(([, { steps = [] }]) =>
      steps.filter(({ uses }) => uses?.startsWith('hashicorp/setup-terraform')).map((step) => step.with),
    ),
  );
  expect(settings.length).toBeGreaterThan(1);
  for (const setting of settings)
    expect(setting).toEqual({ terraform_version: terraformVersion, terraform_wrapper: false });
});

test.each(['README.md', 'docs/testing.md', 'docs/delivery.md'])(
  '%s names the oldest Terraform that the stack takes',
  (page) => {
    const named = readFileSync(join(root, page), 'utf8').match(/Terraform \d[\d.]*\d/g) ?? [];
    expect(new Set(named)).toEqual(new Set([`Terraform ${terraformVersion.replace(/\.\d+$/, '')}`]));
  },
);

test('a stage takes the provider of the lock file, and no other', () => {
  expect(workflowOf('stage.yml').jobs.cdktf?.env).toMatchObject({ TF_CLI_ARGS_init: '-lockfile=readonly' });
});

describe('a deploy', () => {
  const { jobs, on } = workflowOf('deploy.yml');

  test('follows a push to main and the check, one stage after the other', () => {
    expect(on).toEqual({ push: { branches: ['main'] } });
    expect(jobs.check?.uses).toBe('./.github/workflows/check.yml');
    expect(stageNames.map((stage) => jobs[stage]?.needs)).toEqual(['check', ...stageNames.slice(0, -1)]);
  });

  test('goes to every stage, in the GitHub environment of the same name', () => {
    const deployed = Object.values(jobs).flatMap((job) => (job.with ? [job.with] : []));
    expect(deployed).toEqual(stageNames.map((stage) => ({ stage, environment: stage, command: 'deploy' })));
  });

  test('never crosses another deploy of the same stage, and never cancels one', () => {
    for (const stage of stageNames) {
      expect(jobs[stage]?.concurrency).toEqual({ group: `deploy-${stage}`, 'cancel-in-progress': false });
    }
  });
});

test('a pull request uses the environments that plan, never those that deploy', () => {
  const text = textOf('pull-request.yml');
  const { jobs, on } = workflowOf('pull-request.yml');
  expect(Object.keys(on)).toEqual(['pull_request']);
  expect(jobs.plan?.with).toEqual({
    stage: '${{ matrix.stage }}',
    environment: '${{ matrix.stage }}-plan',
    command: 'diff',
  });
  expect(text).toContain(`stage: [${stageNames.join(', ')}]`);
});

describe('an environment for a pull request', () => {
  const { jobs, on } = workflowOf('environment.yml');
  const number = '${{ github.event.pull_request.number }}';

  test('comes with the label and with each push, and goes with the label and the pull request', () => {
    expect(on).toEqual({
      pull_request: { types: ['labeled', 'synchronize', 'reopened'] },
      pull_request_target: { types: ['unlabeled', 'closed'] },
    });
    expect(Object.values(jobs).map((job) => job.with?.command)).toEqual(['deploy', 'destroy']);
    expect(jobs.deploy?.if).toMatch(
      /^github\.event_name == 'pull_request' && .*contains\(.*, 'environment'\)/,
    );
    expect(jobs.destroy?.if).toMatch(/^github\.event_name == 'pull_request_target' && .*'environment'/);
  });

  test('is a stage of its own, which no fork gets', () => {
    for (const { uses, with: inputs, if: condition } of Object.values(jobs)) {
      expect(condition).toContain('github.event.pull_request.head.repo.full_name == github.repository');
      expect(uses).toBe('./.github/workflows/stage.yml');
      expect(inputs).toMatchObject({ stage: `pr-${number}`, environment: 'pull-request' });
    }
  });

  test('is never deployed and destroyed at once, and no deploy is cut off', () => {
    const concurrency = { group: `environment-pr-${number}`, 'cancel-in-progress': false };
    for (const job of Object.values(jobs)) expect(job.concurrency).toEqual(concurrency);
  });

  test('gets no secret to go away, and then runs no code of the pull request', () => {
    expect(jobs.deploy?.secrets).toBe('inherit');
    expect(jobs.destroy).not.toHaveProperty('secrets');
    const refs = jobsOf('stage.yml').flatMap(([, { steps = [] }]) => steps.map((step) => step.with?.ref));
    expect(refs.filter((ref) => ref !== undefined)).toEqual([]);
  });

  test('has the address of its API shown in the pull request', () => {
    expect(workflowOf('stage.yml').jobs.cdktf?.environment).toEqual({
      name: '${{ inputs.environment }}',
      url: '${{ steps.deployed.outputs.api_url }}',
    });
  });
});

test('only the workflow that runs no code of the pull request has its trigger with secrets', () => {
  const triggered = files.filter((file) => 'pull_request_target' in workflowOf(file).on);
  expect(triggered).toEqual(['environment.yml']);
});

describe('a release', () => {
  const { jobs, on } = workflowOf('release.yml');

  test('follows a new version on main and the check, with the provenance of its run', () => {
    expect(on).toEqual({ push: { branches: ['main'], paths: ['packages/events/package.json'] } });
    expect(jobs.check?.uses).toBe('./.github/workflows/check.yml');
    expect(jobs.publish).toMatchObject({
      needs: 'check',
      environment: 'npm',
      permissions: { 'id-token': 'write' },
    });
  });

  test('is tried in a pull request, without an upload and without a token', () => {
    const job = workflowOf('pull-request.yml').jobs.package;
    expect(job?.steps?.at(-1)?.run).toMatch(/ release:publish --dry-run$/);
    expect(job).not.toHaveProperty('permissions');
  });
});

test('set-up.sh takes every stage', () => {
  const script = readFileSync(join(root, 'infra/delivery/set-up.sh'), 'utf8');
  expect(script).toContain(`\n    ${stageNames.join(' | ')})\n`);
});

test('set-up.sh sets every variable that the workflows read, and names the secret', () => {
  const script = readFileSync(join(root, 'infra/delivery/set-up.sh'), 'utf8');
  const read = [...textOf('stage.yml').matchAll(/\$\{\{ (vars|secrets)\.(\w+) /g)];
  expect(read.length).toBeGreaterThan(6);
  for (const [, kind, name] of read) {
    expect(script).toMatch(
      kind === 'vars' ? new RegExp(`^ *variable "\\S+" ${name} `, 'm') : `gh secret set ${name} --env`,
    );
  }
});

test.each(stageNames)('a workflow sets every variable of the stage %s that has no default', (stage) => {
  const asked = Object.entries(synthStack(stage).variable)
    .filter(([, variable]) => !('default' in variable))
    .map(([name]) => `TF_VAR_${name}`);
  expect(asked.length).toBeGreaterThan(1);
  const { env = {}, steps = [] } = workflowOf('stage.yml').jobs.cdktf ?? {};
  for (const command of ['cdktf deploy', 'cdktf diff']) {
    const step = steps.find(({ run = '' }) => run.includes(command));
    expect(Object.keys({ ...env, ...step?.env })).toEqual(expect.arrayContaining(asked));
  }
});
