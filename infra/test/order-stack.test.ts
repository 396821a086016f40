import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { everyOrderEvent, parseDetail } from '@orders/events';
import { Ajv } from 'ajv';
import { App, TerraformStack } from 'cdktf';
import { EventBus } from '../src/constructs/event-bus.ts';
import { NodeFunction } from '../src/constructs/node-function.ts';
import { type Block, elementsOf, expression, readable, readStack, type StackJson, synth } from './synth.ts';

const root = resolve(import.meta.dirname, '../..');
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8'));

const { outdir, moduleDir } = synth();
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const stack = readStack(moduleDir);
const { at, output, provider, unread } = readable(stack);
const elements = elementsOf(stack);

interface Schema {
  'x-amazon-events-source': string;
  'x-amazon-events-detail-type': string;
  properties: Record<string, object>;
  examples: { orderId?: string }[];
}
const schemas = readdirSync(join(root, 'schemas'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => readJson<Schema>(`schemas/${file}`));
function schemaOf(detailType: string): Schema {
  const schema = schemas.find((candidate) => candidate['x-amazon-events-detail-type'] === detailType);
  if (!schema) throw new Error(`no schema in schemas/ is for ${detailType}`);
  return schema;
}

const trusts = (service: string) => ({
  type: 'aws_iam_role',
  name_prefix: 'orders-',
  assume_role_policy: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  },
});
const grants = (role: string, ...statements: { Action: string[]; Resource: string[] }[]) => ({
  type: 'aws_iam_role_policy',
  role: `<${role}.name>`,
  policy: {
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  },
});
const keeps14Days = (name: string) => ({ type: 'aws_cloudwatch_log_group', name, retention_in_days: 14 });
/** A queue that keeps what it gets for 14 days, encrypted. */
const queue = (name: string) => ({
  type: 'aws_sqs_queue',
  name,
  message_retention_seconds: 1_209_600,
  sqs_managed_sse_enabled: true,
});
/** The policy of a queue that this one rule may send to, and nothing else. */
const letsIn = (path: string, ruleName: string) => ({
  type: 'aws_sqs_queue_policy',
  queue_url: `<${path}/queue.url>`,
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Resource: [`<${path}/queue.arn>`],
        Condition: { ArnEquals: { 'aws:SourceArn': `<bus/${ruleName}/rule.arn>` } },
      },
    ],
  },
});

test('the bus is named Orders', () => {
  expect(at('bus/bus')).toEqual({ type: 'aws_cloudwatch_event_bus', name: 'Orders' });
});

test('the archive Orders keeps every event of the bus for 14 days', () => {
  expect(at('bus/archive')).toEqual({
    type: 'aws_cloudwatch_event_archive',
    name: 'Orders',
    description: expect.stringMatching(/./),
    event_source_arn: '<bus/bus.arn>',
    retention_days: 14,
  });
});

