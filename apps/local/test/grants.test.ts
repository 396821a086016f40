import { expect, test } from '@jest/globals';
import { shortDeliveries, shortSteps, type TestSystem } from '../src/testing/index.ts';
import { putEvent } from './put-event.ts';
import { useStackCopy } from './stack-copy.ts';

/**
 * What becomes of an order without a grant of a role. That each grant is needed at all is in every-grant.test.ts, and what the
 * API answers without one is in api.test.ts.
 */

const { remove, removeRule, forbid, start } = useStackCopy();

const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';
const order = { category: 'office-supplies', location: 'eu-west', value: 300 };

/** Puts an order on the bus, placed or already processed, and gives its story so far. */
async function runOrder(system: TestSystem, detailType = 'Order Placed', location = order.location) {
  const isPlaced = detailType === 'Order Placed';
  const fields = { ...order, location };
  await putEvent(
    system,
    detailType,
    isPlaced ? { orderId, ...fields } : { OrderId: orderId, OrderDetails: fields },
  );
  await system.settled();
  return system.story(orderId);
}

/** What the API answers about the order. */
async function askForStatus(system: TestSystem) {
  const response = await fetch(`${system.apiUrl}/orders/${orderId}`);
  const { status } = (await response.json()) as { status: unknown };
  return status;
}

/** Who misses an action of a role, by the role's place in the stack and the action. */
const missed: Record<string, (system: TestSystem) => Promise<void>> = {
  async 'workflow events:PutEvents'(system) {
    expect(shortSteps(await runOrder(system))).toContain('workflow EUOrderFulfilment failed');
  },

  async 'bus/EUOrdertoStepFunctions states:StartExecution'(system) {
    expect(shortDeliveries(await runOrder(system))).toContain(
      'Order Placed: EUOrdertoStepFunctions → state machine EUOrderFulfilment failed → queue EUOrdertoStepFunctions-dead-letters',
    );
  },

  async 'bus/USOrdertoAPI events:InvokeApiDestination'(system) {
    expect(shortDeliveries(await runOrder(system, 'Order Placed', 'us-east'))).toContain(
      'Order Placed: USOrdertoAPI → API destination us-fulfilment-partner failed → queue USOrdertoAPI-dead-letters',
    );
  },

  async 'persister dynamodb:PutItem'(system) {
    expect(shortSteps(await runOrder(system, 'Order Processed')).at(-1)).toBe(
      'function orders-persister failed → queue orders-persister-failures',
    );
  },

  async 'persister dynamodb:GetItem'(system) {
    await runOrder(system, 'Order Processed');
    expect(system.failures).toEqual([]);
    // As in a redelivery.
    await runOrder(system, 'Order Processed');
    expect(system.failures.join()).toContain('is not authorized to perform: dynamodb:GetItem');
  },

  async 'persister events:PutEvents'(system) {
    expect(shortSteps(await runOrder(system, 'Order Processed'))).toContain(
      'function orders-persister failed → queue orders-persister-failures',
    );
    expect(await askForStatus(system)).toBe('processed');
  },

  async 'tracker dynamodb:UpdateItem'(system) {
    expect(shortSteps(await runOrder(system)).at(-1)).toBe('event Order Dispatched');
    expect(await askForStatus(system)).toBe(404);
    const waiting = await system.messages('orders-tracker-failures');
    expect(
      waiting.map(({ body }) => (body.requestPayload as { 'detail-type': string })['detail-type']).sort(),
    ).toEqual(['Order Dispatched', 'Order Placed', 'Order Processed']);
  },
};

/** The grants of which the status of the order tells. In the other tests, nothing tracks it, which would take as long again. */
const tracked = /^(tracker|persister events:PutEvents)/;

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
    const { steps } = await runOrder(system, 'Order Placed', 'aq-south');
    expect(steps.filter(({ kind }) => kind === 'invocation')).toEqual([]);
    expect(await system.messages('OrdertoTracker-dead-letters')).toHaveLength(1);
  } finally {
    await system.close();
  }
});
