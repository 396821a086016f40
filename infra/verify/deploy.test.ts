import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { elementsOf, synthStack } from '../test/synth.ts';
import { tagsOf } from './fake-aws/cloud.ts';
import { type FakeAws, startFakeAws } from './fake-aws/server.ts';
import { variables } from './mocked-stage.ts';
import { withTerraform } from './terraform.ts';

const root = resolve(import.meta.dirname, '../..');
const infra = join(root, 'infra');
const stateBucket = 'order-states';
const timeoutMs = 300_000;

const stack = synthStack();
const ofType = (type: string) => elementsOf(stack).filter((element) => element.type === type);

withTerraform((terraform) => {
  let aws: FakeAws;
  /** cdktf's project: not the checkout, so that no state lands there. */
  let project: string;
  let running: ChildProcess | undefined;

  /** Runs cdktf as a user does, but for the address of AWS. Returns what it prints; throws if it fails. */
  async function cdktf(command: string, ...options: string[]): Promise<string> {
    const child = spawn(join(infra, 'node_modules/.bin/cdktf'), [command, '--auto-approve', ...options], {
      cwd: project,
      // None of this machine's own AWS settings, so that nothing can reach AWS itself.
      env: {
        PATH: process.env.PATH,
        HOME: project,
        AWS_ENDPOINT_URL: aws.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_EC2_METADATA_DISABLED: 'true',
        STATE_BUCKET: stateBucket,
        TF_VAR_us_partner_endpoint: variables.us_partner_endpoint,
        TF_VAR_us_partner_api_key: variables.us_partner_api_key,
        TF_CLI_ARGS_init: `'-plugin-dir=${terraform.pluginDir}'`,
        CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
        CHECKPOINT_DISABLE: '1',
        CI: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running = child;
    const timer = setTimeout(kill, timeoutMs);
    try {
      const [stdout, stderr, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      const output = stripVTControlCharacters(stdout + stderr);
      if (status === 0) return output;
      throw new Error(`cdktf ${command} ends with ${status}; unknown calls: ${aws.refused}\n${output}`);
    } finally {
      clearTimeout(timer);
      kill();
    }
  }

  /** Ends cdktf and what it started, if it still runs. */
  function kill() {
    if (running?.pid && running.exitCode === null && running.signalCode === null)
      process.kill(-running.pid, 'SIGKILL');
    running = undefined;
  }

  /** What AWS was asked in every call of this name. */
  const asked = (name: string) => aws.requests.filter(({ call }) => call === name).map(({ input }) => input);
  /** What the stack made, without the state, which is not of the stack. */
  const made = () => aws.resources().filter((resource) => !resource.startsWith('objects '));

  beforeAll(async () => {
    aws = await startFakeAws();
    project = mkdtempSync(join(tmpdir(), 'orders-deploy-'));
    const config: object = JSON.parse(readFileSync(join(infra, 'cdktf.json'), 'utf8'));
    const app = `"${process.execPath}" "${join(infra, 'main.ts')}"`;
    writeFileSync(join(project, 'cdktf.json'), JSON.stringify({ ...config, app }));
  });

  afterAll(async () => {
    kill();
    await aws.stop();
    rmSync(project, { recursive: true });
  });

  // Each begins with what the one before has left, as a team's deploys do.
  describe('cdktf deploy', () => {
    let output: string;
    beforeAll(async () => {
      output = await cdktf('deploy', '--skip-provider-lock');
    }, timeoutMs);

    test('makes every resource of the stack', () => {
      const resources = elementsOf(stack).filter(({ address }) => !address.startsWith('data.'));
      expect(made()).toHaveLength(resources.length);
      expect(aws.refused).toEqual([]);
    });

    test("says the API's address, with the stage", () => {
      const [api] = made().filter((resource) => resource.startsWith('apis '));
      const id = api?.replace('apis ', '');
      expect(output).toContain(`api_url = https://${id}.execute-api.eu-west-1.amazonaws.com/dev`);
    });

    test('uploads the bundles that were built, byte for byte', () => {
      const functions = asked('lambda:POST /2015-03-31/functions');
      const uploaded = functions.map(({ FunctionName, Code }) => [
        FunctionName,
        (Code as { ZipFile: string }).ZipFile,
      ]);
      const built = ['persister', 'producer'].map((app) => [
        `orders-${app}`,
        readFileSync(join(root, 'apps', app, 'dist/function.zip'), 'base64'),
      ]);
      const digest = ([name, zip]: unknown[]) => [
        name,
        createHash('sha256').update(String(zip)).digest('hex'),
      ];
      expect(uploaded.map(digest).sort()).toEqual(built.map(digest));
    });

    test('tags what can have tags with the system and the stage', () => {
      const creating =
        /^(apigateway:POST .*\/(apis|stages)|events:(CreateEventBus|PutRule)|iam:CreateRole|lambda:POST .*\/functions|logs:CreateLogGroup|dynamodb:CreateTable|sqs:CreateQueue|states:CreateStateMachine|monitoring:PutMetricAlarm|schemas:POST .*)$/;
      const created = aws.requests.filter(({ call }) => creating.test(call));
      expect(created.length).toBeGreaterThan(50);
      const untagged = created.filter(({ input }) => {
        const { system, stage } = tagsOf(input) ?? {};
        return system !== 'orders' || stage !== 'dev';
      });
      expect(untagged).toEqual([]);
    });

    test('sends a rule its target only when the target lets it in, and its dead-letter queue as well', () => {
      const calls = aws.requests.map(({ call, input }) => ({ call, what: JSON.stringify(input) }));
      const at = (call: string, what: string) =>
        calls.findIndex((asked) => asked.call === call && asked.what.includes(what));
      const rules = ofType('aws_cloudwatch_event_rule').map(({ attributes }) => String(attributes.name));
      expect(rules.length).toBeGreaterThan(0);
      for (const rule of rules) {
        const target = at('events:PutTargets', `"${rule}"`);
        const queuePolicy = at('sqs:SetQueueAttributes', `${rule}-dead-letters`);
        expect([rule, queuePolicy !== -1 && queuePolicy < target]).toEqual([rule, true]);
      }
      const permission = at(
        'lambda:POST /2015-03-31/functions/{name}/policy',
        'rule/Orders/ProcessedOrderstoLambda',
      );
      expect(permission).not.toBe(-1);
      expect(permission).toBeLessThan(at('events:PutTargets', '"ProcessedOrderstoLambda"'));
    });

    test("shows the partner's key nowhere, which it gives to the connection", () => {
      expect(asked('events:CreateConnection')).toMatchObject([
        { AuthParameters: { ApiKeyAuthParameters: { ApiKeyValue: variables.us_partner_api_key } } },
      ]);
      expect(output).not.toContain(variables.us_partner_api_key);
    });

    test('keeps the state in the bucket, encrypted, under a lock that nobody else holds', () => {
      const puts = asked('s3:PutObject').map(({ Bucket, Key, IfNoneMatch, ServerSideEncryption }) => [
        `${Bucket}/${Key}`,
        IfNoneMatch,
        ServerSideEncryption,
      ]);
      const state = `${stateBucket}/orders-dev.tfstate`;
      expect(puts).toContainEqual([state, undefined, 'AES256']);
      expect(puts).toContainEqual([`${state}.tflock`, '*', 'AES256']);
      // The lock is gone when the deploy is over.
      expect(aws.resources().filter((resource) => resource.startsWith('objects '))).toEqual([
        `objects ${state}`,
      ]);
    });

    test(
      'changes nothing when it is done again',
      async () => {
        const before = made();
        expect(await cdktf('deploy', '--skip-provider-lock')).toContain('No changes.');
        expect(made()).toEqual(before);
      },
      timeoutMs,
    );
  });

  test('cdktf destroy leaves nothing behind', async () => {
    expect(await cdktf('destroy')).toContain('Destroy complete!');
    expect(made()).toEqual([]);
    expect(aws.refused).toEqual([]);
  });
});