describe('the schema registry', () => {
  test('is named as the bus', () => {
    expect(at('schemas/registry')).toEqual({
      type: 'aws_schemas_registry',
      name: '<bus/bus.name>',
      description: expect.stringMatching(/./),
    });
  });

  test('has a schema for every event of the contract, and no other', () => {
    const registered = elements.filter(({ type }) => type === 'aws_schemas_schema');
    expect(registered.map(({ attributes }) => attributes.name).sort()).toEqual([
      'com.aws.orders@OrderDispatched',
      'com.aws.orders@OrderPlaced',
      'com.aws.orders@OrderProcessed',
    ]);
    expect(schemas).toHaveLength(registered.length);
  });

  describe.each([
    ['order-placed', 'Order Placed', 'OrderPlaced'],
    ['order-processed', 'Order Processed', 'OrderProcessed'],
    ['order-dispatched', 'Order Dispatched', 'OrderDispatched'],
  ])('has %s', (file, detailType, name) => {
    const { content, ...attributes } = at(`schemas/${file}`) as Block & { content: Block };
    const event = (detail: unknown) => ({
      version: '0',
      id: '1',
      'detail-type': detailType,
      source: 'com.aws.orders',
      account: '123456789012',
      time: '2026-01-31T12:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail,
    });
    const isValid = (value: unknown): boolean => {
      // Draft-07 reads what is here as draft-04 does: toDraft04 is held to that in draft-04.test.ts.
      const { $schema: _, ...schema } = content;
      return new Ajv({ formats: { 'date-time': true }, strict: false }).validate(schema, value) as boolean;
    };
    const fixtures = (kind: string) =>
      readdirSync(join(root, 'schemas/fixtures', file, kind)).map((name) =>
        event(readJson(`schemas/fixtures/${file}/${kind}/${name}`)),
      );

    test('as EventBridge would name it, in the type that takes JSON Schema, with what it means', () => {
      expect(attributes).toEqual({
        type: 'JSONSchemaDraft4',
        registry_name: '<schemas/registry.name>',
        name: `com.aws.orders@${name}`,
        description: readJson<{ description: string }>(`schemas/${file}.json`).description,
      });
    });

    test('says of which event it is, as the schemas of AWS do', () => {
      expect(content).toMatchObject({
        $schema: 'http://json-schema.org/draft-04/schema#',
        title: name,
        'x-amazon-events-source': 'com.aws.orders',
        'x-amazon-events-detail-type': detailType,
        definitions: { [name]: { title: detailType } },
      });
    });

    test('has no keyword that draft-04 does not have, nor one of our own', () => {
      expect(JSON.stringify(content)).not.toMatch(/"(\$id|const|examples|x-published-by)":/);
    });

    test('takes the whole event with every valid detail, and refuses every invalid one', () => {
      const [valid, invalid] = [fixtures('valid'), fixtures('invalid')];
      expect(valid.length).toBeGreaterThan(5);
      expect(valid.map(isValid)).toEqual(valid.map(() => true));
      expect(invalid.length).toBeGreaterThan(15);
      expect(invalid.map(isValid)).toEqual(invalid.map(() => false));
    });

    test('refuses an event of another source or detail-type, or with a field of the envelope missing', () => {
      const good: Block = { ...fixtures('valid')[0] };
      expect(isValid({ ...good, source: 'aws.ec2' })).toBe(false);
      expect(isValid({ ...good, 'detail-type': 'Order Cancelled' })).toBe(false);
      for (const field of Object.keys(good)) expect(isValid({ ...good, [field]: undefined })).toBe(false);
    });
  });
});

test('the table OrderDetails has the partition key orderId, is paid by the request, and can be restored', () => {
  expect(at('table/table')).toEqual({
    type: 'aws_dynamodb_table',
    name: 'OrderDetails',
    hash_key: 'orderId',
    attribute: [{ name: 'orderId', type: 'S' }],
    billing_mode: 'PAY_PER_REQUEST',
    point_in_time_recovery: { enabled: true },
    deletion_protection_enabled: false,
  });
});

describe.each([
  ['producer', { BUS_NAME: '<bus/bus.name>' }],
  ['persister', { BUS_NAME: '<bus/bus.name>', TABLE_NAME: '<table/table.name>' }],
])('the function %s', (app, environment) => {
  const bundle = join(root, 'apps', app, 'dist/function.zip');

  test('runs its bundle on Node 22, with JSON logs in its own log group, traced, once its role has its policy', () => {
    expect(at(`${app}/function`)).toEqual({
      type: 'aws_lambda_function',
      function_name: `orders-${app}`,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: expect.stringMatching(/^assets\/.*\/function\.zip$/),
      source_code_hash: expect.stringMatching(/^[0-9A-F]{32}$/),
      memory_size: 512,
      timeout: 15,
      environment: {
        variables: {
          ...environment,
          POWERTOOLS_SERVICE_NAME: `orders-${app}`,
          POWERTOOLS_METRICS_NAMESPACE: 'Orders',
        },
      },
      logging_config: { log_format: 'JSON', log_group: `<${app}/log-group.name>` },
      tracing_config: { mode: 'Active' },
      role: `<${app}/role/role.arn>`,
      depends_on: [`<${app}/role/policy>`],
    });
  });

  test('uploads the bytes that its build left, in which the handler is', () => {
    const uploaded = readFileSync(join(moduleDir, String(at(`${app}/function`).filename)));
    expect(uploaded.equals(readFileSync(bundle))).toBe(true);
    expect(uploaded.includes('index.mjs')).toBe(true);
  });

  test('has a log group that keeps its lines for 14 days', () => {
    expect(at(`${app}/log-group`)).toEqual(keeps14Days(`/aws/lambda/orders-${app}`));
  });

  test('has a role that Lambda alone may assume', () => {
    expect(at(`${app}/role/role`)).toEqual(trusts('lambda.amazonaws.com'));
  });
});

