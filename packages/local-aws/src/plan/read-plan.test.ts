import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import { arnOf, makePlan } from '../testing.ts';
import { readStack, resolvePlan, text } from './read-plan.ts';
import { resourceTypes } from './resource-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

const bus = (name: string, more: JsonObject = {}): JsonObject => ({ name, ...more });
const buses = (...list: JsonObject[]): JsonObject => ({
  aws_cloudwatch_event_bus: Object.fromEntries(list.map((item, index) => [`b${index}`, item])),
});
const resolveStack = (stack: JsonObject, variables: Record<string, string> = {}) =>
  resolvePlan(
    { json: { provider: { aws: [{ region: 'eu-west-1' }] }, ...stack }, dir: '/' },
    { endpoint: 'http://here:1', variables },
  );
const busNames = (stack: JsonObject, variables?: Record<string, string>) =>
  resolveStack(stack, variables)
    .resources('aws_cloudwatch_event_bus')
    .map((resource) => text(resource, 'name'));

describe('a variable', () => {
  const stack = { variable: { v: { default: 'from-the-stack' } }, resource: buses(bus('${var.v}')) };

  test('takes its default', () => expect(busNames(stack)).toEqual(['from-the-stack']));
  test('takes a given value before its default', () =>
    expect(busNames(stack, { v: 'given' })).toEqual(['given']));
  test('takes an empty value for a value', () =>
    expect(() => busNames(stack, { v: '' })).toThrow('b0: name is ""; AWS takes'));
  test('without a default takes the given value', () =>
    expect(busNames({ ...stack, variable: { v: {} } }, { v: 'given' })).toEqual(['given']));
  test('without a default and a value is refused, with the ones that have a value', () =>
    expect(() => busNames({ ...stack, variable: { v: {} } }, { w: 'x' })).toThrow(
      'var.v has no default, and the local run has values for w only',
    ));
  test('that the stack does not declare is refused', () =>
    expect(() => busNames({ ...stack, variable: {} }, { v: 'x' })).toThrow(
      'var.v: the stack has no such variable',
    ));
  test('that nothing refers to needs no value', () =>
    expect(busNames({ variable: { v: {} }, resource: buses(bus('B')) })).toEqual(['B']));
  test('may be the region', () => {
    const plan = resolveStack({
      variable: { r: { default: 'us-east-1' } },
      provider: { aws: [{ region: '${var.r}' }] },
      resource: buses(bus('B')),
    });
    expect(plan.place.region).toBe('us-east-1');
    expect(plan.resources('aws_cloudwatch_event_bus')[0]?.attributes.arn).toContain(':us-east-1:');
  });
});

test.each([
  ['data.aws_partition.p.partition', 'aws'],
  ['data.aws_caller_identity.c.account_id', '000000000000'],
])('the data source %s is known', (reference, value) => {
  expect(busNames({ resource: buses(bus(`\${${reference}}`)) })).toEqual([value]);
});

describe('a computed attribute', () => {
  test('is made of arguments, the region and the account', () => {
    const [first] = makePlan(buses(bus('Orders'))).resources('aws_cloudwatch_event_bus');
    expect(first).toEqual({
      address: 'aws_cloudwatch_event_bus.b0',
      attributes: { name: 'Orders', arn: arnOf('events', 'event-bus/Orders') },
    });
  });

  test('may be referred to through others, in any order of resources', () => {
    const plan = makePlan({
      aws_cloudwatch_event_target: {
        t: {
          rule: '${aws_cloudwatch_event_rule.r.name}',
          event_bus_name: 'x',
          arn: '${aws_cloudwatch_event_rule.r.arn}',
        },
      },
      aws_cloudwatch_event_rule: {
        r: { name: 'R', event_bus_name: '${aws_cloudwatch_event_bus.b0.name}', event_pattern: '{}' },
      },
      ...buses(bus('Orders')),
    });
    expect(plan.resources('aws_cloudwatch_event_target')[0]?.attributes).toMatchObject({
      rule: 'R',
      arn: arnOf('events', 'rule/Orders/R'),
    });
  });

  test("of a function's invoke ARN holds its ARN", () => {
    const [fn] = makePlan({ aws_lambda_function: { f: { function_name: 'f' } } }).resources(
      'aws_lambda_function',
    );
    expect(fn?.attributes.invoke_arn).toBe(
      `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arnOf('lambda', 'function:f')}/invocations`,
    );
  });

  test("of a stage is this process's address and the stage", () => {
    const plan = makePlan({ aws_apigatewayv2_stage: { s: { name: 'dev' } } }, '/', 'http://here:1');
    expect(plan.resources('aws_apigatewayv2_stage')[0]?.attributes.invoke_url).toBe('http://here:1/dev');
  });

  test('gives two roles with one name prefix two names', () => {
    const role = { name_prefix: 'p-', assume_role_policy: '{}' };
    const roles = makePlan({
      aws_iam_role: { a: role, b: role, c: { name: 'own', assume_role_policy: '{}' } },
    });
    expect(roles.resources('aws_iam_role').map(({ attributes }) => attributes.name)).toEqual([
      'p-a',
      'p-b',
      'own',
    ]);
  });

  test('is the same in every run, and another for another name', () => {
    const idOf = (name: string) =>
      makePlan({ aws_apigatewayv2_api: { a: { name, protocol_type: 'HTTP' } } }).resources(
        'aws_apigatewayv2_api',
      )[0]?.attributes.id;
    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });
});

