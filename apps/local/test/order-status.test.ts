import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sdkConfig, startTestSystem, type TestSystem } from '../src/testing/index.ts';

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.close());

async function statusOf(orderId: string) {
  const response = await fetch(`${system.apiUrl}/orders/${orderId}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('an order is followed', () => {
  test.each([
    ['the EU, until it is dispatched', 'eu-west', 'dispatched', ['placedAt', 'processedAt', 'dispatchedAt']],
    ['the US, which is placed with the partner', 'us-east-1', 'placed', ['placedAt']],
    ['elsewhere, which waits in a queue', 'aq-south', 'placed', ['placedAt']],
  ])('from %s', async (_, location, status, times) => {
    const { orderId } = await system.placeOrder({ location });
    await system.settled();
    expect(await statusOf(orderId)).toEqual({
      status: 200,
      body: {
        orderId,
        status,
        ...Object.fromEntries(times.map((name) => [name, expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/)])),
        category: 'office-supplies',
        location,
        value: 300,
      },
    });
  });

  test('from the Location of the answer to it', async () => {
    const response = await system.sendOrder({ location: 'eu-west', category: 'office-supplies', value: 300 });
    const { orderId } = (await response.json()) as { orderId: string };
    const followed = new URL(String(response.headers.get('location')), response.url);
    expect(followed.href).toBe(`${system.apiUrl}/orders/${orderId}`);
  });

  test('when its events come twice and in another order', async () => {
    const eventBridge = new EventBridgeClient(sdkConfig(system));
    try {
      const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';
      const detail = JSON.stringify({
        orderId,
        category: 'office-supplies',
        location: 'us-east-1',
        value: 300,
      });
      const entry = (DetailType: string, time: string) => ({
        EventBusName: 'Orders',
        Source: 'com.aws.orders',
        DetailType,
        Detail: detail,
        Time: new Date(time),
      });
      const dispatched = entry('Order Dispatched', '2026-01-31T12:00:02Z');
      const placed = entry('Order Placed', '2026-01-31T12:00:00Z');
      await eventBridge.send(
        new PutEventsCommand({ Entries: [dispatched, dispatched, placed, dispatched, placed] }),
      );
      await system.settled();
      expect(await statusOf(orderId)).toMatchObject({
        body: {
          status: 'dispatched',
          placedAt: '2026-01-31T12:00:00.000Z',
          dispatchedAt: '2026-01-31T12:00:02.000Z',
        },
      });
    } finally {
      eventBridge.destroy();
    }
  });
});

test("an order that isn't known is a 404 with problem details", async () => {
  const response = await fetch(`${system.apiUrl}/orders/01890a5d-ac96-774b-bcce-000000000000`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ title: 'Not Found', status: 404 });
});
