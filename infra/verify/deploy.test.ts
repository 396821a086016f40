import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { elementsOf } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames, stageOf } from '../src/stages.ts';
import { allowing } from '../test/deploy-policy.ts';
import { Deployment, stateBucket, timeoutMs } from './deployment.ts';
import { tagsOf } from './fake-aws/cloud.ts';
import { actionOf } from './iam-actions.ts';
import { withTerraform } from './terraform.ts';
import { variables } from './variables.ts';

const root = resolve(import.meta.dirname, '../..');

await withTerraform((terraform) => {
  const deployments = new Map<string, Deployment>();
  const deploymentOf = (stage: string) => deployments.get(stage) as Deployment;
  let results = new Map<string, { ok: boolean; output: string }>();

  /** Runs cdktf for all stages at once: each mostly waits. */
  const forEachStage = (command: string) =>
    beforeAll(async () => {
      const all = stageNames.map(async (stage) => [stage, await deploymentOf(stage).cdktf(command)] as const);
      results = new Map(await Promise.all(all));
      // Longer than the limit of cdktf, so that its output is shown if it hangs.
    }, timeoutMs + 30_000);
  const resultOf = (stage: string) => results.get(stage) ?? { ok: false, output: 'cdktf did not run' };
  /** The output of a run that has to succeed. */
  const outputOf = (stage: string) => {
    const { ok, output } = resultOf(stage);
    if (!ok) throw new Error(`cdktf fails; unknown calls: ${deploymentOf(stage).aws.refused}\n${output}`);
    return output;
  };

  beforeAll(async () => {
    for (const stage of stageNames) deployments.set(stage, await Deployment.of(stage, terraform));
  });
  afterAll(async () => {
    for (const deployment of deployments.values()) await deployment.stop();
  });

  // Each command starts with what the one before left, as in a team's deploys.
  describe('cdktf deploy', () => {
    forEachStage('deploy');

    describe.each(stageNames)('of %s', (stage) => {
      const elements = elementsOf(synthStack(stage)).filter(({ address }) => !address.startsWith('data.'));
      const ofType = (type: string) => elements.filter((element) => element.type === type);
      let deployment: Deployment;
      beforeAll(() => {
        deployment = deploymentOf(stage);
      });

      test('makes every resource of the stack', () => {
        outputOf(stage);
        expect(deployment.made()).toHaveLength(elements.length);
        expect(deployment.aws.refused).toEqual([]);
      });

      test("says the API's address, with the stage", () => {
        const [api] = deployment.made().filter((resource) => resource.startsWith('apis '));
        const id = api?.replace('apis ', '');
        expect(outputOf(stage)).toContain(
          `api_url = https://${id}.execute-api.eu-west-1.amazonaws.com/${stage}`,
        );
      });

      test('uploads the bundles that were built, byte for byte', () => {
        const digest = (zip: string) => createHash('sha256').update(zip).digest('hex');
        const uploaded = deployment
          .asked('lambda:POST /2015-03-31/functions')
          .map(({ FunctionName, Code }) => ({
            name: FunctionName,
            digest: digest((Code as { ZipFile: string }).ZipFile),
          }));
        const names = ofType('aws_lambda_function').map(({ attributes }) => attributes.function_name);
        expect(uploaded.map(({ name }) => name).sort()).toEqual(names.sort());
        // Two functions may share a bundle.
        const built = readdirSync(join(root, 'apps'))
          .map((app) => join(root, 'apps', app, 'dist/function.zip'))
          .filter((zip) => existsSync(zip))
          .map((zip) => digest(readFileSync(zip, 'base64')));
        expect(built.length).toBeGreaterThan(0);
        expect(new Set(uploaded.map(({ digest }) => digest))).toEqual(new Set(built));
      });

      test('tags what can have tags with the system and the stage', () => {
        const creating =
          /^(apigateway:POST .*\/(apis|stages)|events:(CreateEventBus|PutRule)|iam:CreateRole|kms:CreateKey|lambda:POST .*\/functions|logs:CreateLogGroup|dynamodb:CreateTable|sns:CreateTopic|sqs:CreateQueue|states:CreateStateMachine|monitoring:PutMetricAlarm|schemas:POST .*)$/;
        const created = deployment.aws.requests.filter(({ call }) => creating.test(call));
        expect(created.length).toBeGreaterThan(50);
        const untagged = created.filter(({ input }) => {
          const tags = tagsOf(input) ?? {};
          return tags.system !== 'orders' || tags.stage !== stage;
        });
        expect(untagged).toEqual([]);
      });

      test('sends a rule its target only when the target lets it in, and its dead-letter queue as well', () => {
        const calls = deployment.aws.requests.map(({ call, input }) => ({
          call,
          what: JSON.stringify(input),
        }));
        const at = (call: string, what: string) =>
          calls.findIndex((asked) => asked.call === call && asked.what.includes(what));
        const rules = ofType('aws_cloudwatch_event_target').map(({ path, attributes }) => ({
          rule: path.split('/').at(-2) ?? '',
          isFunction: String(attributes.arn).includes('aws_lambda_function.'),
        }));
        expect(rules.some(({ isFunction }) => isFunction)).toBe(true);
        for (const { rule, isFunction } of rules) {
          const before = [at('sqs:SetQueueAttributes', `${rule}-dead-letters`)];
          if (isFunction)
            before.push(at('lambda:POST /2015-03-31/functions/{name}/policy', `rule/Orders/${rule}`));
          const target = at('events:PutTargets', `"${rule}"`);
          for (const call of before) expect([rule, call !== -1 && call < target]).toEqual([rule, true]);
        }
      });

      test("shows the partner's key nowhere, which it gives to the connection", () => {
        expect(deployment.asked('events:CreateConnection')).toMatchObject([
          { AuthParameters: { ApiKeyAuthParameters: { ApiKeyValue: variables.us_partner_api_key } } },
        ]);
        expect(outputOf(stage)).not.toContain(variables.us_partner_api_key);
      });

      test('keeps the state in the bucket, encrypted, under a lock that nobody else holds', () => {
        const puts = deployment
          .asked('s3:PutObject')
          .map(({ Bucket, Key, IfNoneMatch, ServerSideEncryption }) => [
            `${Bucket}/${Key}`,
            IfNoneMatch,
            ServerSideEncryption,
          ]);
        const state = `${stateBucket}/orders-${stage}.tfstate`;
        expect(puts).toContainEqual([state, undefined, 'AES256']);
        expect(puts).toContainEqual([`${state}.tflock`, '*', 'AES256']);
        // The lock is gone after the deploy.
        expect(deployment.aws.resources().filter((resource) => resource.startsWith('objects '))).toEqual([
          `objects ${state}`,
        ]);
      });
    });
  });

  describe('cdktf deploy once more', () => {
    let before: Map<string, string[]>;
    beforeAll(() => {
      before = new Map(stageNames.map((stage) => [stage, deploymentOf(stage).made()]));
    });
    forEachStage('deploy');

    test.each(stageNames)('changes nothing of %s', (stage) => {
      expect(outputOf(stage)).toContain('No changes.');
      expect(deploymentOf(stage).made()).toEqual(before.get(stage));
    });
  });

  describe('cdktf destroy', () => {
    let before: Map<string, string[]>;
    beforeAll(() => {
      before = new Map(stageNames.map((stage) => [stage, deploymentOf(stage).made()]));
    });
    forEachStage('destroy');

    test.each(stageNames)('leaves nothing of %s, or everything of a stage that is protected', (stage) => {
      const { deletionProtection } = stageOf(stage);
      const { ok, output } = resultOf(stage);
      expect(output).toContain(deletionProtection ? 'Instance cannot be destroyed' : 'Destroy complete!');
      expect(ok).toBe(!deletionProtection);
      expect(deploymentOf(stage).made()).toEqual(deletionProtection ? before.get(stage) : []);
      expect(deploymentOf(stage).aws.refused).toEqual([]);
    });

    test.each(stageNames)('made no call for %s that the policy of a deploy does not allow', (stage) => {
      const actions = new Set(deploymentOf(stage).aws.requests.flatMap(({ call }) => actionOf(call) ?? []));
      expect(actions.size).toBeGreaterThan(70);
      expect([...actions].filter((action) => allowing(action).length === 0)).toEqual([]);
    });
  });
});
