import { expect, test } from '@jest/globals';
import { everyOrderEvent } from '@orders/events';
import type { TerraformStack } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { ApiDestination } from './api-destination.ts';
import { NodeFunction } from './node-function.ts';
import { Queue } from './queue.ts';
import { type BindTarget, Rule } from './rule.ts';
import { StateMachine } from './state-machine.ts';
import { toApiDestination, toFunction, toLogGroup, toQueue, toStateMachine } from './targets.ts';

/** A stack of a rule and its target, `R`. */
const deliverTo = (bind: (stack: TerraformStack) => BindTarget) =>
  smallStack((stack) =>
    new Rule(stack, 'R', { busName: 'Orders', pattern: everyOrderEvent }).to(bind(stack)),
  );

const dependsOn = (...paths: string[]) => [...paths, 'R/dead-letters/policy'].map((path) => `<${path}>`);

/** What a delivery in a role takes: a role that EventBridge assumes, and one action on one resource. */
const expectRole = (resources: ReturnType<typeof smallStack>, action: string, arn: string) => {
  expect(resources['R/target']).toMatchObject({
    arn,
    role_arn: '<R/role/role.arn>',
    depends_on: dependsOn('R/role/policy'),
  });
  expect(resources['R/role/role']).toMatchObject({
    assume_role_policy: {
      Statement: [{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
  });
  expect(resources['R/role/policy']).toMatchObject({
    role: '<R/role/role.name>',
    policy: { Statement: [{ Effect: 'Allow', Action: [action], Resource: [arn] }] },
  });
};

test('a queue lets in its rule before the first event', () => {
  const resources = deliverTo((stack) => toQueue(new Queue(stack, 'late', { name: 'LateOrders' })));
  expect(resources['R/target']).toMatchObject({
    arn: '<late/queue.arn>',
    depends_on: dependsOn('late/policy'),
  });
  expect(resources['R/target']).not.toHaveProperty('role_arn');
  expect(resources['late/policy']).toMatchObject({
    policy: { Statement: [{ Condition: { ArnEquals: { 'aws:SourceArn': '<R/rule.arn>' } } }] },
  });
});

test('a function lets in its rule alone, and keeps the events that it fails for, before the first event', () => {
  const resources = deliverTo((stack) =>
    toFunction(new NodeFunction(stack, 'persister', { name: 'f', environment: {}, allow: [] })),
  );
  expect(resources['R/target']).toMatchObject({
    arn: '<persister/function.arn>',
    depends_on: dependsOn('R/permission', 'persister/asynchronous'),
  });
  expect(resources['R/permission']).toEqual({
    resource: 'aws_lambda_permission',
    function_name: '<persister/function.function_name>',
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
    source_arn: '<R/rule.arn>',
  });
});

test('a state machine is started in a role of the rule', () => {
  const resources = deliverTo((stack) =>
    toStateMachine(new StateMachine(stack, 'sm', { name: 'sm', startAt: 'End', states: () => ({}) })),
  );
  expectRole(resources, 'states:StartExecution', '<sm/state-machine.arn>');
});

test('an API destination is called in a role of the rule', () => {
  const resources = deliverTo((stack) =>
    toApiDestination(
      new ApiDestination(stack, 'partner', {
        name: 'partner',
        endpoint: 'https://partner.example',
        apiKey: 'key',
        ratePerSecond: 20,
      }),
    ),
  );
  expectRole(resources, 'events:InvokeApiDestination', '<partner/destination.arn>');
  expect(resources['partner/destination']).toMatchObject({
    connection_arn: '<partner/connection.arn>',
    http_method: 'POST',
    invocation_endpoint: 'https://partner.example',
    invocation_rate_limit_per_second: 20,
  });
  expect(resources['partner/connection']).toMatchObject({
    authorization_type: 'API_KEY',
    auth_parameters: { api_key: { key: 'x-api-key', value: 'key' } },
  });
});

test('a log group lets in both services that deliver, to write for this rule; the target is its ARN without :*, with no role', () => {
  const resources = deliverTo(() => toLogGroup('/aws/events/late'));
  expect(resources['R/target']).toMatchObject({
    arn: '<R/log-group.arn>',
    depends_on: dependsOn('R/log-policy'),
  });
  expect(resources['R/target']).not.toHaveProperty('role_arn');
  expect(resources['R/log-group']).toMatchObject({ name: '/aws/events/late' });
  const Principal = { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] };
  const ofAccount = { StringEqualsIfExists: { 'aws:SourceAccount': '<account.account_id>' } };
  expect(resources['R/log-policy']).toMatchObject({
    policy_document: {
      Statement: [
        {
          Effect: 'Allow',
          Principal,
          Action: 'logs:CreateLogStream',
          Resource: '<R/log-group.arn>:*',
          Condition: ofAccount,
        },
        {
          Effect: 'Allow',
          Principal,
          Action: 'logs:PutLogEvents',
          Resource: '<R/log-group.arn>:*:*',
          Condition: { ...ofAccount, ArnEquals: { 'aws:SourceArn': '<R/rule.arn>' } },
        },
      ],
    },
  });
});
