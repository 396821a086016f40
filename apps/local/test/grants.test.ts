import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, test } from '@jest/globals';
import { sdkConfig, shortDeliveries, shortSteps, type TestSystem } from '../src/testing/index.ts';
import { useStackCopy } from './stack-copy.ts';

/** What becomes of an order without a grant of a role. That each grant is needed at all is in every-grant.test.ts. */

const { remove, removeRule, forbid, start } = useStackCopy();

/** An order of a system, and how it went. */
async function runOrder(system: TestSystem, location = 'eu-west') {
  const { orderId } = await system.placeOrder({ location });
  await system.settled();
  return { ...system.story(orderId), orderId };
}

/** What the API answers about an order. */
async function askFor(system: TestSystem, orderId: string) {
  const response = await fetch(`${system.apiUrl}/orders/${orderId}`);
  return { response, answer: (await response.json()) as { status?: unknown } };
}

/** Gives a bus an event of an order a second time, as a redelivery does. */
async function redeliver(system: TestSystem, orderId: string) {
  const client = new EventBridgeClient(sdkConfig(system));
  try {
    const order = { category: 'office-supplies', location: 'eu-west', value: 300 };
    const Detail = JSON.stringify({ OrderId: orderId, OrderDetails: order });
    const event = { EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Processed', Detail };
    await client.send(new PutEventsCommand({ Entries: [event] }));
  } finally {
    client.destroy();
  }
  await system.settled();
}

/** Who misses an action of a role, by the role's place in the stack and the action. */
const missed: Record<string, (system: TestSystem) => Promise<void>> = {
  async 'producer events:PutEvents'(system) {
    const response = await system.sendOrder({ location: 'eu-west', category: 'office-supplies', value: 300 });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(system.stories.subjects()).toEqual([]);
    expect(system.failures.join()).toContain('answered with 503 by the function orders-producer');
  },

  async 'workflow events:PutEvents'(system) {
    expect(shortSteps(await runOrder(system))).toContain('workflow EUOrderFulfilment failed');
  },

  async 'bus/EUOrdertoStepFunctions states:StartExecution'(system) {
    expect(shortDeliveries(await runOrder(system))).toContain(
      'Order Placed: EUOrdertoStepFunctions → state machine EUOrderFulfilment failed → queue EUOrdertoStepFunctions-dead-letters',
    );
  },

  async 'bus/USOrdertoAPI events:InvokeApiDestination'(system) {
    expect(shortDeliveries(await runOrder(system, 'us-east'))).toContain(
      'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner failed → queue USOrdertoAPI-dead-letters',
    );
  },

  async 'persister dynamodb:PutItem'(system) {
    const { steps } = await runOrder(system);
    expect(shortSteps({ steps }).at(-1)).toBe(
      'function orders-persister failed → queue orders-persister-failures',
    );
  },

  async 'persister dynamodb:GetItem'(system) {
    const { orderId } = await runOrder(system);
    expect(system.failures).toEqual([]);
    await redeliver(system, orderId);
    expect(system.failures.join()).toContain('is not authorized to perform: dynamodb:GetItem');
  },

  async 'persister events:PutEvents'(system) {
    const { steps, orderId } = await runOrder(system);
    expect(shortSteps({ steps })).toContain(
      'function orders-persister failed → queue orders-persister-failures',
    );
    expect((await askFor(system, orderId)).answer.status).toBe('processed');
  },

  async 'tracker dynamodb:UpdateItem'(system) {
    const { steps, orderId } = await runOrder(system);
    expect(shortSteps({ steps }).at(-1)).toBe('event Order Dispatched');
    expect((await askFor(system, orderId)).response.status).toBe(404);
    const waiting = await system.messages('orders-tracker-failures');
    expect(
      waiting.map(({ body }) => (body.requestPayload as { 'detail-type': string })['detail-type']).sort(),
    ).toEqual(['Order Dispatched', 'Order Placed', 'Order Processed']);
  },

  async 'status dynamodb:GetItem'(system) {
    const { steps, orderId } = await runOrder(system);
    const { response, answer } = await askFor(system, orderId);
    expect(shortSteps({ steps }).at(-1)).toBe('event Order Dispatched');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer).toMatchObject({ title: 'Service Unavailable', status: 503 });
  },
};

/** The grants of which the status of the order tells. In the other tests, nothing tracks it, which would take as long again. */
const tracked = /^(tracker|status|persister events:PutEvents)/;

test.each(Object.entries(missed))('%s', async (grant, expectMissed) => {
  const [place = '', action = ''] = grant.split(' ');
  if (!tracked.test(grant)) removeRule('OrdertoTracker');
  forbid(`orders-dev/${place}/`, action);
  const system = await start();
  try {
    await expectMissed(system);
    expect(system.failures.join()).toContain(`is not authorized to perform: ${action}`);
  } finally {
    await system.close();
  }
});

test.each([['persister'], ['tracker']])(
  'without sqs:SendMessage of the %s to its queue, nothing starts, as on AWS',
  async (place) => {
    forbid(`orders-dev/${place}/`, 'sqs:SendMessage');
    await expect(start()).rejects.toThrow(
      `is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:000000000000:orders-${place}-failures`,
    );
  },
);

test('without the rule OrdertoTracker in its permission, the tracker gets nothing, and its dead letters wait', async () => {
  remove('aws_lambda_permission', 'OrdertoTracker');
  const system = await start();
  try {
    const { orderId } = await runOrder(system, 'aq-south');
    const { response } = await askFor(system, orderId);
    expect(response.status).toBe(404);
    expect(await system.messages('OrdertoTracker-dead-letters')).toHaveLength(1);
  } finally {
    await system.close();
  }
});

test('without the permission of its route, the API answers 500 in the place of the status', async () => {
  remove('aws_lambda_permission', 'orders-dev/api/status/permission');
  const system = await start();
  try {
    const { orderId } = await runOrder(system, 'aq-south');
    const { response, answer } = await askFor(system, orderId);
    expect([response.status, answer]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(system.failures.join()).toContain('is not authorized to perform: lambda:InvokeFunction');
  } finally {
    await system.close();
  }
});
