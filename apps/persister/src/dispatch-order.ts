import { type OrderDispatched, parseOrderProcessed } from '@orders/events';
import type { OutgoingEvent } from '@orders/events/publish';
import { v5 } from 'uuid';

/** An order as it is stored, and as its last event tells it. */
export type Order = OrderDispatched;

export interface DispatchOrder {
  /** Writes the order unless it is there; `false` when it was. Throws when another order has its id. */
  store: (order: Order) => Promise<boolean>;
  /** Puts the event on the bus, or throws. */
  publish: (event: OutgoingEvent) => Promise<string[]>;
  log: Pick<Console, 'info'>;
}

/** The namespace of the order ids that are derived from an event's id. Changing it forgets every redelivery. */
const eventNamespace = '5f6b1b3e-8a43-4a0c-a0a6-2f1d6e0c9b57';

/**
 * Stores the order of an Order Processed event and publishes Order Dispatched with the same id.
 *
 * Safe to run again from any point: the write happens once per order, and the event is published on every run,
 * since a run that ended between the two can't be told from one that ended after both.
 *
 * @param event what EventBridge delivered
 * @throws {InvalidEventError} for an event that breaks the contract; nothing is stored or published.
 * @throws {OrderConflictError} when another order is stored under the same id; nothing is changed or published.
 */
export async function dispatchOrder(event: unknown, { store, publish, log }: DispatchOrder): Promise<void> {
  const { id, detail } = parseOrderProcessed(event);
  const { category, location, value } = detail.OrderDetails;
  // Every field that the event may have: one that the contract gains stops the build here.
  const order: Required<Order> = {
    orderId: detail.OrderId ?? v5(id, eventNamespace),
    category,
    location,
    value,
  };

  const stored = await store(order);
  log.info({
    message: stored ? 'order stored' : 'order was stored before',
    orderId: order.orderId,
    eventId: id,
  });

  const [dispatchedId] = await publish({ detailType: 'Order Dispatched', detail: order });
  log.info({ message: 'order dispatched', orderId: order.orderId, eventId: dispatchedId });
}