test('depends_on, lifecycle and // say nothing about how a resource runs, and are left out', () => {
  const [first] = makePlan(
    buses(
      bus('B', {
        depends_on: ['aws_x.y'],
        lifecycle: { prevent_destroy: true },
        '//': { metadata: { path: 'x' } },
      }),
    ),
  ).resources('aws_cloudwatch_event_bus');
  expect(Object.keys(first?.attributes ?? {})).toEqual(['name', 'arn']);
});

test('a type that the stack does not have has no resources', () => {
  expect(makePlan({}).resources('aws_lambda_function')).toEqual([]);
});

describe('what is refused, by its name', () => {
  const name = (reference: string): JsonObject => ({ resource: buses(bus(reference)) });
  test.each<[string, JsonObject, string]>([
    [
      'a type of resource',
      { resource: { aws_kinesis_stream: { s: {} } } },
      "aws_kinesis_stream: the local run doesn't know this type of resource. It knows aws_apigatewayv2_api, ",
    ],
    [
      'an argument',
      { resource: buses(bus('B', { kms: 'x' })) },
      "aws_cloudwatch_event_bus.b0: the local run doesn't know the argument kms. It knows name",
    ],
    [
      'an argument of a queue that would change what it does',
      { resource: { aws_sqs_queue: { q: { name: 'Q', fifo_queue: true } } } },
      "aws_sqs_queue.q: the local run doesn't know the argument fifo_queue. It knows name",
    ],
    ['a block of the stack', { module: {} }, "the stack: the local run doesn't know the block module"],
    [
      'an attribute',
      name('${aws_cloudwatch_event_bus.b0.tags_all}'),
      "doesn't know the attribute tags_all of aws_cloudwatch_event_bus",
    ],
    [
      'a data source',
      name('${data.aws_ami.a.id}'),
      "${data.aws_ami.a.id}: the local run doesn't know this data source",
    ],
    [
      'an attribute of a data source',
      name('${data.aws_partition.p.id}'),
      '${data.aws_partition.p.id}: the local run',
    ],
    [
      'a path into a data source',
      name('${data.aws_partition.p.partition.x}'),
      '${data.aws_partition.p.partition.x}: the local run',
    ],
    ['a path into an attribute', name('${aws_cloudwatch_event_bus.b0.arn.x}'), 'type.name.attribute only'],
    ['a path into a variable', name('${var.a.b}'), '${var.a.b}'],
    ['a local value', name('${local.a}'), '${local.a}: the local run knows type.name.attribute only'],
    [
      'a resource that is not there',
      name('${aws_iam_role.r.arn}'),
      '${aws_iam_role.r.arn}: the stack has no such resource',
    ],
    [
      'an expression',
      name('${upper("x")}'),
      'aws_cloudwatch_event_bus.b0.name: the local run knows references',
    ],
  ])('%s', (_, stack, message) => {
    expect(() => resolveStack(stack)).toThrow(message);
  });

  test('a cycle, with its path', () => {
    const cycle = buses(
      bus('${aws_cloudwatch_event_bus.b1.name}'),
      bus('x${aws_cloudwatch_event_bus.b0.name}'),
    );
    expect(() => resolveStack({ resource: cycle })).toThrow(
      'aws_cloudwatch_event_bus.b0.name refers to itself, through aws_cloudwatch_event_bus.b0.name → aws_cloudwatch_event_bus.b1.name',
    );
  });

  test('a provider without a region, which would leave it out of every ARN', () => {
    expect(() => resolveStack({ provider: { aws: [{}] }, resource: buses(bus('B')) })).toThrow(/region/);
  });
});

