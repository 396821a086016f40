import { expect, test } from '@jest/globals';
import { readContract } from '@orders/contract';
import { parseDetail } from '@orders/events';
import { smallStack } from '../test/small-stack.ts';
import { EventBus } from './constructs/event-bus.ts';
import { orderWorkflow } from './order-workflow.ts';

const resources = smallStack((stack) => {
  const bus = new EventBus(stack, 'bus', { name: 'Orders', archiveDays: 1 });
  orderWorkflow(stack, 'workflow', { name: 'EUOrderFulfilment', bus });
});

interface Publish {
  Parameters: { Entries: { Detail: Record<string, string> }[] };
}
const { definition } = resources['workflow/state-machine'] as unknown as {
  definition: { States: { PublishOrderProcessed: Publish } };
};

test('the workflow publishes what the contract says an Order Processed event is, with the id of the order', () => {
  const placed = readContract().find(({ detailType }) => detailType === 'Order Placed')?.detail
    .examples?.[0] as {
    orderId: string;
  };
  const [entry] = definition.States.PublishOrderProcessed.Parameters.Entries;
  const valueAt = (path: string) =>
    path
      .split('.')
      .slice(1)
      .reduce((value: unknown, name) => (value as Record<string, unknown>)[name], { detail: placed });
  const detail = Object.fromEntries(
    Object.entries(entry?.Detail ?? {}).map(([field, path]) => [field.replace(/\.\$$/, ''), valueAt(path)]),
  );
  expect(parseDetail('Order Processed', detail)).toEqual({ OrderId: placed.orderId, OrderDetails: placed });
});

test('the workflow publishes to the bus, which it may, and tries three times more', () => {
  expect(definition.States.PublishOrderProcessed).toMatchObject({
    Resource: 'arn:<workflow/partition.partition>:states:::events:putEvents',
    Parameters: { Entries: [{ EventBusName: '<bus/bus.name>', DetailType: 'Order Processed' }] },
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
  });
  expect(JSON.stringify(resources['workflow/role/policy'])).toContain(
    '"Action":["events:PutEvents"],"Resource":["<bus/bus.arn>"]',
  );
});
