import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stageNames, stageOf } from '../src/stages.ts';
import { arnOf, type MockedStage, mockStage, type Resource, variables } from './mocked-stage.ts';
import { withTerraform } from './terraform.ts';

type OneOrMore = string | string[];

interface Statement {
  Effect: string;
  Principal?: string | Record<string, OneOrMore>;
  Action: OneOrMore;
  Resource?: OneOrMore;
}

/** What is in a log group: its streams. */
const inLogGroup = (path: string) => `${arnOf(path)}:*`;
const writeStreams = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const sendTraces = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/**
 * All that a stage allows with an asterisk, each with the reason why it has to. What isn't here fails, and so does
 * what is here and isn't used.
 */
const withAsterisk = (stage: string) => [
  // A log group's streams have its ARN and an asterisk.
  { policy: 'producer/role/policy', actions: writeStreams, on: inLogGroup('producer/log-group') },
  { policy: 'persister/role/policy', actions: writeStreams, on: inLogGroup('persister/log-group') },
  {
    policy: 'bus/OrdertoCloudWatch/log-policy',
    actions: ['logs:CreateLogStream'],
    on: inLogGroup('bus/OrdertoCloudWatch/log-group'),
  },
  {
    policy: 'bus/OrdertoCloudWatch/log-policy',
    actions: ['logs:PutLogEvents'],
    on: `${inLogGroup('bus/OrdertoCloudWatch/log-group')}:*`,
  },
  // Traces and sampling rules belong to no resource that could be named.
  { policy: 'producer/role/policy', actions: sendTraces, on: '*' },
  { policy: 'persister/role/policy', actions: sendTraces, on: '*' },
  {
    policy: 'workflow/role/policy',
    actions: [...sendTraces, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    on: '*',
  },
  ...(stage === 'prod'
    ? [
        // In a key's policy the asterisk is the key. Without this, nobody could ever change or delete it.
        { policy: 'alarm-topic/key', actions: ['kms:*'], on: '*' },
        // To publish to an encrypted topic is to ask for a data key, by whichever action of that name.
        { policy: 'alarm-topic/key', actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], on: '*' },
      ]
    : []),
];

/** Every text in a value, with its place. */
function textsIn(value: unknown, place: string): { place: string; text: string }[] {
  if (typeof value === 'string') return [{ place, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, `${place}.${name}`));
}

