import { describe, expect, test } from '@jest/globals';
import { type Block, elementsOf, readable, synthStack } from './synth.ts';

const dev = synthStack();
const { at, unread } = readable(dev);
const prod = readable(synthStack('prod'));

const ofRule = (name: string) => ({ EventBusName: '<bus/bus.name>', RuleName: `<bus/${name}/rule.name>` });
const ofQueue = (path: string) => ({ QueueName: `<${path}/queue.name>` });
const ofFunction = (name: string) => ({ FunctionName: `<${name}/function.function_name>` });
const ofApi = { ApiId: '<api/api.id>', Stage: '<api/stage.name>' };
const ofWorkflow = { StateMachineArn: '<workflow/state-machine.arn>' };
const depth = ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'] as const;

const age = ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum'] as const;
const tenDays = 10 * 86_400;

/** Every alarm: its name, what of which metric it looks at, of whom, above what, of how many minutes, and how often. */
const alarms: [
  name: string,
  metric: readonly [namespace: string, name: string, statistic: string],
  dimensions: Record<string, string>,
  above?: number,
  periodMinutes?: number,
  periods?: number,
][] = [
  ...[
    'OrdertoCloudWatch',
    'USOrdertoAPI',
    'EUOrdertoStepFunctions',
    'UnroutedOrders',
    'ProcessedOrderstoLambda',
  ].flatMap((rule): typeof alarms => [
    [`${rule}-dead-letters`, depth, ofQueue(`bus/${rule}/dead-letters`)],
    [`${rule}-dead-letters-expire`, age, ofQueue(`bus/${rule}/dead-letters`), tenDays],
    [`${rule}-retries`, ['AWS/Events', 'RetryInvocationAttempts', 'Sum'], ofRule(rule), 3, 15],
    [`${rule}-failed-invocations`, ['AWS/Events', 'FailedInvocations', 'Sum'], ofRule(rule)],
    [`${rule}-lost-events`, ['AWS/Events', 'InvocationsFailedToBeSentToDlq', 'Sum'], ofRule(rule)],
  ]),
  ...['producer', 'persister'].flatMap((name): typeof alarms => [
    [`orders-${name}-errors`, ['AWS/Lambda', 'Errors', 'Sum'], ofFunction(name)],
    [`orders-${name}-throttles`, ['AWS/Lambda', 'Throttles', 'Sum'], ofFunction(name)],
  ]),
  ['orders-persister-failures', depth, ofQueue('persister/failures')],
  ['orders-persister-failures-expire', age, ofQueue('persister/failures'), tenDays],
  [
    'orders-persister-lost-events',
    ['AWS/Lambda', 'DestinationDeliveryFailures', 'Sum'],
    ofFunction('persister'),
  ],
  ['EUOrderFulfilment-failed-executions', ['AWS/States', 'ExecutionsFailed', 'Sum'], ofWorkflow],
  ['EUOrderFulfilment-aborted-executions', ['AWS/States', 'ExecutionsAborted', 'Sum'], ofWorkflow],
  ['EUOrderFulfilment-timed-out-executions', ['AWS/States', 'ExecutionsTimedOut', 'Sum'], ofWorkflow],
  ['orders-api-5xx', ['AWS/ApiGateway', '5xx', 'Sum'], ofApi],
  ['orders-api-latency', ['AWS/ApiGateway', 'Latency', 'p95'], ofApi, 3_000, 1, 5],
  ['unrouted-orders', depth, ofQueue('unrouted')],
  ['unrouted-orders-expire', age, ofQueue('unrouted'), tenDays],
];

describe.each(alarms)(
  'the alarm %s',
  (name, [namespace, metric, statistic], dimensions, above = 0, periodMinutes = 1, periods = 1) => {
    test(`goes off when ${metric} is above ${above} for ${periods} × ${periodMinutes} min, and stays quiet without a figure`, () => {
      expect(at(`monitoring/${name}`)).toEqual({
        type: 'aws_cloudwatch_metric_alarm',
        alarm_name: name,
        alarm_description: expect.stringMatching(/^.{20,}\. See docs\/runbooks\/[a-z0-9-]+\.md$/),
        namespace,
        metric_name: metric,
        [statistic.startsWith('p') ? 'extended_statistic' : 'statistic']: statistic,
        dimensions,
        period: 60 * periodMinutes,
        evaluation_periods: periods,
        comparison_operator: 'GreaterThanThreshold',
        threshold: above,
        treat_missing_data: 'notBreaching',
      });
    });

    const isLevel = statistic !== 'Sum';
    test(`tells the topic in prod when it goes off${isLevel ? ', and when it is over' : ''}`, () => {
      const tells = ['<alarm-topic/topic.arn>'];
      const { alarm_actions, ok_actions } = prod.at(`monitoring/${name}`);
      expect({ alarm_actions, ok_actions }).toEqual({
        alarm_actions: tells,
        ok_actions: isLevel ? tells : undefined,
      });
    });
  },
);

