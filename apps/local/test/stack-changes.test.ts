import { describe, expect, test } from '@jest/globals';
import { shortDeliveries, shortSteps } from '../src/testing/index.ts';
import { putEvent } from './put-event.ts';
import { find, type Resources, useStackCopy } from './stack-copy.ts';

/** What is missing in the stack is missed here, before it is missed on AWS: each test takes one thing away. */

const { change: changeStack, remove, removeRule, forbid, start, restore } = useStackCopy();

/** Makes a queue's policy let in a rule that isn't the queue's own. */
const letInAnotherRule = (path: string) =>
  changeStack((resources) => {
    const { config } = find(resources, 'aws_sqs_queue_policy', path);
    const { id } = find(resources, 'aws_cloudwatch_event_rule', 'OrdertoCloudWatch');
    config.policy = String(config.policy).replace(
      /aws_cloudwatch_event_rule\.[^.}]+/,
      `aws_cloudwatch_event_rule.${id}`,
    );
  });

const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Puts one order on the bus; `letters` is what is then in the queue. Nothing tracks it, which would take as long again. */
async function runOrder(location = 'eu-west', queue = 'UnroutedOrders') {
  removeRule('OrdertoTracker');
  const system = await start();
  try {
    await putEvent(system, 'Order Placed', { orderId, category: 'office-supplies', location, value: 300 });
    await system.settled();
    const story = system.story(orderId);
    return {
      steps: shortSteps(story),
      deliveries: shortDeliveries(story),
      failures: system.failures,
      letters: await system.messages(queue),
    };
  } finally {
    await system.close();
  }
}

test("without the rule's permission on the persister, the delivery fails", async () => {
  remove('aws_lambda_permission', 'ProcessedOrderstoLambda');
  const { deliveries } = await runOrder();
  expect(deliveries).toContain(
    'Order Processed: ProcessedOrderstoLambda → function orders-persister failed → queue ProcessedOrderstoLambda-dead-letters',
  );
});

test('without the log resource policy, no event is logged', async () => {
  remove('aws_cloudwatch_log_resource_policy', 'OrdertoCloudWatch');
  const { deliveries } = await runOrder('aq-south');
  expect(deliveries.sort()).toEqual([
    'Order Placed: OrdertoCloudWatch → log group /aws/events/orders failed → queue OrdertoCloudWatch-dead-letters',
    'Order Placed: UnroutedOrders → queue UnroutedOrders delivered',
  ]);
});

test.each([
  ['USOrdertoAPI', 'us-east'],
  ['UnroutedOrders', 'aq-south'],
])('without the rule %s, its order is logged, and nothing more', async (rule, location) => {
  removeRule(rule);
  const { deliveries, failures } = await runOrder(location);
  expect(deliveries).toEqual(['Order Placed: OrdertoCloudWatch → log group /aws/events/orders delivered']);
  expect(failures).toEqual([]);
});

describe('an order from elsewhere', () => {
  const denied = [
    'Order Placed: OrdertoCloudWatch → log group /aws/events/orders delivered',
    'Order Placed: UnroutedOrders → queue UnroutedOrders failed → queue UnroutedOrders-dead-letters',
  ];

  test.each<[string, () => void]>([
    ['has no policy', () => remove('aws_sqs_queue_policy', 'orders-dev/unrouted/')],
    ['lets another rule in', () => letInAnotherRule('orders-dev/unrouted/')],
  ])('is a dead letter when its queue %s', async (_, change) => {
    change();
    const { deliveries, letters } = await runOrder('aq-south', 'UnroutedOrders-dead-letters');
    expect(deliveries.sort()).toEqual(denied);
    expect(letters).toEqual([
      {
        body: expect.objectContaining({ detail: expect.objectContaining({ orderId }) }),
        attributes: {
          RULE_ARN: 'arn:aws:events:eu-west-1:000000000000:rule/Orders/UnroutedOrders',
          TARGET_ARN: 'arn:aws:sqs:eu-west-1:000000000000:UnroutedOrders',
          ERROR_CODE: 'NO_PERMISSIONS',
          ERROR_MESSAGE: expect.stringContaining('is not authorized to perform: sqs:SendMessage'),
          RETRY_ATTEMPTS: '0',
        },
      },
    ]);
  });

  test('is lost, and told as lost, when no queue lets it in', async () => {
    remove('aws_sqs_queue_policy', 'orders-dev/unrouted/');
    remove('aws_sqs_queue_policy', 'UnroutedOrders/dead-letters');
    const { deliveries, failures } = await runOrder('aq-south');
    expect(deliveries).toContain('Order Placed: UnroutedOrders → queue UnroutedOrders failed');
    expect(failures).toEqual([
      expect.stringMatching(
        /It is lost: the dead-letter queue UnroutedOrders-dead-letters did not take it either: .*sqs:SendMessage/,
      ),
    ]);
  });
});