/** The statements of every policy document in a resource, whatever the attribute is called. */
const statementsOf = ({ path, values }: Resource): Statement[] =>
  textsIn(values, path).flatMap(({ text }) => {
    if (!text.startsWith('{')) return [];
    const { Statement = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return Statement;
  });

const all = (value: OneOrMore | undefined) => [value ?? []].flat();

withTerraform((terraform) => {
  describe.each(stageNames)('%s, as Terraform resolves it', (name) => {
    let stage: MockedStage;
    let resources: Resource[];
    beforeAll(() => {
      stage = mockStage(terraform, name);
      resources = stage.apply();
    });
    afterAll(() => stage && rmSync(stage.outdir, { recursive: true, force: true }));

    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    const valuesOf = (type: string) => ofType(type).map(({ values }) => values);

    test('allows nothing with an asterisk but what is on the list, with its reason', () => {
      const allowed = resources.flatMap((resource) =>
        statementsOf(resource).flatMap(({ Action, Resource }) =>
          all(Action).flatMap((action) =>
            all(Resource ?? 'itself').map((on) => `${resource.path}: ${action} on ${on}`),
          ),
        ),
      );
      const listed = withAsterisk(name).flatMap(({ policy, actions, on }) =>
        actions.map((action) => `${policy}: ${action} on ${on}`),
      );
      expect(allowed.filter((what) => what.includes('*')).sort()).toEqual(listed.sort());
    });

    test('has policies where policies are, and in them only what an asterisk can be looked for in', () => {
      const withPolicies = resources.filter((resource) => statementsOf(resource).length > 0);
      expect(new Set(withPolicies.map(({ type }) => type))).toEqual(
        new Set([
          'aws_cloudwatch_log_resource_policy',
          'aws_iam_role',
          'aws_iam_role_policy',
          'aws_sqs_queue_policy',
          ...(name === 'prod' ? ['aws_kms_key', 'aws_sns_topic_policy'] : []),
        ]),
      );
      const keys = withPolicies.flatMap(statementsOf).flatMap(Object.keys);
      // NotAction, NotResource and NotPrincipal allow all but what they name.
      expect(new Set(keys)).toEqual(new Set(['Effect', 'Action', 'Resource', 'Principal', 'Condition']));
    });

    test('lets in services and its own account, and never everybody', () => {
      const principals = resources.flatMap((resource) =>
        statementsOf(resource).flatMap(({ Principal }) => textsIn(Principal, resource.path)),
      );
      const permissions = ofType('aws_lambda_permission');
      const names = [
        ...principals.map(({ text }) => text),
        ...permissions.map(({ values }) => String(values.principal)),
      ];
      expect(names.length).toBeGreaterThan(10);
      for (const principal of names)
        expect(principal).toMatch(/^[a-z.]+\.amazonaws\.com$|^arn:aws-cn:iam::123456789012:root$/);
    });

    test('lets nobody invoke a function but for one source', () => {
      const sources = valuesOf('aws_lambda_permission').map(({ source_arn }) => source_arn);
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(source).toMatch(/^arn:[^*]+$/);
    });

    test('gives roles no policy but their own', () => {
      const types = new Set(resources.map(({ type }) => type));
      const byOtherWays = [...types].filter((type) => /^aws_iam_(?!role$|role_policy$)/.test(type));
      expect(byOtherWays).toEqual([]);
      for (const { managed_policy_arns, inline_policy, permissions_boundary } of valuesOf('aws_iam_role'))
        expect([managed_policy_arns, inline_policy, permissions_boundary]).toEqual([[], [], null]);
    });

    test('encrypts every queue and every topic', () => {
      const queues = ofType('aws_sqs_queue').map(({ path, values }) => [
        path,
        values.sqs_managed_sse_enabled,
      ]);
      expect(queues.length).toBeGreaterThan(0);
      expect(queues).toEqual(queues.map(([path]) => [path, true]));

      const keys = valuesOf('aws_sns_topic').map(({ kms_master_key_id }) => kms_master_key_id);
      expect(keys).toEqual(valuesOf('aws_kms_key').map(({ arn }) => arn));
    });

    test('throttles the API and logs its requests, with CORS off but for the origins of the stage', () => {
      const logGroups = valuesOf('aws_cloudwatch_log_group').map(({ arn }) => arn);
      const stages = valuesOf('aws_apigatewayv2_stage');
      expect(stages).toHaveLength(1);
      for (const { default_route_settings, access_log_settings } of stages) {
        const [limits] = default_route_settings as Record<string, number>[];
        expect(limits?.throttling_rate_limit).toBeGreaterThan(0);
        expect(limits?.throttling_burst_limit).toBeGreaterThan(0);
        const [log] = access_log_settings as { destination_arn: string }[];
        expect(logGroups).toContain(log?.destination_arn);
      }
      const origins = valuesOf('aws_apigatewayv2_api').flatMap(({ cors_configuration }) =>
        (cors_configuration as { allow_origins: string[] }[]).flatMap(({ allow_origins }) => allow_origins),
      );
      expect(origins).toEqual(stageOf(name).corsOrigins);
    });

    describe('the key of the partner', () => {
      const key = String(variables.us_partner_api_key);

      test('is in the connection to the partner, and nowhere else', () => {
        const places = resources.flatMap(({ path, values }) => textsIn(values, path));
        expect(places.filter(({ text }) => text.includes(key)).map(({ place }) => place)).toEqual([
          'us-partner/connection.auth_parameters.0.api_key.0.value',
        ]);
      });

      test('is a sensitive variable, which the plan does not show', () => {
        const plan = stage.printPlan('issensitive(var.us_partner_api_key)');
        expect(plan).toContain(variables.us_partner_endpoint);
        expect(plan).toContain('(sensitive value)');
        expect(plan).not.toContain(key);
      });
    });
  });
});
