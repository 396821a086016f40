import type { Block } from '../../scripts/stack-json.ts';
import { list, type Placed, type Stack, same, show } from '../stack.ts';
import { forEvery, type Invariant } from './invariant.ts';

const tenDaysSeconds = 10 * 86_400;

/** What has to be watched of each resource of a type: a metric whose dimensions name the resource, above this. */
const watched: Record<string, [metric: string, above: number][]> = {
  aws_cloudwatch_event_rule: [
    ['RetryInvocationAttempts', 3],
    ['InvocationsFailedToBeSentToDlq', 0],
  ],
  aws_lambda_function: [
    ['Errors', 0],
    ['Throttles', 0],
  ],
  aws_sfn_state_machine: [
    ['ExecutionsFailed', 0],
    ['ExecutionsAborted', 0],
    ['ExecutionsTimedOut', 0],
  ],
  aws_apigatewayv2_api: [
    ['5xx', 0],
    ['4xx', 10],
    ['Latency', 3_000],
  ],
};

/** What has to be watched of a queue that waits for people. */
const watchedOfQueue: [metric: string, above: number][] = [
  ['ApproximateNumberOfMessagesVisible', 0],
  ['ApproximateAgeOfOldestMessage', tenDaysSeconds],
];

/** The namespace of each type's metrics. */
const namespaces: Record<string, string> = {
  aws_cloudwatch_event_rule: 'AWS/Events',
  aws_lambda_function: 'AWS/Lambda',
  aws_sfn_state_machine: 'AWS/States',
  aws_apigatewayv2_api: 'AWS/ApiGateway',
};

interface Query {
  id: string;
  expression?: string;
  return_data?: boolean;
  metric?: Block;
}
const queriesOf = (alarm: Block) => list(alarm.metric_query as Query[] | undefined);

/** What an alarm measures: its metric, or the first metric of its expression. */
function measuredBy(alarm: Block): Block {
  const first = queriesOf(alarm).find(({ metric }) => metric)?.metric;
  return first ? { ...alarm, ...first, statistic: first.stat } : alarm;
}

/** What keeps the expression of an alarm from being looked at. */
function* expressionFaults(alarm: Block) {
  const queries = queriesOf(alarm);
  if (queries.length === 0) return;
  const [returned, ...others] = queries.filter(({ return_data }) => return_data);
  if (!returned?.expression || others.length > 0) yield `returns no one expression: ${show(queries)}`;
  const known = queries.map(({ id }) => id);
  for (const id of returned?.expression?.match(/[a-z]\w*/g) ?? [])
    if (!known.includes(id)) yield `its expression has ${id}, which is none of ${known}`;
}

const variablesOf = ({ environment }: Block): Block =>
  (environment as { variables?: Block } | undefined)?.variables ?? {};

const alarmsOf = (path: string, stack: Stack): Placed[] =>
  stack.ofType('aws_cloudwatch_metric_alarm').filter((alarm) => alarm.refersTo(path));

function* missingAlarms(path: string, namespace: string, metrics: [string, number][], stack: Stack) {
  const alarms = alarmsOf(path, stack).filter(
    ({ attributes }) => measuredBy(attributes).namespace === namespace,
  );
  for (const [metric, above] of metrics) {
    const found = alarms.filter(({ attributes }) => measuredBy(attributes).metric_name === metric);
    if (found.length !== 1) yield `has ${found.length} alarms on ${metric}`;
    for (const { path, attributes } of found)
      if (attributes.threshold !== above)
        yield `${path} goes off above ${show(attributes.threshold)}, not ${above}`;
  }
}

/** What isn't on the dashboard: the first has no history that would explain it, the second goes with the depth. */
const withoutGraph = ['InvocationsFailedToBeSentToDlq', 'ApproximateAgeOfOldestMessage'];

