import type { Block } from '../../scripts/stack-json.ts';
import { list, type Placed, type Stack, same, show, statements } from '../stack.ts';
import { forEvery, type Invariant } from './invariant.ts';

const service = 'events.amazonaws.com';

/** `<bus/USOrdertoAPI/rule.name>` → `<bus/USOrdertoAPI/rule.arn>` */
const ruleArn = (target: Block) => String(target.rule).replace(/\.name>$/, '.arn>');

const needs = function* (target: Block, policy: Placed, what: string) {
  if (!list(target.depends_on).includes(`<${policy.path}>`))
    yield `delivers before ${policy.path} ${what}: depends_on is ${show(target.depends_on)}`;
};

/** What keeps EventBridge from sending to the queue for the target's rule. */
function* queueFaults(target: Block, queue: Placed, stack: Stack) {
  const policy = stack
    .ofType('aws_sqs_queue_policy')
    .find(({ attributes }) => attributes.queue_url === `<${queue.path}.url>`);
  const wanted = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['sqs:SendMessage'],
    Resource: [`<${queue.path}.arn>`],
    Condition: { ArnEquals: { 'aws:SourceArn': ruleArn(target) } },
  };
  if (!policy) yield `${queue.path} has no policy that lets the rule in`;
  else if (!statements(policy.attributes.policy).some((each) => same(each, wanted)))
    yield `${policy.path} has no statement that lets in ${ruleArn(target)} alone`;
  else yield* needs(target, policy, 'lets it in');
}

/** What keeps EventBridge from acting on the target in the role that the target names. */
const roleFaults = (action: string) =>
  function* (target: Block, _: Placed, stack: Stack) {
    const role = stack.referred(target.role_arn, 'aws_iam_role');
    const policy = stack
      .ofType('aws_iam_role_policy')
      .find(({ attributes }) => attributes.role === `<${role?.path}.name>`);
    const trusts = statements(role?.attributes.assume_role_policy).some(({ Principal }) =>
      same(Principal, { Service: service }),
    );
    if (!role) yield `has no role: role_arn is ${show(target.role_arn)}`;
    else if (!trusts) yield `${role.path} can't be assumed by ${service}`;
    else if (!policy) yield `${role.path} has no policy`;
    else {
      const wanted = [{ Effect: 'Allow', Action: [action], Resource: [target.arn] }];
      const allowed = stack.statementsOf(target.role_arn);
      if (!same(allowed, wanted))
        yield `${policy.path} allows ${show(allowed)}; the delivery takes ${show(wanted)}`;
      yield* needs(target, policy, 'allows it');
    }
  };

function* functionFaults(target: Block, called: Placed, stack: Stack) {
  const permission = stack
    .ofType('aws_lambda_permission')
    .find(({ attributes }) => attributes.source_arn === ruleArn(target));
  const wanted = {
    action: 'lambda:InvokeFunction',
    function_name: `<${called.path}.function_name>`,
    principal: service,
    source_arn: ruleArn(target),
  };
  if (!permission) yield `${called.path} has no permission that lets ${ruleArn(target)} in`;
  else if (!same(permission.attributes, wanted))
    yield `${permission.path} is ${show(permission.attributes)}; the delivery takes ${show(wanted)}`;
  else yield* needs(target, permission, 'lets it in');

  const onFailure = stack
    .ofType('aws_lambda_function_event_invoke_config')
    .find(({ attributes }) => attributes.function_name === `<${called.path}.function_name>`);
  if (!onFailure) yield `${called.path} has no queue for the events that it fails for`;
  else yield* needs(target, onFailure, 'keeps what fails');
}

function* logGroupFaults(target: Block, logGroup: Placed, stack: Stack) {
  const policy = stack
    .ofType('aws_cloudwatch_log_resource_policy')
    .find((each) => each.refersTo(logGroup.path));
  const services = {
    Effect: 'Allow',
    Principal: { Service: [service, 'delivery.logs.amazonaws.com'] },
  };
  // A condition that has to hold refuses an event for which EventBridge doesn't send the key.
  const account = { StringEqualsIfExists: { 'aws:SourceAccount': '<account.account_id>' } };
  const wanted = [
    {
      ...services,
      Action: 'logs:CreateLogStream',
      Resource: `<${logGroup.path}.arn>:*`,
      Condition: account,
    },
    {
      ...services,
      Action: 'logs:PutLogEvents',
      Resource: `<${logGroup.path}.arn>:*:*`,
      Condition: { ...account, ArnEquals: { 'aws:SourceArn': ruleArn(target) } },
    },
  ];
  if (!String(logGroup.attributes.name).startsWith('/aws/events/'))
    yield `${logGroup.path} is named ${show(logGroup.attributes.name)}; EventBridge writes below /aws/events/`;
  if (!policy) yield `${logGroup.path} has no policy that lets EventBridge in`;
  else if (!same(statements(policy.attributes.policy_document), wanted))
    yield `${policy.path} is ${show(policy.attributes.policy_document)}; the delivery takes ${show(wanted)}`;
  else yield* needs(target, policy, 'lets it in');
}

