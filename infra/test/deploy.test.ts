import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { elementsOf, synthStack } from './synth.ts';
import { terraformFor, timeoutMs } from './terraform.ts';

const root = resolve(import.meta.dirname, '../..');
const infra = join(root, 'infra');

const stack = synthStack();
const { terraform, terraformTest } = terraformFor(stack);

const partner = { endpoint: 'https://partner.example/orders', apiKey: 'the-key-of-the-partner' };
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:123456789012:${resource}`;

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
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      TF_VAR_us_partner_endpoint: partner.endpoint,
      TF_VAR_us_partner_api_key: partner.apiKey,
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

let output: string;
beforeAll(async () => {
  aws = await startFakeAws();
  project = mkdtempSync(join(tmpdir(), 'orders-deploy-'));
  const config: object = JSON.parse(readFileSync(join(infra, 'cdktf.json'), 'utf8'));
  const app = `"${process.execPath}" "${join(infra, 'main.ts')}"`;
  writeFileSync(join(project, 'cdktf.json'), JSON.stringify({ ...config, app }));
  output = await cdktf('deploy', '--skip-provider-lock');
}, timeoutMs);

afterAll(async () => {
  kill();
  await aws.stop();
  rmSync(project, { recursive: true });
});

terraformTest('cdktf deploy makes every resource of the stack', () => {
  const resources = elementsOf(stack).filter(({ address }) => !address.startsWith('data.'));
  expect(aws.resources()).toHaveLength(resources.length);
  expect(aws.refused).toEqual([]);
});

terraformTest("it says the API's address, with the stage", () => {
  const [api] = aws.resources().filter((resource) => resource.startsWith('apis '));
  const id = api?.replace('apis ', '');
  expect(output).toContain(`api_url = https://${id}.execute-api.eu-west-1.amazonaws.com/dev`);
});

terraformTest('it makes the rules on the bus Orders', () => {
  expect(asked('events:CreateEventBus')).toMatchObject([{ Name: 'Orders' }]);
  const rules = asked('events:PutRule').map(({ Name, EventBusName, EventPattern }) => [
    Name,
    EventBusName,
    JSON.parse(String(EventPattern)),
  ]);
  const source = ['com.aws.orders'];
  const placedIn = (prefix: string) => ({
    source,
    'detail-type': ['Order Placed'],
    detail: { location: [{ prefix }] },
  });
  expect(rules.sort()).toEqual([
    ['EUOrdertoStepFunctions', 'Orders', placedIn('eu-west')],
    ['OrdertoCloudWatch', 'Orders', { source }],
    ['ProcessedOrderstoLambda', 'Orders', { source, 'detail-type': ['Order Processed'] }],
    ['USOrdertoAPI', 'Orders', placedIn('us-')],
  ]);
});

terraformTest(
  'it registers the schema of every event, under the name that EventBridge would discover it by',
  () => {
    expect(asked('schemas:POST /v1/registries/name/{RegistryName}')).toMatchObject([
      { RegistryName: 'Orders' },
    ]);
    const registered = asked('schemas:POST /v1/registries/name/{RegistryName}/schemas/name/{SchemaName}').map(
      ({ RegistryName, SchemaName, Type, Content }) => [
        RegistryName,
        SchemaName,
        Type,
        JSON.parse(String(Content)).$schema,
      ],
    );
    const draft04 = ['JSONSchemaDraft4', 'http://json-schema.org/draft-04/schema#'];
    expect(registered.sort()).toEqual([
      ['Orders', 'com.aws.orders@OrderDispatched', ...draft04],
      ['Orders', 'com.aws.orders@OrderPlaced', ...draft04],
      ['Orders', 'com.aws.orders@OrderProcessed', ...draft04],
    ]);
  },
);

terraformTest('it gives every rule its target, in a role where the target has no policy of its own', () => {
  const rolesOf = Object.fromEntries(
    asked('iam:PutRolePolicy').map(({ RoleName, PolicyDocument }) => {
      const { Statement } = JSON.parse(String(PolicyDocument)) as { Statement: { Action: string[] }[] };
      return [Statement.flatMap(({ Action }) => Action).join(), `arn:aws:iam::123456789012:role/${RoleName}`];
    }),
  );
  const targets = asked('events:PutTargets').map(({ Rule, EventBusName, Targets }) => {
    const [target, ...others] = Targets as { Arn: string; RoleArn?: string }[];
    return [Rule, EventBusName, target?.Arn, target?.RoleArn, others.length];
  });
  expect(targets.sort()).toEqual([
    [
      'EUOrdertoStepFunctions',
      'Orders',
      arn('states', 'stateMachine:EUOrderFulfilment'),
      rolesOf['states:StartExecution'],
      0,
    ],
    ['OrdertoCloudWatch', 'Orders', arn('logs', 'log-group:/aws/events/orders'), undefined, 0],
    ['ProcessedOrderstoLambda', 'Orders', arn('lambda', 'function:orders-persister'), undefined, 0],
    [
      'USOrdertoAPI',
      'Orders',
      arn('events', 'api-destination/us-fulfilment-partner/id'),
      rolesOf['events:InvokeApiDestination'],
      0,
    ],
  ]);
  expect(rolesOf['states:StartExecution']).toBeDefined();
  expect(rolesOf['events:InvokeApiDestination']).toBeDefined();
});

