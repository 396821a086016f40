import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stageNames } from '../src/stages.ts';
import { type Block, elementsOf, synthStack } from '../test/synth.ts';
import { answer, arnOf, type MockedStage, mockStage, type Resource, variables } from './mocked-stage.ts';
import { withTerraform } from './terraform.ts';

/** How the stages differ. */
const stages = [
  {
    name: 'dev',
    logDays: 14,
    archiveDays: 14,
    throttling: { throttling_rate_limit: 50, throttling_burst_limit: 100 },
    tableIsProtected: false,
    alarmsTell: null,
  },
  {
    name: 'prod',
    logDays: 90,
    archiveDays: 90,
    throttling: { throttling_rate_limit: 500, throttling_burst_limit: 1_000 },
    tableIsProtected: true,
    alarmsTell: [arnOf('alarm-topic/topic')],
  },
];

/** Where each rule delivers to, and in which role, if in one. */
const rules: { rule: string; to: string; role: string | null }[] = [
  { rule: 'OrdertoCloudWatch', to: 'bus/OrdertoCloudWatch/log-group', role: null },
  { rule: 'USOrdertoAPI', to: 'us-partner/destination', role: arnOf('bus/USOrdertoAPI/role/role') },
  {
    rule: 'EUOrdertoStepFunctions',
    to: 'workflow/state-machine',
    role: arnOf('bus/EUOrdertoStepFunctions/role/role'),
  },
  { rule: 'UnroutedOrders', to: 'unrouted/queue', role: null },
  { rule: 'ProcessedOrderstoLambda', to: 'persister/function', role: null },
];

/** Which rule each queue lets in. */
const queuePolicies = [
  ...rules.map(({ rule }) => ({ queue: `bus/${rule}/dead-letters`, rule })),
  { queue: 'unrouted', rule: 'UnroutedOrders' },
];

/** What each role may act on, statement by statement. */
const rolePolicies = [
  { role: 'producer/role', may: [`${arnOf('producer/log-group')}:*`, '*', arnOf('bus/bus')] },
  {
    role: 'persister/role',
    may: [
      `${arnOf('persister/log-group')}:*`,
      '*',
      arnOf('table/table'),
      arnOf('bus/bus'),
      arnOf('persister/failures/queue'),
    ],
  },
  { role: 'workflow/role', may: ['*', '*', arnOf('bus/bus')] },
  { role: 'bus/USOrdertoAPI/role', may: [arnOf('us-partner/destination')] },
  { role: 'bus/EUOrdertoStepFunctions/role', may: [arnOf('workflow/state-machine')] },
];

/** The alarms of a queue, by the name of the first. */
const ofQueue = (alarm: string, QueueName: string): [string, unknown[]][] => [
  [alarm, ['ApproximateNumberOfMessagesVisible', { QueueName }]],
  [`${alarm}-expire`, ['ApproximateAgeOfOldestMessage', { QueueName }]],
];

/** The metric that each alarm watches, and of what. */
const alarms = (stage: string): Record<string, unknown[]> => {
  const api = { ApiId: answer('api/api', 'id'), Stage: stage };
  const [producer, persister] = [{ FunctionName: 'orders-producer' }, { FunctionName: 'orders-persister' }];
  const workflow = { StateMachineArn: arnOf('workflow/state-machine') };
  const ofRules = rules.flatMap(({ rule }): [string, unknown[]][] => [
    ...ofQueue(`${rule}-dead-letters`, `${rule}-dead-letters`),
    [`${rule}-retries`, ['RetryInvocationAttempts', { EventBusName: 'Orders', RuleName: rule }]],
    [`${rule}-failed-invocations`, ['FailedInvocations', { EventBusName: 'Orders', RuleName: rule }]],
    [`${rule}-lost-events`, ['InvocationsFailedToBeSentToDlq', { EventBusName: 'Orders', RuleName: rule }]],
  ]);
  return {
    ...Object.fromEntries(ofRules),
    ...Object.fromEntries(ofQueue('unrouted-orders', 'UnroutedOrders')),
    'orders-api-5xx': ['5xx', api],
    'orders-api-latency': ['Latency', api],
    'orders-producer-errors': ['Errors', producer],
    'orders-producer-throttles': ['Throttles', producer],
    'orders-persister-errors': ['Errors', persister],
    'orders-persister-throttles': ['Throttles', persister],
    ...Object.fromEntries(ofQueue('orders-persister-failures', 'orders-persister-failures')),
    'orders-persister-lost-events': ['DestinationDeliveryFailures', persister],
    'EUOrderFulfilment-failed-executions': ['ExecutionsFailed', workflow],
    'EUOrderFulfilment-aborted-executions': ['ExecutionsAborted', workflow],
    'EUOrderFulfilment-timed-out-executions': ['ExecutionsTimedOut', workflow],
  };
};

test('every stage is planned here', () => expect(stages.map(({ name }) => name)).toEqual(stageNames));