interface Widget {
  type: string;
  properties: { alarms?: string[]; metrics?: unknown[][] };
}
const widgetsOf = (stack: Stack): Widget[] =>
  stack
    .ofType('aws_cloudwatch_dashboard')
    .flatMap(({ attributes }) => (attributes.dashboard_body as { widgets?: Widget[] }).widgets ?? []);

/** `['AWS/SQS', 'Depth', 'QueueName', 'x', {…}]` → `AWS/SQS Depth QueueName x` */
const words = (metric: unknown[]) => metric.filter((part) => typeof part === 'string').join(' ');
const metricOf = ({ namespace, metric_name, dimensions }: Block) =>
  words([namespace, metric_name, ...Object.entries(dimensions ?? {}).flat()]);

/** What an alarm takes a time for in which nothing is counted, by how it compares. */
const missingData: Record<string, string> = {
  GreaterThanThreshold: 'notBreaching',
  LessThanThreshold: 'breaching',
};

export const alarms: Invariant[] = [
  ...Object.entries(watched).map(([type, metrics]) =>
    forEvery(
      type,
      `every ${type} has an alarm on ${metrics.map(([metric]) => metric).join(', ')}`,
      (_, path, stack) => missingAlarms(path, namespaces[type] ?? '', metrics, stack),
    ),
  ),

  forEvery(
    'aws_sqs_queue',
    'every queue has a reader, or alarms on what waits and on its age',
    function* (_, path, stack) {
      const readers = stack
        .ofType('aws_lambda_event_source_mapping')
        .filter(({ attributes }) => attributes.event_source_arn === `<${path}.arn>`);
      if (readers.length === 0) yield* missingAlarms(path, 'AWS/SQS', watchedOfQueue, stack);
    },
  ),

  forEvery(
    'aws_cloudwatch_event_rule',
    'every rule that takes the orders of some locations has an alarm on those that are late, all by the same time',
    function* (rule, path, stack) {
      const { 'detail-type': detailTypes, detail } = (rule.event_pattern ?? {}) as Block;
      const isFulfilment = same(detailTypes, ['Order Placed']) && (detail as Block | undefined)?.location;
      if (!isFulfilment) return;
      const [promise] = stack.ofType('aws_lambda_function').flatMap(({ attributes }) => {
        const { DISPATCHED_LOCATION: location, DISPATCHED_WITHIN_MINUTES: minutes } = variablesOf(attributes);
        return minutes === undefined ? [] : [{ location, minutes: Number(minutes) }];
      });
      const target = stack
        .ofType('aws_cloudwatch_event_target')
        .find(({ attributes }) => attributes.rule === `<${path}.name>`);
      const isDispatched = stack.referred(target?.attributes.arn, 'aws_sfn_state_machine') !== undefined;
      if (!isDispatched) {
        const ms = (promise?.minutes ?? 0) * 60_000;
        yield* missingAlarms(path, 'AWS/Events', [['IngestionToInvocationSuccessLatency', ms]], stack);
        return;
      }
      if (!same(detail, { location: [{ prefix: promise?.location }] }))
        yield `takes ${show(detail)}, and orders of ${show(promise?.location)} are counted`;
      const late = stack
        .ofType('aws_cloudwatch_metric_alarm')
        .filter(({ attributes }) => attributes.metric_name === 'OrdersLate' && attributes.threshold === 0);
      if (late.length !== 1) yield `has ${late.length} alarms on orders that are not dispatched in time`;
    },
  ),

  forEvery(
    'aws_lambda_function_event_invoke_config',
    'every function whose failures go to a queue has an alarm on what that queue refuses',
    function* ({ function_name }, _, stack) {
      const called = stack.referred(function_name, 'aws_lambda_function');
      if (called)
        yield* missingAlarms(called.path, 'AWS/Lambda', [['DestinationDeliveryFailures', 0]], stack);
    },
  ),

  forEvery(
    'aws_cloudwatch_metric_alarm',
    'every alarm watches something of the stack, says what it means, and is quiet without a count, unless it is on too few',
    function* (attributes, path, stack) {
      const alarm = measuredBy(attributes);
      yield* expressionFaults(attributes);
      // A function counts under its name.
      const isPart = (value: string) =>
        /^<.+>$/.test(value) ||
        stack.ofType('aws_lambda_function').some(({ attributes }) => attributes.function_name === value);
      if (!Object.values(alarm.dimensions ?? {}).some(isPart))
        yield `watches nothing of the stack: ${show(alarm.dimensions)}`;
      if (!/^.{20,}\. See docs\/runbooks\/[a-z0-9-]+\.md$/.test(String(alarm.alarm_description)))
        yield `doesn't say what it means: ${show(alarm.alarm_description)}`;
      const missing = missingData[String(alarm.comparison_operator)];
      if (missing === undefined) yield `comparison_operator is ${show(alarm.comparison_operator)}`;
      if (alarm.treat_missing_data !== missing)
        yield `takes nothing to count for ${show(alarm.treat_missing_data)}, not ${missing}`;
      if (!path.endsWith(`/${alarm.alarm_name}`)) yield `is named ${show(alarm.alarm_name)}`;
      for (const name of ['period', 'evaluation_periods', 'threshold', 'metric_name', 'namespace'])
        if (alarm[name] === undefined) yield `has no ${name}`;
      if ((alarm.statistic === undefined) === (alarm.extended_statistic === undefined))
        yield `has the statistics ${show(alarm.statistic)} and ${show(alarm.extended_statistic)}; it takes one`;
    },
  ),

  forEvery(
    'aws_cloudwatch_metric_alarm',
    'every alarm tells the topic of its stage when it goes off; that of a level, when it is over as well',
    function* ({ alarm_actions, ok_actions, statistic, comparison_operator }, _, stack) {
      const topics = stack.ofType('aws_sns_topic').map(({ path }) => `<${path}.arn>`);
      if (!same(list(alarm_actions), topics))
        yield `tells ${show(alarm_actions)}; the topics are ${show(topics)}`;
      const isCount = statistic === 'Sum' && comparison_operator === 'GreaterThanThreshold';
      const over = isCount ? [] : topics;
      if (!same(list(ok_actions), over))
        yield `tells that it is over to ${show(ok_actions)}, not ${show(over)}`;
    },
  ),

  {
    name: 'every alarm is on the dashboard, with its metric',
    faults: (stack) => {
      const widgets = widgetsOf(stack);
      const shown = new Set(widgets.flatMap(({ properties }) => properties.alarms ?? []));
      const graphs = new Set(widgets.flatMap(({ properties }) => properties.metrics ?? []).map(words));
      return stack.ofType('aws_cloudwatch_metric_alarm').flatMap(({ path, attributes }) => {
        const metric = metricOf(measuredBy(attributes));
        const isGraph = graphs.has(metric) || withoutGraph.includes(String(attributes.metric_name));
        return [
          ...(shown.has(`<${path}.arn>`) ? [] : [`${path}: isn't on the dashboard`]),
          ...(isGraph ? [] : [`${path}: its metric isn't on the dashboard: ${metric}`]),
        ];
      });
    },
  },

  forEvery(
    'aws_cloudwatch_dashboard',
    'a dashboard shows metrics of what is there',
    function* (_, __, stack) {
      const known = new Set([
        ...stack
          .ofType('aws_cloudwatch_metric_alarm')
          .map(({ attributes }) => metricOf({ ...measuredBy(attributes), metric_name: '' })),
        // What the functions themselves count.
        ...stack
          .ofType('aws_lambda_function')
          .map(({ attributes }) => `Orders  service ${attributes.function_name}`),
      ]);
      for (const metric of widgetsOf(stack).flatMap(({ properties }) => properties.metrics ?? [])) {
        const [namespace, , ...dimensions] = metric.filter((part) => typeof part === 'string');
        if (!known.has([namespace, '', ...dimensions].join(' ')))
          yield `shows ${words(metric)}, which isn't there`;
      }
    },
  ),
];