const writesLog = (app: string) => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [`<${app}/log-group.arn>:*`],
});
const traces = { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] };
const publishes = { Action: ['events:PutEvents'], Resource: ['<bus/bus.arn>'] };

test('the producer may write its log and traces and publish to the bus, and no more', () => {
  expect(at('producer/role/policy')).toEqual(
    grants('producer/role/role', writesLog('producer'), traces, publishes),
  );
});

test('the persister may write its log, traces and failures, put and get an item, publish, and no more', () => {
  const stores = { Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Resource: ['<table/table.arn>'] };
  const keepsFailures = { Action: ['sqs:SendMessage'], Resource: ['<persister/failures/queue.arn>'] };
  expect(at('persister/role/policy')).toEqual(
    grants('persister/role/role', writesLog('persister'), traces, stores, publishes, keepsFailures),
  );
});

describe('an event that the persister fails for', () => {
  test('is tried three times, and then kept in the queue of its failures, which its role may send to', () => {
    expect(at('persister/asynchronous')).toEqual({
      type: 'aws_lambda_function_event_invoke_config',
      function_name: '<persister/function.function_name>',
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 21_600,
      destination_config: { on_failure: { destination: '<persister/failures/queue.arn>' } },
      depends_on: ['<persister/role/policy>'],
    });
  });

  test('stays in that queue for 14 days', () => {
    expect(at('persister/failures/queue')).toEqual(queue('orders-persister-failures'));
  });
});

describe('the HTTP API', () => {
  test('is an HTTP API', () => {
    expect(at('api/api')).toEqual({ type: 'aws_apigatewayv2_api', name: 'orders', protocol_type: 'HTTP' });
  });

  test('hands requests to the producer in the payload format 2.0', () => {
    expect(at('api/integration')).toEqual({
      type: 'aws_apigatewayv2_integration',
      api_id: '<api/api.id>',
      integration_type: 'AWS_PROXY',
      integration_uri: '<producer/function.invoke_arn>',
      payload_format_version: '2.0',
    });
  });

  test('routes every method and path to the producer, by the route $default', () => {
    expect(at('api/route')).toEqual({
      type: 'aws_apigatewayv2_route',
      api_id: '<api/api.id>',
      route_key: '$default',
      target: 'integrations/<api/integration.id>',
    });
  });

  test('deploys its stage by itself, after the route, throttled, with an access log', () => {
    expect(at('api/stage')).toEqual({
      type: 'aws_apigatewayv2_stage',
      api_id: '<api/api.id>',
      name: 'dev',
      auto_deploy: true,
      default_route_settings: { throttling_burst_limit: 100, throttling_rate_limit: 50 },
      access_log_settings: {
        destination_arn: '<api/access-log.arn>',
        format: {
          requestId: '$context.requestId',
          requestTime: '$context.requestTime',
          sourceIp: '$context.identity.sourceIp',
          httpMethod: '$context.httpMethod',
          path: '$context.path',
          status: '$context.status',
          responseLatencyMs: '$context.responseLatency',
          integrationStatus: '$context.integrationStatus',
          integrationError: '$context.integrationErrorMessage',
        },
      },
      depends_on: ['<api/route>'],
    });
  });

  test('keeps the lines of its access log for 14 days', () => {
    expect(at('api/access-log')).toEqual(keeps14Days('/aws/vendedlogs/orders-api'));
  });

  test('may invoke the producer by the route $default of its stage, and by no other', () => {
    expect(at('api/permission')).toEqual({
      type: 'aws_lambda_permission',
      function_name: '<producer/function.function_name>',
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      source_arn: '<api/api.execution_arn>/dev/$default',
    });
  });

  test("has its address, the stage's, in the output api_url, which says how to place an order", () => {
    expect(Object.keys(stack.output)).toEqual(['api_url']);
    expect(output('api_url')).toEqual({
      value: '<api/stage.invoke_url>',
      description: expect.stringMatching(/GET <api_url>\?.*POST <api_url>\/orders/),
    });
  });
});

