/** For the tests of the persister: its order, the event that carries it, and the table that it goes to. */
import { fixtures, makeOrderProcessed } from '@orders/events/testing';
import { importAnew, startDynamoDb } from '@orders/function/testing';
import type { Order } from './dispatch-order.ts';

/** Order Processed as the workflow publishes it. */
const example = makeOrderProcessed();

export const processed = example.detail;

export const order = processed.OrderDetails as Order;

/**
 * An event as EventBridge delivers it. Each call gives the same one, so that a second delivery is a redelivery.
 *
 * @param detail what Order Processed has; anything, since a publisher may send anything
 * @param envelope the fields around the detail that differ
 */
export const delivered = (detail: unknown = processed, envelope: object = {}) => ({
  ...example,
  detail,
  ...envelope,
});

/** Details of Order Processed that the contract accepts or refuses, each with what is special about it. */
export const details = (kind: 'valid' | 'invalid'): [name: string, detail: unknown][] =>
  Object.entries(fixtures['Order Processed'][kind]).map(([name, detail]) => [
    name.replaceAll('-', ' '),
    detail,
  ]);

/** DynamoDB with the empty table OrderDetails. */
export const startOrderDetails = () => startDynamoDb({ name: 'OrderDetails', partitionKey: 'orderId' });

/** The handler as at the start of its process, which reads the environment. */
export const loadHandler = () =>
  importAnew<typeof import('./handler.ts')>(new URL('handler.ts', import.meta.url));