withTerraform((terraform) => {
  describe.each(stages)('$name, applied to a mocked AWS', (expected) => {
    let stage: MockedStage;
    let resources: Resource[];
    beforeAll(() => {
      stage = mockStage(terraform, expected.name);
      resources = stage.apply();
    });
    afterAll(() => stage && rmSync(stage.outdir, { recursive: true, force: true }));

    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    function resolved(path: string): Block {
      const resource = resources.find((candidate) => candidate.path === path);
      if (!resource) throw new Error(`Terraform's state has nothing at ${path}`);
      return resource.values;
    }
    const statements = (json: unknown) =>
      (JSON.parse(String(json)) as { Statement: { Resource: string | string[] }[] }).Statement;

    test('is valid for Terraform and the AWS provider, with no warning', () => {
      expect(stage.validate()).toMatchObject({ valid: true, diagnostics: [] });
    });

    test.each(rules)('the rule $rule delivers to $to, in the role that may', ({ rule, to, role }) => {
      expect(resolved(`bus/${rule}/target`)).toMatchObject({
        event_bus_name: 'Orders',
        rule,
        arn: arnOf(to),
        role_arn: role,
      });
    });

    test.each(rules)('the rule $rule retries for a day, and then fails to its own queue', ({ rule }) => {
      expect(resolved(`bus/${rule}/target`)).toMatchObject({
        retry_policy: [{ maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 }],
        dead_letter_config: [{ arn: arnOf(`bus/${rule}/dead-letters/queue`) }],
      });
      expect(resolved(`bus/${rule}/dead-letters/queue`).name).toBe(`${rule}-dead-letters`);
    });

    test('there is no rule but these', () => {
      const names = ofType('aws_cloudwatch_event_rule').map(({ values }) => values.name);
      expect(names.sort()).toEqual(rules.map(({ rule }) => rule).sort());
      expect(ofType('aws_cloudwatch_event_target')).toHaveLength(rules.length);
    });

    test.each(queuePolicies)(
      'the queue $queue lets in the rule $rule, and nothing else',
      ({ queue, rule }) => {
        const { queue_url, policy } = resolved(`${queue}/policy`);
        expect(queue_url).toBe(answer(`${queue}/queue`, 'url'));
        expect(statements(policy)).toEqual([
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: ['sqs:SendMessage'],
            Resource: [arnOf(`${queue}/queue`)],
            Condition: { ArnEquals: { 'aws:SourceArn': arnOf(`bus/${rule}/rule`) } },
          },
        ]);
      },
    );

    test('every queue keeps a message for 14 days', () => {
      const kept = ofType('aws_sqs_queue').map(({ values }) => values.message_retention_seconds);
      expect(kept).toEqual(Array(queuePolicies.length + 1).fill(14 * 86_400));
    });

    test('the persister retries an event twice, and then keeps it in its queue of failures', () => {
      expect(resolved('persister/asynchronous')).toMatchObject({
        function_name: 'orders-persister',
        maximum_retry_attempts: 2,
        maximum_event_age_in_seconds: 6 * 3_600,
        destination_config: [{ on_failure: [{ destination: arnOf('persister/failures/queue') }] }],
      });
    });

    test.each(rolePolicies)('the role $role may act on these resources only', ({ role, may }) => {
      const { policy, role: name } = resolved(`${role}/policy`);
      expect(name).toBe(answer(`${role}/role`, 'name'));
      expect(statements(policy).flatMap(({ Resource }) => Resource)).toEqual(may);
    });

    test('no other role may do anything', () => {
      expect(ofType('aws_iam_role_policy')).toHaveLength(rolePolicies.length);
      expect(ofType('aws_iam_role')).toHaveLength(rolePolicies.length);
    });

    test('the functions let in the API, by its stage and route, and the rule, and nothing else', () => {
      const permissions = ofType('aws_lambda_permission').map(({ values }) => values);
      expect(
        permissions.map(({ principal, source_arn, function_name }) => [principal, source_arn, function_name]),
      ).toEqual([
        [
          'apigateway.amazonaws.com',
          `${answer('api/api', 'execution_arn')}/${expected.name}/$default`,
          'orders-producer',
        ],
        ['events.amazonaws.com', arnOf('bus/ProcessedOrderstoLambda/rule'), 'orders-persister'],
      ]);
    });

    test('the log service lets EventBridge into the log group and its streams', () => {
      const { policy_document } = resolved('bus/OrdertoCloudWatch/log-policy');
      const arn = arnOf('bus/OrdertoCloudWatch/log-group');
      const resourcesOf = statements(policy_document).map(({ Resource }) => Resource);
      expect(resourcesOf).toEqual([`${arn}:*`, `${arn}:*:*`]);
    });

    test('every log group keeps its lines for as long as the stage says', () => {
      const days = ofType('aws_cloudwatch_log_group').map(({ values }) => [
        values.name,
        values.retention_in_days,
      ]);
      expect(Object.fromEntries(days)).toEqual({
        '/aws/events/orders': expected.logDays,
        '/aws/lambda/orders-producer': expected.logDays,
        '/aws/lambda/orders-persister': expected.logDays,
        '/aws/vendedlogs/orders-api': expected.logDays,
      });
    });

    test('every event of the bus is kept for as long as the stage says', () => {
      expect(resolved('bus/archive')).toMatchObject({
        event_source_arn: arnOf('bus/bus'),
        event_pattern: null,
        retention_days: expected.archiveDays,
      });
    });

    test('the table can be restored to any second, and is protected where the stage says', () => {
      expect(resolved('table/table')).toMatchObject({
        point_in_time_recovery: [{ enabled: true }],
        deletion_protection_enabled: expected.tableIsProtected,
      });
    });

    test('the API takes as much as the stage says, and logs each request', () => {
      expect(resolved('api/stage')).toMatchObject({
        name: expected.name,
        default_route_settings: [expected.throttling],
        access_log_settings: [{ destination_arn: arnOf('api/access-log') }],
      });
    });

    test('each alarm watches what is there, and tells whom the stage says', () => {
      const made = ofType('aws_cloudwatch_metric_alarm').map(({ values }) => values);
      const watched = made.map(({ alarm_name, metric_name, dimensions }) => [
        alarm_name,
        [metric_name, dimensions],
      ]);
      expect(Object.fromEntries(watched)).toEqual(alarms(expected.name));
      for (const { alarm_actions, ok_actions, alarm_name, statistic } of made)
        expect({ alarm_name, alarm_actions, ok_actions }).toEqual({
          alarm_name,
          alarm_actions: expected.alarmsTell,
          ok_actions: statistic === 'Sum' ? null : expected.alarmsTell,
        });
    });

    test('the dashboard shows every alarm, and metrics of what is there', () => {
      interface Widget {
        properties: { alarms?: string[]; region?: string; metrics?: (string | object)[][] };
      }
      const { dashboard_body } = resolved('monitoring/dashboard');
      const { widgets } = JSON.parse(String(dashboard_body)) as { widgets: Widget[] };
      const ofAlarms = ofType('aws_cloudwatch_metric_alarm').map(({ values }) => values);
      const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
      expect(shown.sort()).toEqual(ofAlarms.map(({ arn }) => arn).sort());

      const known = [
        ...ofAlarms.map(({ namespace, dimensions }) => [namespace, dimensions]),
        ...ofType('aws_lambda_function').map(({ values }) => ['Orders', { service: values.function_name }]),
      ];
      const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
      expect(metrics.length).toBeGreaterThan(25);
      for (const [namespace, , ...row] of metrics) {
        const names = row.filter((_, index) => index % 2 === 0 && index < row.length - 1);
        const dimensions = Object.fromEntries(names.map((name) => [name, row[row.indexOf(name) + 1]]));
        expect(known).toContainEqual([namespace, dimensions]);
      }
    });

    test('the workflow publishes to the bus Orders, in the partition of the account', () => {
      const { definition } = resolved('workflow/state-machine');
      expect(JSON.parse(String(definition))).toMatchObject({
        States: {
          PublishOrderProcessed: {
            Resource: 'arn:aws-cn:states:::events:putEvents',
            Parameters: { Entries: [{ EventBusName: 'Orders' }] },
          },
        },
      });
    });

    test('the registry Orders gets the schemas as they stand, their patterns as well', () => {
      const elements = elementsOf(synthStack(expected.name));
      for (const { path, attributes } of elements.filter(({ type }) => type === 'aws_schemas_schema')) {
        const { registry_name, content } = resolved(path);
        expect(registry_name).toBe('Orders');
        expect(JSON.parse(String(content))).toEqual(JSON.parse(String(attributes.content)));
      }
    });

    test('the functions know the names of the bus and the table, and log into their log groups', () => {
      const made = ofType('aws_lambda_function').map(({ values }) => values);
      const known = made.map(({ environment, logging_config }) => [environment, logging_config]);
      expect(known).toMatchObject([
        [
          [{ variables: { BUS_NAME: 'Orders', TABLE_NAME: 'OrderDetails' } }],
          [{ log_group: '/aws/lambda/orders-persister' }],
        ],
        [[{ variables: { BUS_NAME: 'Orders' } }], [{ log_group: '/aws/lambda/orders-producer' }]],
      ]);
    });

    test('the partner is reached at the address and with the key of the variables', () => {
      expect(resolved('us-partner/destination')).toMatchObject({
        invocation_endpoint: variables.us_partner_endpoint,
        connection_arn: arnOf('us-partner/connection'),
      });
      expect(resolved('us-partner/connection')).toMatchObject({
        auth_parameters: [{ api_key: [{ key: 'x-api-key', value: variables.us_partner_api_key }] }],
      });
    });

    test('whoever has the address of the variable is mailed what alarms tell, if the stage tells anybody', () => {
      const subscriptions = ofType('aws_sns_topic_subscription').map(({ values }) => values);
      expect(subscriptions).toMatchObject(
        (expected.alarmsTell ?? []).map((topic_arn) => ({
          topic_arn,
          protocol: 'email',
          endpoint: variables.alarm_email,
        })),
      );
    });
  });
});