describe('the workflow', () => {
  interface Definition {
    StartAt: string;
    States: { PublishOrderProcessed: { Parameters: { Entries: { Detail: Record<string, string> }[] } } };
  }
  const machine = () => at('workflow/state-machine') as Block & { definition: Definition };

  test('runs as EUOrderFulfilment in its role, traced, and no sooner than the role has its policy', () => {
    const { definition: _, ...attributes } = machine();
    expect(attributes).toEqual({
      type: 'aws_sfn_state_machine',
      name: 'EUOrderFulfilment',
      role_arn: '<workflow/role/role.arn>',
      tracing_configuration: { enabled: true },
      depends_on: ['<workflow/role/policy>'],
    });
  });

  test('lets the order pass as it came, then publishes Order Processed with its id and its details', () => {
    expect(machine().definition).toEqual({
      StartAt: 'ProcessOrder',
      States: {
        ProcessOrder: { Type: 'Pass', Next: 'PublishOrderProcessed' },
        PublishOrderProcessed: {
          Type: 'Task',
          Resource: 'arn:<workflow/partition.partition>:states:::events:putEvents',
          Parameters: {
            Entries: [
              {
                EventBusName: '<bus/bus.name>',
                Source: 'com.aws.orders',
                DetailType: 'Order Processed',
                Detail: { 'OrderId.$': '$.detail.orderId', 'OrderDetails.$': '$.detail' },
              },
            ],
          },
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 }],
          End: true,
        },
      },
    });
  });

  test('publishes what the contract says an Order Processed event is', () => {
    const [placed] = schemaOf('Order Placed').examples;
    const [entry] = machine().definition.States.PublishOrderProcessed.Parameters.Entries;
    const pick = (path: string) =>
      path
        .split('.')
        .slice(1)
        .reduce((value: unknown, name) => (value as Block)[name], { detail: placed });
    const detail = Object.fromEntries(
      Object.entries(entry?.Detail ?? {}).map(([field, path]) => [field.replace(/\.\$$/, ''), pick(path)]),
    );
    expect(parseDetail('Order Processed', detail)).toEqual({
      OrderId: placed?.orderId,
      OrderDetails: placed,
    });
  });

  test('is in the partition of the account that it is deployed to', () => {
    expect(at('workflow/partition')).toEqual({ type: 'aws_partition' });
  });

  test('has a role that Step Functions alone may assume', () => {
    expect(at('workflow/role/role')).toEqual(trusts('states.amazonaws.com'));
  });

  test('may publish to the bus, trace, and no more', () => {
    const samples = { Action: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: ['*'] };
    expect(at('workflow/role/policy')).toEqual(grants('workflow/role/role', traces, samples, publishes));
  });
});

describe('the US fulfilment partner', () => {
  test('is posted to at the address of the variable, at no more than 20 orders a second', () => {
    expect(at('us-partner/destination')).toEqual({
      type: 'aws_cloudwatch_event_api_destination',
      name: 'us-fulfilment-partner',
      connection_arn: '<us-partner/connection.arn>',
      http_method: 'POST',
      invocation_endpoint: '<var.us_partner_endpoint>',
      invocation_rate_limit_per_second: 20,
    });
  });

  test('gets its key, the one of the variable, as the header x-api-key', () => {
    expect(at('us-partner/connection')).toEqual({
      type: 'aws_cloudwatch_event_connection',
      name: 'us-fulfilment-partner',
      authorization_type: 'API_KEY',
      auth_parameters: { api_key: { key: 'x-api-key', value: '<var.us_partner_api_key>' } },
    });
  });

  test('has a key that is a sensitive variable with no default, nor a validation, which would show it', () => {
    expect(stack.variable.us_partner_api_key).toEqual({
      type: 'string',
      sensitive: true,
      description: expect.any(String),
    });
  });

  test('has an address that is a variable with no default', () => {
    expect(stack.variable.us_partner_endpoint).toEqual({
      type: 'string',
      description: expect.any(String),
      validation: [expect.anything()],
    });
  });
});

test('the region is a variable, eu-west-1 by default, and everything is tagged with the system and its stage', () => {
  expect(stack.variable.aws_region).toEqual({
    type: 'string',
    default: 'eu-west-1',
    description: expect.any(String),
    validation: [expect.anything()],
  });
  expect(stack.provider).toEqual({ aws: expect.anything() });
  expect(provider('aws')).toEqual([
    { region: '<var.aws_region>', default_tags: [{ tags: { system: 'orders', stage: 'dev' } }] },
  ]);
});

test('every variable says what it is for', () => {
  expect(Object.keys(stack.variable).sort()).toEqual([
    'aws_region',
    'us_partner_api_key',
    'us_partner_endpoint',
  ]);
  for (const { description } of Object.values(stack.variable)) expect(description).toMatch(/^The .{20,}\.$/);
});