test('the dashboard has the alarms, and a row for the orders and for each part of the flow', () => {
  interface Widget {
    type: string;
    properties: {
      markdown?: string;
      title?: string;
      alarms?: string[];
      region?: string;
      metrics?: unknown[][];
    };
  }
  const { dashboard_body, ...dashboard } = at('monitoring/dashboard') as Block & {
    dashboard_body: { widgets: Widget[] };
  };
  expect(dashboard).toEqual({ type: 'aws_cloudwatch_dashboard', dashboard_name: 'orders' });
  const { widgets } = dashboard_body;

  const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  expect(shown.sort()).toEqual(alarms.map(([name]) => `<monitoring/${name}.arn>`).sort());
  expect(widgets.flatMap(({ properties }) => properties.markdown ?? [])).toEqual([
    '## Orders',
    '## The API',
    '## The function orders-producer',
    '## The bus and its rules',
    '## The workflow EUOrderFulfilment',
    '## The function orders-persister',
  ]);

  const graphs = widgets.filter(({ type }) => type === 'metric');
  for (const { properties } of graphs) expect(properties.region).toBe('<var.aws_region>');
  const metrics = graphs.flatMap(({ properties }) => properties.metrics ?? []);
  const onDashboard = metrics.map((metric) => metric.filter((part) => typeof part === 'string').join(' '));
  // What goes off is to be seen, but for what was lost or will be: no history would explain it.
  const withoutHistory = ['InvocationsFailedToBeSentToDlq', 'ApproximateAgeOfOldestMessage'];
  for (const [name, [namespace, metric], dimensions] of alarms) {
    if (withoutHistory.includes(metric)) continue;
    expect([name, onDashboard]).toEqual([
      name,
      expect.arrayContaining([[namespace, metric, ...Object.entries(dimensions).flat()].join(' ')]),
    ]);
  }
});

test.each([
  ['OrdersPlaced', 'orders-producer'],
  ['OrdersRefused', 'orders-producer'],
  ['OrdersDispatched', 'orders-persister'],
])('the dashboard has %s, as the function %s counts it', (metric, service) => {
  expect(JSON.stringify(at('monitoring/dashboard'))).toContain(
    `["Orders","${metric}","service","${service}",`,
  );
});

describe('the topic of the alarms, in prod', () => {
  const ofThisAccount = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': '<alarm-topic/account.account_id>' } },
  };

  test('is encrypted with a key of its own, and only alarms of this account may publish to it', () => {
    expect(prod.at('alarm-topic/topic')).toEqual({
      type: 'aws_sns_topic',
      name: 'orders-alarms',
      kms_master_key_id: '<alarm-topic/key.arn>',
    });
    expect(prod.at('alarm-topic/policy')).toEqual({
      type: 'aws_sns_topic_policy',
      arn: '<alarm-topic/topic.arn>',
      policy: {
        Version: '2012-10-17',
        Statement: [{ ...ofThisAccount, Action: 'sns:Publish', Resource: '<alarm-topic/topic.arn>' }],
      },
    });
  });

  test('has a key that is rotated, that the account governs, and that alarms of this account may use', () => {
    const root = 'arn:<alarm-topic/partition.partition>:iam::<alarm-topic/account.account_id>:root';
    expect(prod.at('alarm-topic/key')).toEqual({
      type: 'aws_kms_key',
      description: expect.any(String),
      enable_key_rotation: true,
      policy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
          { ...ofThisAccount, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
        ],
      },
    });
  });

  test('sends a mail to the address of a variable with no default', () => {
    expect(prod.at('alarm-topic/subscription')).toEqual({
      type: 'aws_sns_topic_subscription',
      topic_arn: '<alarm-topic/topic.arn>',
      protocol: 'email',
      endpoint: '<var.alarm_email>',
    });
  });

  test('is not in dev, where nobody is told', () => {
    expect(elementsOf(dev).filter(({ path }) => path.startsWith('alarm-topic/'))).toEqual([]);
  });
});

// Last, for it counts what the tests above have asked for.
test('nothing watches that no test holds', () => {
  expect(unread().filter((path) => path.startsWith('monitoring/'))).toEqual([]);
});