/** What each type of target takes. Add a type here with the target in `src/constructs/targets.ts`. */
const targetTypes: Record<string, (target: Block, to: Placed, stack: Stack) => Iterable<string>> = {
  aws_lambda_function: functionFaults,
  aws_sfn_state_machine: roleFaults('states:StartExecution'),
  aws_cloudwatch_event_api_destination: roleFaults('events:InvokeApiDestination'),
  aws_sqs_queue: queueFaults,
  aws_cloudwatch_log_group: logGroupFaults,
};

export const rules: Invariant[] = [
  forEvery(
    'aws_cloudwatch_event_rule',
    'every rule has a pattern, and one target',
    function* (rule, path, stack) {
      if (!stack.referred(rule.event_bus_name, 'aws_cloudwatch_event_bus'))
        yield `is on no bus of the stack: event_bus_name is ${show(rule.event_bus_name)}`;
      if (typeof rule.event_pattern !== 'object') yield `has no pattern: ${show(rule.event_pattern)}`;
      const targets = stack
        .ofType('aws_cloudwatch_event_target')
        .filter(({ attributes }) => attributes.rule === `<${path}.name>`);
      if (targets.length !== 1)
        yield `has ${targets.length} targets: ${targets.map((target) => target.path)}`;
      for (const { path, attributes } of targets)
        if (attributes.event_bus_name !== rule.event_bus_name)
          yield `${path} is on another bus, ${show(attributes.event_bus_name)}`;
    },
  ),

  forEvery('aws_cloudwatch_event_target', 'every target gets the event as it is', function* (target) {
    for (const [name, value] of Object.entries(target))
      if (name.startsWith('input')) yield `changes the event on its way: ${name} is ${show(value)}`;
  }),

  forEvery(
    'aws_cloudwatch_event_target',
    'every delivery is tried again for 24 hours, 185 times',
    function* ({ retry_policy: policy }) {
      // Both fields: Terraform sends an age that is left out as 0, which is no retry at all.
      const wanted = { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 };
      if (!same(policy, wanted)) yield `retry_policy is ${show(policy)}; every rule has ${show(wanted)}`;
    },
  ),

  forEvery(
    'aws_cloudwatch_event_target',
    'every rule has a dead-letter queue of its own, whose policy names it',
    function* (target, path, stack) {
      const config = target.dead_letter_config as { arn?: unknown } | undefined;
      const queue = stack.referred(config?.arn, 'aws_sqs_queue');
      if (!queue) {
        yield `has no dead-letter queue: dead_letter_config is ${show(config)}`;
        return;
      }
      const sharing = stack
        .ofType('aws_cloudwatch_event_target')
        .filter((other) => other.path !== path && other.refersTo(queue.path));
      if (sharing.length > 0)
        yield `shares the queue ${queue.path} with ${sharing.map((other) => other.path)}`;
      yield* queueFaults(target, queue, stack);
    },
  ),

  forEvery(
    'aws_cloudwatch_event_target',
    'every target lets its rule in before the first event',
    function* (target, _, stack) {
      const found = Object.entries(targetTypes).flatMap(([type, faults]) => {
        const to = stack.referred(target.arn, type);
        return to ? [faults(target, to, stack)] : [];
      });
      if (found.length === 0)
        yield `delivers to ${show(target.arn)}, which is none of ${Object.keys(targetTypes).join(', ')}`;
      for (const faults of found) yield* faults;
    },
  ),

  forEvery(
    'aws_cloudwatch_event_bus',
    'every bus has an archive of all its events',
    function* (_, path, stack) {
      const archives = stack
        .ofType('aws_cloudwatch_event_archive')
        .filter(({ attributes }) => attributes.event_source_arn === `<${path}.arn>`);
      if (archives.length !== 1) yield `has ${archives.length} archives`;
      for (const { path, attributes } of archives) {
        if (attributes.event_pattern !== undefined)
          yield `${path} leaves events out: event_pattern is ${show(attributes.event_pattern)}`;
        // 0 would be for ever.
        if (!(Number(attributes.retention_days) > 0))
          yield `${path} has no end: retention_days is ${show(attributes.retention_days)}`;
      }
    },
  ),
];