describe('a US order whose partner refuses it', () => {
  /** It is tried three times. How a day passes until the last time is in order-flow.test.ts. */
  const partnerRefuses = () =>
    changeStack((resources) => {
      const target = find(resources, 'aws_cloudwatch_event_target', 'USOrdertoAPI').config;
      Object.assign(target.retry_policy ?? {}, { maximum_retry_attempts: 2 });
      const { config } = find(resources, 'aws_cloudwatch_event_connection', 'us-partner');
      config.auth_parameters = { api_key: { key: 'x-api-key', value: 'wrong' } };
    });
  const failed = 'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner failed';

  test("ends in the rule's dead-letter queue, with the partner's answer", async () => {
    partnerRefuses();
    const { deliveries, letters } = await runOrder('us-east', 'USOrdertoAPI-dead-letters');
    expect(deliveries).toContain(`${failed} → queue USOrdertoAPI-dead-letters`);
    expect(letters).toEqual([
      {
        body: expect.objectContaining({
          'detail-type': 'Order Placed',
          detail: { orderId, category: 'office-supplies', location: 'us-east', value: 300 },
        }),
        attributes: expect.objectContaining({
          RULE_ARN: 'arn:aws:events:eu-west-1:000000000000:rule/Orders/USOrdertoAPI',
          ERROR_CODE: 'SDK_CLIENT_ERROR',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '2',
          ERROR_MESSAGE: expect.stringContaining('answered 401'),
        }),
      },
    ]);
  });

  test('is in no queue without the dead-letter configuration of the target', async () => {
    partnerRefuses();
    changeStack((resources) => {
      delete find(resources, 'aws_cloudwatch_event_target', 'USOrdertoAPI').config.dead_letter_config;
    });
    const { deliveries, letters, failures } = await runOrder('us-east', 'USOrdertoAPI-dead-letters');
    expect(deliveries).toContain(failed);
    expect(letters).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(/was not delivered by the rule USOrdertoAPI/)]);
  });

  test.each<[string, () => void]>([
    ['has no policy', () => remove('aws_sqs_queue_policy', 'USOrdertoAPI/dead-letters')],
    ['lets another rule in', () => letInAnotherRule('USOrdertoAPI/dead-letters')],
  ])('is lost, and told as lost, when the dead-letter queue %s', async (_, change) => {
    partnerRefuses();
    change();
    const { deliveries, letters, failures } = await runOrder('us-east', 'USOrdertoAPI-dead-letters');
    expect(deliveries).toContain(failed);
    expect(letters).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(/answered 401.*It is lost: .*sqs:SendMessage/)]);
  });
});

describe('an event that the persister fails for', () => {
  const persisterFails = () => forbid('orders-dev/persister/', 'dynamodb:PutItem');

  test.each<[string, () => void]>([
    ['its asynchronous invocations', () => remove('aws_lambda_function_event_invoke_config', 'persister')],
    [
      'the destination of those that fail',
      () =>
        changeStack((resources) => {
          delete find(resources, 'aws_lambda_function_event_invoke_config', 'persister').config
            .destination_config;
        }),
    ],
  ])('is in no queue when nothing is said of %s', async (_, change) => {
    persisterFails();
    change();
    const { steps, letters } = await runOrder('eu-west', 'orders-persister-failures');
    expect(steps.at(-1)).toBe('function orders-persister failed');
    expect(letters).toEqual([]);
  });
});

test.each([
  'orders-dev/unrouted/queue',
  'orders-dev/bus/USOrdertoAPI/dead-letters/queue',
  'orders-dev/persister/failures/queue',
])('without the queue %s, which others refer to, nothing starts', async (path) => {
  remove('aws_sqs_queue', path);
  await expect(start()).rejects.toThrow(/aws_sqs_queue\.\S+: the stack has no such resource/);
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
  expect(steps.at(-1)).toBe('function orders-persister failed → queue orders-persister-failures');
  expect(failures.join()).toContain('/detail/OrderDetails');
});

test('a resource, an argument or an expression that the local run does not know stops it, by name', async () => {
  const refused = async (change: (resources: Resources) => void) => {
    restore();
    changeStack(change);
    const system = await start().catch((error: Error) => error);
    if (system instanceof Error) return system.message;
    await system.close();
    return 'it ran';
  };
  expect(
    await refused((resources) => Object.assign(resources, { aws_kinesis_stream: { s: { name: 'a' } } })),
  ).toContain("aws_kinesis_stream: the local run doesn't know this type of resource");
  expect(
    await refused((resources) => {
      find(resources, 'aws_cloudwatch_event_target', 'USOrdertoAPI').config.kinesis_target = {};
    }),
  ).toMatch(/aws_cloudwatch_event_target\.\S+: the local run doesn't know the argument kinesis_target/);
  expect(
    await refused((resources) => {
      find(resources, 'aws_dynamodb_table', 'orders-dev/table').config.name = `\${upper("orders")}`;
    }),
  ).toContain('upper("orders")');
  expect(
    await refused((resources) => {
      find(resources, 'aws_cloudwatch_event_rule', 'USOrdertoAPI').config.event_pattern =
        '{"source":"com.aws.orders"}';
    }),
  ).toMatch(/aws_cloudwatch_event_rule\.\S+USOrdertoAPI\S+: .*source/);
});