terraformTest('it lets the API and the rule invoke their function, and nothing else', () => {
  const [{ api } = {}] = asked('apigateway:POST /v2/apis/{api}/stages');
  const permissions = asked('lambda:POST /2015-03-31/functions/{name}/policy').map((permission) => [
    permission.name,
    permission.Principal,
    permission.SourceArn,
  ]);
  expect(permissions.sort()).toEqual([
    ['orders-persister', 'events.amazonaws.com', arn('events', 'rule/Orders/ProcessedOrderstoLambda')],
    ['orders-producer', 'apigateway.amazonaws.com', arn('execute-api', `${api}/dev/$default`)],
  ]);
});

terraformTest('it uploads the bundles that were built, byte for byte', () => {
  const functions = asked('lambda:POST /2015-03-31/functions');
  const uploaded = functions.map(({ FunctionName, Code }) => [
    FunctionName,
    (Code as { ZipFile: string }).ZipFile,
  ]);
  const built = ['persister', 'producer'].map((app) => [
    `orders-${app}`,
    readFileSync(join(root, 'apps', app, 'dist/function.zip'), 'base64'),
  ]);
  const digest = ([name, zip]: unknown[]) => [name, createHash('sha256').update(String(zip)).digest('hex')];
  expect(uploaded.map(digest).sort()).toEqual(built.map(digest));
});

terraformTest("it tells the functions the bus's and the table's name", () => {
  const environments = asked('lambda:POST /2015-03-31/functions').map(({ FunctionName, Environment }) => [
    FunctionName,
    (Environment as { Variables: object }).Variables,
  ]);
  expect(Object.fromEntries(environments)).toEqual({
    'orders-producer': { BUS_NAME: 'Orders' },
    'orders-persister': { BUS_NAME: 'Orders', TABLE_NAME: 'OrderDetails' },
  });
});

terraformTest('it makes the table OrderDetails with the key orderId', () => {
  expect(asked('dynamodb:CreateTable')).toMatchObject([
    {
      TableName: 'OrderDetails',
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
    },
  ]);
});

terraformTest('it lets EventBridge write to the log group, which keeps lines for 14 days as all do', () => {
  const [policy] = asked('logs:PutResourcePolicy');
  const { Statement } = JSON.parse(String(policy?.policyDocument)) as { Statement: object[] };
  const Principal = {
    Service: expect.arrayContaining(['events.amazonaws.com', 'delivery.logs.amazonaws.com']),
  };
  const group = arn('logs', 'log-group:/aws/events/orders');
  expect(Statement).toEqual([
    { Effect: 'Allow', Principal, Action: 'logs:CreateLogStream', Resource: `${group}:*` },
    { Effect: 'Allow', Principal, Action: 'logs:PutLogEvents', Resource: `${group}:*:*` },
  ]);
  const retention = asked('logs:PutRetentionPolicy').map(({ logGroupName, retentionInDays }) => [
    logGroupName,
    retentionInDays,
  ]);
  expect(retention.sort()).toEqual([
    ['/aws/events/orders', 14],
    ['/aws/lambda/orders-persister', 14],
    ['/aws/lambda/orders-producer', 14],
  ]);
});

terraformTest("it gives the partner's address and key, and shows the key nowhere", () => {
  expect(asked('events:CreateApiDestination')).toMatchObject([{ InvocationEndpoint: partner.endpoint }]);
  expect(asked('events:CreateConnection')).toMatchObject([
    {
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: partner.apiKey },
      },
    },
  ]);
  expect(output).not.toContain(partner.apiKey);
});

terraformTest('it makes a stage that deploys by itself and does not throttle everything', () => {
  expect(asked('apigateway:POST /v2/apis/{api}/stages')).toMatchObject([
    {
      stageName: 'dev',
      autoDeploy: true,
      defaultRouteSettings: { throttlingBurstLimit: 100, throttlingRateLimit: 50 },
    },
  ]);
});

terraformTest('a second deploy changes nothing', async () => {
  const before = aws.resources();
  expect(await cdktf('deploy', '--skip-provider-lock')).toContain('No changes.');
  expect(aws.resources()).toEqual(before);
});

terraformTest('cdktf destroy leaves nothing behind', async () => {
  expect(await cdktf('destroy')).toContain('Destroy complete!');
  expect(aws.resources()).toEqual([]);
  expect(aws.refused).toEqual([]);
});
