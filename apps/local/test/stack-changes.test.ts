import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isObject, type JsonObject } from '../src/json.ts';
import { deliveries, eu, outDir, placeByQuery, shortSteps, startTestSystem, storyOf } from './system.ts';

/** What is missing in the stack is missed here, before it is missed on AWS: each test takes one thing away. */

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-stack-'));
  cpSync(outDir, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Resources = Record<string, Record<string, JsonObject>>;

function changeStack(change: (resources: Resources) => void): void {
  const file = join(dir, 'stacks/orders/cdk.tf.json');
  const stack = JSON.parse(readFileSync(file, 'utf8')) as { resource: Resources };
  change(stack.resource);
  writeFileSync(file, JSON.stringify(stack));
}

/** The one resource of a type whose path in the stack contains `path`. */
function find(resources: Resources, type: string, path: string): { id: string; config: JsonObject } {
  const found = Object.entries(resources[type] ?? {}).filter(([, config]) => {
    const meta = config['//'];
    return isObject(meta) && isObject(meta.metadata) && String(meta.metadata.path).includes(path);
  });
  const [match, ...others] = found;
  if (!match || others.length > 0) throw new Error(`${found.length} resources of ${type} at ${path}`);
  return { id: match[0], config: match[1] };
}

const remove = (type: string, path: string) =>
  changeStack((resources) => {
    const { id } = find(resources, type, path);
    delete resources[type]?.[id];
  });

/** Takes the statements with an action out of a role's policy. */
const forbid = (path: string, action: string) =>
  changeStack((resources) => {
    const { config } = find(resources, 'aws_iam_role_policy', path);
    const policy = JSON.parse(String(config.policy)) as { Statement: { Action: string[] }[] };
    policy.Statement = policy.Statement.filter(({ Action }) => !Action.includes(action));
    config.policy = JSON.stringify(policy);
  });

async function runOrder(location = 'eu-west') {
  const system = await startTestSystem(dir);
  try {
    const story = await storyOf(system, { ...eu, location });
    return { steps: shortSteps(story), deliveries: deliveries(story), failures: system.failures };
  } finally {
    await system.close();
  }
}

test("without the API's permission, the producer is not invoked", async () => {
  remove('aws_lambda_permission', 'orders/api/');
  const system = await startTestSystem(dir);
  try {
    expect((await placeByQuery(system, eu)).status).toBe(500);
    expect(system.failures[0]).toMatch(
      /apigateway\.amazonaws\.com is not authorized to perform: lambda:InvokeFunction/,
    );
  } finally {
    await system.close();
  }
});

test("without the producer's permission to publish, an order gets 503 and is not on the bus", async () => {
  forbid('orders/producer/', 'events:PutEvents');
  const system = await startTestSystem(dir);
  try {
    const response = await placeByQuery(system, eu);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(system.trace.orderIds()).toEqual([]);
    expect(system.failures.join()).toMatch(
      /answered with 503 by the function orders-producer.*events:PutEvents/s,
    );
  } finally {
    await system.close();
  }
});

test("without the persister's permission to write, the order is not stored and not dispatched", async () => {
  forbid('orders/persister/', 'dynamodb:PutItem');
  const { steps, failures } = await runOrder();
  expect(steps.at(-1)).toBe('function orders-persister failed');
  expect(failures.join()).toContain('is not authorized to perform: dynamodb:PutItem');
});

test("without the rule's permission on the persister, the delivery fails", async () => {
  remove('aws_lambda_permission', 'ProcessedOrderstoLambda');
  const { deliveries } = await runOrder();
  expect(deliveries).toContain('Order Processed: ProcessedOrderstoLambda → function orders-persister failed');
});

test("without the rule's role on the state machine, no execution starts", async () => {
  forbid('EUOrdertoStepFunctions', 'states:StartExecution');
  const { deliveries } = await runOrder();
  expect(deliveries).toContain(
    'Order Placed: EUOrdertoStepFunctions → state machine EUOrderFulfilment failed',
  );
});

test("without the rule's role on the API destination, the partner gets nothing", async () => {
  forbid('USOrdertoAPI', 'events:InvokeApiDestination');
  const { deliveries } = await runOrder('us-east');
  expect(deliveries).toContain('Order Placed: USOrdertoAPI → API destination us-fulfilment-partner failed');
});

test('without the log resource policy, no event is logged', async () => {
  remove('aws_cloudwatch_log_resource_policy', 'OrdertoCloudWatch');
  const { deliveries } = await runOrder('ap-south');
  expect(deliveries).toEqual(['Order Placed: OrdertoCloudWatch → log group /aws/events/orders failed']);
});

test('without a rule, its target has no one to deliver', async () => {
  changeStack((resources) => {
    const { id } = find(resources, 'aws_cloudwatch_event_target', 'USOrdertoAPI');
    delete resources.aws_cloudwatch_event_target?.[id];
  });
  remove('aws_cloudwatch_event_rule', 'USOrdertoAPI');
  changeStack((resources) => {
    for (const type of ['aws_iam_role', 'aws_iam_role_policy'])
      delete resources[type]?.[find(resources, type, 'USOrdertoAPI').id];
  });
  const { deliveries } = await runOrder('us-east');
  expect(deliveries).toEqual(['Order Placed: OrdertoCloudWatch → log group /aws/events/orders delivered']);
});

test('a workflow that drops a field of the order makes an event that the persister refuses', async () => {
  changeStack((resources) => {
    const { config } = find(resources, 'aws_sfn_state_machine', 'workflow');
    config.definition = String(config.definition).replace(
      '"OrderDetails.$":"$.detail"',
      '"OrderDetails.$":"$.detail.orderId"',
    );
  });
  const { steps, failures } = await runOrder();
  expect(steps.at(-1)).toBe('function orders-persister failed');
  expect(failures.join()).toContain('/detail/OrderDetails');
});

test('a resource, an argument or an expression that the local run does not know stops it, by name', async () => {
  const refused = async (change: (resources: Resources) => void) => {
    rmSync(dir, { recursive: true });
    cpSync(outDir, dir, { recursive: true });
    changeStack(change);
    const system = await startTestSystem(dir).catch((error: Error) => error);
    if (system instanceof Error) return system.message;
    await system.close();
    return 'it ran';
  };
  expect(
    await refused((resources) => Object.assign(resources, { aws_sns_topic: { topic: { name: 'a' } } })),
  ).toContain("aws_sns_topic: the local run doesn't know this type of resource");
  expect(
    await refused((resources) => {
      find(resources, 'aws_cloudwatch_event_target', 'USOrdertoAPI').config.input_path = '$.detail';
    }),
  ).toMatch(/aws_cloudwatch_event_target\.\S+: the local run doesn't know the argument input_path/);
  expect(
    await refused((resources) => {
      find(resources, 'aws_dynamodb_table', 'table').config.name = `\${upper("orders")}`;
    }),
  ).toContain('upper("orders")');
  expect(
    await refused((resources) => {
      find(resources, 'aws_cloudwatch_event_rule', 'USOrdertoAPI').config.event_pattern =
        '{"source":"com.aws.orders"}';
    }),
  ).toMatch(/aws_cloudwatch_event_rule\.\S+USOrdertoAPI\S+: .*source/);
});