test('the AWS provider is the version that is validated against, and the state a file named for the stack', () => {
  expect(stack.terraform).toEqual({
    required_providers: { aws: { source: 'aws', version: '5.100.0' } },
    backend: { local: { path: expect.stringMatching(/terraform\.orders-dev\.tfstate$/) } },
  });
});

describe('rules', () => {
  const rule = (name: string, eventPattern: object) => ({
    type: 'aws_cloudwatch_event_rule',
    name,
    event_bus_name: '<bus/bus.name>',
    event_pattern: eventPattern,
  });
  /** The target of a rule: what it delivers to, and nothing that would change the event on its way. */
  const target = (name: string, { depends_on, ...attributes }: Block & { depends_on: string[] }) => ({
    type: 'aws_cloudwatch_event_target',
    rule: `<bus/${name}/rule.name>`,
    event_bus_name: '<bus/bus.name>',
    // Both: an age that is left out is sent as 0, which is no retry at all.
    retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
    dead_letter_config: { arn: `<bus/${name}/dead-letters/queue.arn>` },
    ...attributes,
    depends_on: [...depends_on, `<bus/${name}/dead-letters/policy>`],
  });

  const names = [
    'EUOrdertoStepFunctions',
    'OrdertoCloudWatch',
    'ProcessedOrderstoLambda',
    'USOrdertoAPI',
    'UnroutedOrders',
  ];
  test(`are on the bus Orders under these ${names.length} names`, () => {
    const rules = elements.filter(({ type }) => type === 'aws_cloudwatch_event_rule');
    expect(rules.map(({ attributes }) => attributes.name).sort()).toEqual(names);
  });

  describe.each(names)('what %s can not deliver', (name) => {
    test('waits in a dead-letter queue of its own for 14 days', () => {
      expect(at(`bus/${name}/dead-letters/queue`)).toEqual(queue(`${name}-dead-letters`));
    });

    test('may be sent there for this rule, and for no other', () => {
      expect(at(`bus/${name}/dead-letters/policy`)).toEqual(letsIn(`bus/${name}/dead-letters`, name));
    });
  });

  test('without a target are refused at synth, since they would match and deliver nothing', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'orders-infra-')) });
    try {
      const bus = new EventBus(new TerraformStack(app, 'test'), 'bus', { name: 'Orders', archiveDays: 1 });
      bus.rule('Forgotten', everyOrderEvent);
      expect(() => app.synth()).toThrow('The rule Forgotten delivers nothing: give it a target, by .to(…)');
    } finally {
      rmSync(app.outdir, { recursive: true });
    }
  });

  describe('OrdertoCloudWatch', () => {
    test('matches every order event', () => {
      expect(at('bus/OrdertoCloudWatch/rule')).toEqual(
        rule('OrdertoCloudWatch', { source: ['com.aws.orders'] }),
      );
    });

    test('delivers to its log group: no role, the ARN without :*, once the resource policy is there', () => {
      expect(at('bus/OrdertoCloudWatch/target')).toEqual(
        target('OrdertoCloudWatch', {
          arn: '<bus/OrdertoCloudWatch/log-group.arn>',
          depends_on: ['<bus/OrdertoCloudWatch/log-policy>'],
        }),
      );
    });

    test('has a log group under /aws/events/ that keeps its lines for 14 days', () => {
      expect(at('bus/OrdertoCloudWatch/log-group')).toEqual(keeps14Days('/aws/events/orders'));
    });

    test('is let in by a resource policy of the log service, for both principals that deliver', () => {
      const Principal = { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] };
      const arn = '<bus/OrdertoCloudWatch/log-group.arn>';
      expect(at('bus/OrdertoCloudWatch/log-policy')).toEqual({
        type: 'aws_cloudwatch_log_resource_policy',
        policy_name: 'OrdertoCloudWatch-to-log-group',
        policy_document: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal, Action: 'logs:CreateLogStream', Resource: `${arn}:*` },
            { Effect: 'Allow', Principal, Action: 'logs:PutLogEvents', Resource: `${arn}:*:*` },
          ],
        },
      });
    });
  });

  describe.each([
    {
      name: 'USOrdertoAPI',
      orders: 'in the US',
      prefix: 'us-',
      to: 'the API destination',
      arn: '<us-partner/destination.arn>',
      action: 'events:InvokeApiDestination',
    },
    {
      name: 'EUOrdertoStepFunctions',
      orders: 'in the west of the EU',
      prefix: 'eu-west',
      to: 'the workflow',
      arn: '<workflow/state-machine.arn>',
      action: 'states:StartExecution',
    },
  ])('$name', ({ name, orders, prefix, to, arn, action }) => {
    test(`matches Order Placed, and no other event, for orders ${orders}`, () => {
      expect(at(`bus/${name}/rule`)).toEqual(
        rule(name, {
          source: ['com.aws.orders'],
          'detail-type': ['Order Placed'],
          detail: { location: [{ prefix }] },
        }),
      );
    });

    test(`delivers the event as it is to ${to}, in its own role, once the role has its policy`, () => {
      expect(at(`bus/${name}/target`)).toEqual(
        target(name, {
          arn,
          role_arn: `<bus/${name}/role/role.arn>`,
          depends_on: [`<bus/${name}/role/policy>`],
        }),
      );
    });

    test('has a role that EventBridge alone may assume', () => {
      expect(at(`bus/${name}/role/role`)).toEqual(trusts('events.amazonaws.com'));
    });

    test(`may ${action} on ${to}, and no more`, () => {
      expect(at(`bus/${name}/role/policy`)).toEqual(
        grants(`bus/${name}/role/role`, { Action: [action], Resource: [arn] }),
      );
    });
  });

  describe('UnroutedOrders', () => {
    test('matches Order Placed, and no other event, for orders that neither fulfilment takes', () => {
      expect(at('bus/UnroutedOrders/rule')).toEqual(
        rule('UnroutedOrders', {
          source: ['com.aws.orders'],
          'detail-type': ['Order Placed'],
          detail: { location: [{ 'anything-but': { prefix: ['us-', 'eu-west'] } }] },
        }),
      );
    });

    test('delivers the event as it is to a queue, once that lets it in', () => {
      expect(at('bus/UnroutedOrders/target')).toEqual(
        target('UnroutedOrders', { arn: '<unrouted/queue.arn>', depends_on: ['<unrouted/policy>'] }),
      );
    });

    test('has a queue that keeps its orders for 14 days, and lets no other rule in', () => {
      expect(at('unrouted/queue')).toEqual(queue('UnroutedOrders'));
      expect(at('unrouted/policy')).toEqual(letsIn('unrouted', 'UnroutedOrders'));
    });
  });

  describe('ProcessedOrderstoLambda', () => {
    test('matches Order Processed, and no other event', () => {
      expect(at('bus/ProcessedOrderstoLambda/rule')).toEqual(
        rule('ProcessedOrderstoLambda', {
          source: ['com.aws.orders'],
          'detail-type': ['Order Processed'],
        }),
      );
    });

    test('delivers the event as it is to the persister, once it may invoke it and failures are kept', () => {
      expect(at('bus/ProcessedOrderstoLambda/target')).toEqual(
        target('ProcessedOrderstoLambda', {
          arn: '<persister/function.arn>',
          depends_on: ['<bus/ProcessedOrderstoLambda/permission>', '<persister/asynchronous>'],
        }),
      );
    });

    test('may invoke the persister, and no other rule may', () => {
      expect(at('bus/ProcessedOrderstoLambda/permission')).toEqual({
        type: 'aws_lambda_permission',
        function_name: '<persister/function.function_name>',
        action: 'lambda:InvokeFunction',
        principal: 'events.amazonaws.com',
        source_arn: '<bus/ProcessedOrderstoLambda/rule.arn>',
      });
    });
  });

  test('name only events of the contract, and only fields that their schemas have', () => {
    const rules = elements.filter(({ type }) => type === 'aws_cloudwatch_event_rule');
    for (const { path, attributes } of rules) {
      const {
        source,
        'detail-type': detailTypes,
        detail = {},
        ...others
      } = JSON.parse(String(attributes.event_pattern)) as {
        source: string[];
        'detail-type'?: string[];
        detail?: object;
      };
      expect([path, others]).toEqual([path, {}]);

      for (const schema of detailTypes?.map(schemaOf) ?? schemas) {
        expect(source).toEqual([schema['x-amazon-events-source']]);
        for (const field of Object.keys(detail)) expect(schema.properties).toHaveProperty(field);
      }
    }
  });
});

