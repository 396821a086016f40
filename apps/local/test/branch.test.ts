import { expect, test } from '@jest/globals';
import { shortSteps, startTestSystem } from '../src/testing/index.ts';
import { synthStage } from './stage-stack.ts';

test('an environment of a branch, its name as long as it may be, takes an order to its dispatch', async () => {
  const stack = synthStage('pr-1234567890123456');
  const system = await startTestSystem({ outDir: stack.dir });
  try {
    expect(system.apiUrl).toBe(`${system.endpoint}/pr-1234567890123456`);
    const { orderId } = await system.placeOrder({ location: 'eu-west' });
    await system.settled();
    expect(shortSteps(system.story(orderId))).toEqual([
      'request 202',
      'function pr-1234567890123456-orders-producer succeeded',
      'event Order Placed',
      'workflow pr-1234567890123456-EUOrderFulfilment succeeded',
      'event Order Processed',
      'function pr-1234567890123456-orders-persister succeeded',
      'PutItem pr-1234567890123456-OrderDetails',
      'event Order Dispatched',
    ]);
    const response = await fetch(`${system.apiUrl}/orders/${orderId}`);
    expect(await response.json()).toMatchObject({ orderId, status: 'dispatched' });
    expect(system.failures).toEqual([]);
  } finally {
    await system.close();
    stack.remove();
  }
});