test('text refuses anything else, with the address and what it received', () => {
  const resource = { address: 'aws_x.y', attributes: { a: 3 } };
  expect(() => text(resource, 'a')).toThrow('aws_x.y: a has to be text, received 3');
  expect(() => text(resource, 'b')).toThrow('aws_x.y: b has to be text, received nothing');
});

describe('a type that has no behaviour at run time', () => {
  const inertTypes = Object.entries(resourceTypes).filter(([, { inert }]) => inert !== undefined);

  test('says why, and acts on nothing', () => {
    expect(inertTypes.map(([type]) => type)).toEqual(
      expect.arrayContaining(['aws_cloudwatch_dashboard', 'aws_sns_topic', 'aws_schemas_schema']),
    );
    for (const [, type] of inertTypes) {
      expect(type.inert?.length).toBeGreaterThan(10);
      expect(type.arguments).toEqual([]);
    }
  });

  test.each(inertTypes)('may have any argument: %s', (type) => {
    const plan = makePlan({ [type]: { x: { name: 'x', alarm_name: 'x', anything: { a: 1 } } } });
    expect(plan.resources(type)[0]?.attributes).toMatchObject({ anything: { a: 1 } });
  });

  test('may be referred to, and has to refer to what is there', () => {
    const topic = { aws_sns_topic: { t: { name: 'T', kms_master_key_id: '${aws_kms_key.k.arn}' } } };
    const alarm = { alarm_name: 'A', alarm_actions: ['${aws_sns_topic.t.arn}'] };
    const stack = { ...topic, aws_cloudwatch_metric_alarm: { a: alarm } };
    const [resolved] = makePlan({ ...stack, aws_kms_key: { k: {} } }).resources(
      'aws_cloudwatch_metric_alarm',
    );
    expect(resolved?.attributes).toMatchObject({
      alarm_actions: [arnOf('sns', 'T')],
      arn: arnOf('cloudwatch', 'alarm:A'),
    });
    expect(() => makePlan(stack)).toThrow('${aws_kms_key.k.arn}: the stack has no such resource');
  });
});

test("a queue's URL is its address in this process", () => {
  const [queue] = makePlan({ aws_sqs_queue: { q: { name: 'Q' } } }, '/', 'http://here:1').resources(
    'aws_sqs_queue',
  );
  const url = 'http://here:1/000000000000/Q';
  expect(queue?.attributes).toEqual({ name: 'Q', arn: arnOf('sqs', 'Q'), url });
});

test('every argument without effect says why, and none has an effect too', () => {
  for (const { arguments: acted, withoutEffect = {} } of Object.values(resourceTypes)) {
    for (const [argument, why] of Object.entries(withoutEffect)) {
      expect(why.length).toBeGreaterThan(10);
      expect(acted).not.toContain(argument);
    }
  }
});

describe('the folder that cdktf leaves', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orders-plan-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const writeManifest = (stacks: Record<string, string>) => {
    const entries = Object.entries(stacks).map(([name, path]) => [name, { synthesizedStackPath: path }]);
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(entries) }));
  };

  test('has the stack where the manifest says, and paths start there', () => {
    writeManifest({ orders: 'stacks/orders/cdk.tf.json' });
    mkdirSync(join(dir, 'stacks/orders'), { recursive: true });
    const stack = { provider: { aws: [{ region: 'eu-west-1' }] }, resource: buses(bus('B')) };
    writeFileSync(join(dir, 'stacks/orders/cdk.tf.json'), JSON.stringify(stack));
    expect(readStack(dir)).toEqual({ name: 'orders', json: stack, dir: join(dir, 'stacks/orders') });
  });

  test('that is missing makes an error that says how to make it', () => {
    expect(() => readStack(join(dir, 'none'))).toThrow(/manifest\.json isn't there: .*pnpm synth/);
  });

  test.each<[string, Record<string, string>, string]>([
    ['two stacks', { a: 'a.json', b: 'b.json' }, 'received a, b'],
    ['no stack', {}, 'received none'],
  ])('with %s is refused', (_, stacks, message) => {
    writeManifest(stacks);
    expect(() => readStack(dir)).toThrow(UnsupportedError);
    expect(() => readStack(dir)).toThrow(message);
  });
});