describe('the whole stack', () => {
  interface Statement {
    Action: string | string[];
    Resource?: string | string[];
  }
  const policies = elements.flatMap(({ path, attributes }) =>
    ['assume_role_policy', 'policy', 'policy_document']
      .filter((name) => name in attributes)
      .map((name): [string, Statement[]] => [
        `${path} ${name}`,
        JSON.parse(String(attributes[name])).Statement,
      ]),
  );

  test.each(policies)('names each action and resource in %s', (path, statements) => {
    expect(statements).not.toEqual([]);
    for (const { Action, Resource } of statements) {
      for (const action of [Action].flat()) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
      // The trust of a role is in the role itself, and has no resource.
      if (Resource === undefined) expect(path).toMatch(/ assume_role_policy$/);
      // A trace belongs to no resource that could be named.
      if ([Action].flat().every((action) => action.startsWith('xray:'))) continue;
      for (const resource of [Resource ?? []].flat()) expect(resource).toMatch(/^\$\{[\w.-]+\.arn\}/);
    }
  });

  test('refers to nothing that it does not have', () => {
    const addresses = elements.map(({ address }) => address);
    const variables = Object.keys(stack.variable).map((name) => `var.${name}`);
    // The conditions of the variables are of Terraform's functions, about the variable itself.
    const text = JSON.stringify({ ...stack, variable: {} });
    const references = [...text.matchAll(expression)].map(({ groups }) => groups?.address);
    const dependencies = elements.flatMap(({ attributes }) => attributes.depends_on ?? []);

    expect(text.replaceAll(expression, '')).not.toContain('${');
    expect(references.length).toBeGreaterThan(40);
    expect([...addresses, ...variables]).toEqual(expect.arrayContaining([...references, ...dependencies]));
  });

  test('has the key of the partner as a reference to its variable, and nowhere else', () => {
    const strings = JSON.stringify(stack.resource).match(/"value":"[^"]*"/g);
    expect(strings).toEqual(['"value":"${var.us_partner_api_key}"']);
    expect(JSON.stringify(stack).match(/us_partner_api_key}/g)).toHaveLength(1);
  });

  test('is the same bytes on every run, by main.ts as well, with no environment and no credentials', () => {
    const again = mkdtempSync(join(tmpdir(), 'orders-infra-'));
    try {
      execFileSync(process.execPath, [join(root, 'infra/main.ts')], {
        env: { CDKTF_OUTDIR: again },
        timeout: 60_000,
      });
      const files = (dir: string) =>
        readdirSync(dir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [
            relative(dir, path),
            createHash('sha256').update(readFileSync(path)).digest('hex'),
          ]);
      expect(files(again).sort()).toEqual(files(outdir).sort());
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
  });

  test('is synthesized by cdktf with the pinned pnpm and Node and fresh bundles, whatever the host has', () => {
    expect(readJson<{ app: string }>('infra/cdktf.json').app).toBe(
      `npx --yes ${readJson<{ packageManager: string }>('package.json').packageManager} run --silent app`,
    );
    expect(readJson<{ scripts: { app: string } }>('infra/package.json').scripts.app).toMatch(
      /^turbo run build .* && node main\.ts$/,
    );
  });

  test.each(['README.md', '.ci/run'])('%s runs the pinned pnpm, and no other', (file) => {
    const { packageManager } = readJson<{ packageManager: string }>('package.json');
    const named = readFileSync(join(root, file), 'utf8').match(/pnpm@[\w.]+/g) ?? [];
    expect([...new Set(named)]).toEqual([packageManager]);
  });

  test('is not synthesized without the bundle of a function, and the error says which and what to do', () => {
    const other = new TerraformStack(new App({ outdir: dirname(moduleDir) }), 'other');
    expect(
      () => new NodeFunction(other, 'invoicer', { name: 'invoicer', environment: {}, allow: [] }),
    ).toThrow(
      `${join(root, 'apps/invoicer/dist/function.zip')} isn't there: the functions are built before the stack, by \`pnpm build\``,
    );
  });

  test('has no part that these tests look away from, such as a module', () => {
    const { '//': _, ...parts } = stack as StackJson & Block;
    expect(Object.keys(parts).sort()).toEqual([
      'data',
      'output',
      'provider',
      'resource',
      'terraform',
      'variable',
    ]);
  });

  // Last, for it counts what the tests above have asked for.
  test('has no resource that no test holds, here or (what watches it) in monitoring.test.ts', () => {
    expect(unread().filter((path) => !path.startsWith('monitoring/'))).toEqual([]);
  });
});
