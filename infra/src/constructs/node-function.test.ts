import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { App, TerraformStack } from 'cdktf';
import { synth } from '../../scripts/synthesize.ts';
import { smallStack } from '../../test/small-stack.ts';
import { NodeFunction } from './node-function.ts';

const apps = resolve(import.meta.dirname, '../../../apps');

// The bundle is the producer's: a function's id is its folder in apps/.
const makeFunction = (stack: TerraformStack) =>
  new NodeFunction(stack, 'producer', {
    name: 'orders-late',
    environment: { LATE: 'yes' },
    allow: [{ actions: ['events:PutEvents'], resources: ['arn:bus'] }],
  });

const log = {
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: ['<producer/log-group.arn>:*'],
};
const traces = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: ['*'],
};
const publish = { Effect: 'Allow', Action: ['events:PutEvents'], Resource: ['arn:bus'] };

test('a function runs its bundle on Node 22, traced, with JSON logs in a group of its own, once its role has its policy', () => {
  const resources = smallStack(makeFunction);
  expect(resources['producer/function']).toEqual({
    resource: 'aws_lambda_function',
    function_name: 'orders-late',
    runtime: 'nodejs22.x',
    architectures: ['arm64'],
    handler: 'index.handler',
    filename: expect.stringMatching(/^assets\/.*\/function\.zip$/),
    source_code_hash: expect.stringMatching(/^[0-9A-F]{32}$/),
    memory_size: 512,
    timeout: 15,
    environment: {
      variables: {
        LATE: 'yes',
        POWERTOOLS_SERVICE_NAME: 'orders-late',
        POWERTOOLS_METRICS_NAMESPACE: 'Orders',
      },
    },
    logging_config: { log_format: 'JSON', log_group: '<producer/log-group.name>' },
    tracing_config: { mode: 'Active' },
    role: '<producer/role/role.arn>',
    depends_on: ['<producer/role/policy>'],
  });
  expect(resources['producer/log-group']).toMatchObject({ name: '/aws/lambda/orders-late' });
});

test('a function may write its log, send its traces and do what it is allowed, and no more', () => {
  const resources = smallStack(makeFunction);
  expect(resources['producer/role/role']).toEqual({
    resource: 'aws_iam_role',
    name_prefix: 'orders-',
    assume_role_policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': '<account.account_id>' } },
        },
      ],
    },
  });
  expect(resources['producer/role/policy']).toEqual({
    resource: 'aws_iam_role_policy',
    role: '<producer/role/role.name>',
    policy: { Version: '2012-10-17', Statement: [log, traces, publish] },
  });
});

test('an event that a function fails for is tried twice more, and then kept in a queue that its role may send to', () => {
  const resources = smallStack((stack) => {
    const made = makeFunction(stack);
    // For a second rule there is nothing more to make.
    expect(made.configureAsyncInvoke()).toBe(made.configureAsyncInvoke());
  });
  expect(resources['producer/asynchronous']).toEqual({
    resource: 'aws_lambda_function_event_invoke_config',
    function_name: '<producer/function.function_name>',
    maximum_retry_attempts: 2,
    maximum_event_age_in_seconds: 21_600,
    destination_config: { on_failure: { destination: '<producer/failures/queue.arn>' } },
    depends_on: ['<producer/role/policy>'],
  });
  expect(resources['producer/failures/queue']).toMatchObject({ name: 'orders-late-failures' });
  const send = { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['<producer/failures/queue.arn>'] };
  expect(resources['producer/role/policy']).toMatchObject({
    policy: { Statement: [log, traces, publish, send] },
  });
});

test('a function has alarms on errors and throttles, and on its queue once it has one', () => {
  smallStack((stack) => {
    const made = makeFunction(stack);
    const names = () => made.watch.alarms.map(({ name, metric }) => [name, metric.name]);
    const always = [
      ['orders-late-errors', 'Errors'],
      ['orders-late-throttles', 'Throttles'],
    ];
    expect(names()).toEqual(always);
    made.configureAsyncInvoke();
    expect(names()).toEqual([
      ...always,
      ['orders-late-failures', 'ApproximateNumberOfMessagesVisible'],
      ['orders-late-failures-expire', 'ApproximateAgeOfOldestMessage'],
      ['orders-late-lost-events', 'DestinationDeliveryFailures'],
    ]);
  });
});

test('what the code counts is in the namespace Orders, by the name of the function', () => {
  smallStack((stack) => {
    expect(makeFunction(stack).counted('OrdersLate')).toEqual({
      namespace: 'Orders',
      name: 'OrdersLate',
      dimensions: { service: 'orders-late' },
      statistic: 'Sum',
    });
  });
});

test('two functions may share the code of an app, each with an export of its own', () => {
  const resources = smallStack((stack) => {
    const props = { app: 'producer', environment: {}, allow: [] };
    new NodeFunction(stack, 'one', { ...props, name: 'orders-one' });
    new NodeFunction(stack, 'other', { ...props, name: 'orders-other', handler: 'answer' });
  });
  const [one, other] = ['one', 'other'].map((id) => resources[`${id}/function`]);
  expect([one?.handler, other?.handler]).toEqual(['index.handler', 'index.answer']);
  expect(other?.source_code_hash).toBe(one?.source_code_hash);
  expect(other?.role).not.toBe(one?.role);
});

test('the stack uploads the bytes that the build of a function left', () => {
  const { outdir, moduleDir } = synth();
  try {
    const { resource } = JSON.parse(readFileSync(join(moduleDir, 'cdk.tf.json'), 'utf8'));
    const built = readdirSync(apps).filter((app) => existsSync(join(apps, app, 'dist/function.zip')));
    const appsOf = (uploaded: Buffer) =>
      built.filter((app) => uploaded.equals(readFileSync(join(apps, app, 'dist/function.zip'))));
    for (const { filename, handler } of Object.values<{ filename: string; handler: string }>(
      resource.aws_lambda_function,
    )) {
      const [, id = ''] = /^assets\/(.+)_bundle_/.exec(filename) ?? [];
      const uploaded = readFileSync(join(moduleDir, filename));
      // A function with an export of its own shares the code of another one.
      expect([id, appsOf(uploaded)]).toEqual([id, [handler === 'index.handler' ? id : expect.any(String)]]);
      expect(uploaded.includes('index.mjs')).toBe(true);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test('a function without a bundle is refused at synth, with the command that makes it', () => {
  const stack = new TerraformStack(new App(), 'small');
  expect(() => new NodeFunction(stack, 'invoicer', { name: 'invoicer', environment: {}, allow: [] })).toThrow(
    `${join(apps, 'invoicer/dist/function.zip')} isn't there: build the functions before the stack, by \`pnpm build\``,
  );
});
