/** For the tests of the tracker: the events of an order, and the table that they are recorded in. */
import type { OrderEvent } from '@orders/events';
import { makeOrderDispatched, makeOrderPlaced, makeOrderProcessed } from '@orders/events/testing';
import { importAnew, startDynamoDb } from '@orders/function/testing';

/** DynamoDB with the empty table OrderStatus. */
export const startOrderStatus = () => startDynamoDb({ name: 'OrderStatus', partitionKey: 'orderId' });

/** When the events of {@link eventsOf} happen, as EventBridge writes it. */
export const times = {
  placed: '2026-01-31T12:00:00Z',
  processed: '2026-01-31T12:00:01Z',
  dispatched: '2026-01-31T12:00:02Z',
};

/** The events of an order that goes all the way, in their order. */
export function eventsOf(
  orderId: string,
  ordered: Partial<ReturnType<typeof makeOrderPlaced>['detail']> = {},
) {
  const { detail: order } = makeOrderPlaced({ detail: { ...ordered, orderId } });
  return {
    placed: makeOrderPlaced({ time: times.placed, detail: order }),
    processed: makeOrderProcessed({
      time: times.processed,
      detail: { OrderId: orderId, OrderDetails: order },
    }),
    dispatched: makeOrderDispatched({ time: times.dispatched, detail: order }),
  } satisfies Record<string, OrderEvent>;
}

/** The handler as at the start of its process, which reads the environment. */
export const loadHandler = () =>
  importAnew<typeof import('./handler.ts')>(new URL('handler.ts', import.meta.url));
