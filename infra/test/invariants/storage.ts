import { list, same, show, statements } from '../stack.ts';
import { forEvery, type Invariant } from './invariant.ts';

export const storage: Invariant[] = [
  forEvery('aws_sqs_queue', 'every queue is encrypted, and keeps a message for 14 days', function* (queue) {
    if (queue.sqs_managed_sse_enabled !== true)
      yield `isn't encrypted: sqs_managed_sse_enabled is ${show(queue.sqs_managed_sse_enabled)}`;
    if (queue.message_retention_seconds !== 1_209_600)
      yield `message_retention_seconds is ${show(queue.message_retention_seconds)}; SQS's most is 1209600`;
  }),

  forEvery('aws_sqs_queue', 'every queue gets its messages from somebody', function* (_, path, stack) {
    const senders = [
      ...stack.ofType('aws_cloudwatch_event_target'),
      ...stack.ofType('aws_lambda_function_event_invoke_config'),
    ];
    if (!senders.some((sender) => sender.refersTo(path))) yield 'nothing sends to it';
  }),

  forEvery(
    'aws_sqs_queue_policy',
    'every queue lets in the rules that deliver to it, and nothing else',
    function* ({ queue_url, policy }, _, stack) {
      const queue = stack.referred(queue_url, 'aws_sqs_queue');
      if (!queue) yield `is for no queue of the stack: queue_url is ${show(queue_url)}`;
      const delivering = stack
        .ofType('aws_cloudwatch_event_target')
        .filter((target) => target.refersTo(String(queue?.path)))
        .map(({ attributes }) => String(attributes.rule).replace(/\.name>$/, '.arn>'));
      for (const statement of statements(policy)) {
        const source = (statement.Condition as { ArnEquals?: Record<string, string> } | undefined)?.ArnEquals;
        const by = source?.['aws:SourceArn'];
        if (by === undefined || !delivering.includes(by))
          yield `lets in ${show(statement)}, and ${show(delivering)} deliver to it`;
        const { Action, Resource, Principal } = statement;
        if (
          !same(
            [Action, Resource, Principal],
            [['sqs:SendMessage'], [`<${queue?.path}.arn>`], { Service: 'events.amazonaws.com' }],
          )
        )
          yield `allows more than to send: ${show(statement)}`;
      }
    },
  ),

  ...['aws_dynamodb_table', 'aws_sqs_queue', 'aws_cloudwatch_event_archive'].map((type) =>
    forEvery(
      type,
      `where a table is protected, Terraform refuses to destroy any ${type}`,
      function* ({ lifecycle }, _, stack) {
        const isProtected = stack
          .ofType('aws_dynamodb_table')
          .some(({ attributes }) => attributes.deletion_protection_enabled === true);
        const wanted = isProtected ? { prevent_destroy: true } : undefined;
        if (!same(lifecycle, wanted)) yield `lifecycle is ${show(lifecycle)}, not ${show(wanted)}`;
      },
    ),
  ),

  forEvery('aws_dynamodb_table', 'every table can be restored to any second of 35 days', function* (table) {
    if (!same(table.point_in_time_recovery, { enabled: true }))
      yield `point_in_time_recovery is ${show(table.point_in_time_recovery)}`;
    if (typeof table.deletion_protection_enabled !== 'boolean')
      yield `deletion_protection_enabled is ${show(table.deletion_protection_enabled)}; its stage says which`;
  }),

  forEvery(
    'aws_cloudwatch_log_group',
    'every log group keeps its lines as long as every other',
    function* (group, _, stack) {
      const days = stack
        .ofType('aws_cloudwatch_log_group')
        .map(({ attributes }) => attributes.retention_in_days);
      if (!(Number(group.retention_in_days) > 0))
        yield `retention_in_days is ${show(group.retention_in_days)}: for ever`;
      else if (new Set(days).size > 1)
        yield `retention_in_days is ${show(group.retention_in_days)} of ${show(days)}`;
    },
  ),

  forEvery(
    'aws_sns_topic',
    'every topic is encrypted with a key of its own, lets in alarms of this account, and tells somebody',
    function* ({ kms_master_key_id }, path, stack) {
      const key = stack.referred(kms_master_key_id, 'aws_kms_key');
      if (!key) yield `isn't encrypted with a key of the stack: ${show(kms_master_key_id)}`;
      const alarmsOfThisAccount = (statement: object) =>
        /"Principal":\{"Service":"cloudwatch\.amazonaws\.com"\}/.test(show(statement) ?? '') &&
        /"Condition":\{"StringEquals":\{"aws:SourceAccount":"<[\w/-]+\.account_id>"\}\}/.test(
          show(statement) ?? '',
        );
      const of = (policy: unknown) => statements(policy).filter(alarmsOfThisAccount);
      if (key) {
        const { enable_key_rotation, policy } = key.attributes;
        if (enable_key_rotation !== true) yield `${key.path} isn't rotated: ${show(enable_key_rotation)}`;
        const [use] = of(policy);
        if (!same(use?.Action, ['kms:Decrypt', 'kms:GenerateDataKey*']))
          yield `${key.path} can't be used by the alarms of this account`;
        if (!statements(policy).some(({ Action }) => Action === 'kms:*'))
          yield `${key.path} can't be governed by the account`;
      }
      const policies = stack
        .ofType('aws_sns_topic_policy')
        .filter(({ attributes }) => attributes.arn === `<${path}.arn>`);
      const published = policies.flatMap(({ attributes }) => statements(attributes.policy));
      if (policies.length !== 1 || published.length !== 1 || of({ Statement: published }).length !== 1)
        yield `${policies.map((policy) => policy.path)} lets in ${show(published)}; alarms of this account publish to it`;
      if (!published.every(({ Action }) => same(list(Action), ['sns:Publish'])))
        yield `allows more than to publish: ${show(published)}`;
      const subscriptions = stack
        .ofType('aws_sns_topic_subscription')
        .filter(({ attributes }) => attributes.topic_arn === `<${path}.arn>`);
      if (subscriptions.length === 0) yield 'tells nobody';
    },
  ),
];
