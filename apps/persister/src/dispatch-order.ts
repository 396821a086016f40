import { type OrderDispatched, parseOrderProcessed } from '@orders/events';
import type { OutgoingEvent } from '@orders/events/publish';
import {
  type Count,
  claimedIds,
  type EventIds,
  type Log,
  type LogLine,
  orderIdOf,
  pickPresent,
  reasonOf,
} from '@orders/function';

/** An order as the table keeps it and Order Dispatched reports it. */
export type Order = OrderDispatched;

/** What Order Dispatched and the row carry on of the order. The type makes the build fail here when the contract gains a field. */
const carriedOn: Record<keyof Omit<Order, 'orderId'>, true> = { category: true, location: true, value: true };

export type Line = LogLine & EventIds;

export interface DispatchOrder {
  /**
   * Writes the order unless it is stored already.
   *
   * @returns false if it was
   * @throws if another order has its id
   */
  store: (order: Order) => Promise<boolean>;
  /** Puts the event on the bus, or throws. */
  publish: (event: OutgoingEvent) => Promise<string[]>;
  log: Pick<Log<Line>, 'info' | 'error'>;
  count: Count<'OrdersDispatched', EventIds>;
}

/**
 * Stores the order of an Order Processed event and publishes Order Dispatched with the same id.
 *
 * It is safe to repeat: an order is written once, and every run publishes its event. A run that failed before it
 * published looks the same as one that failed after, so consumers may get the event twice. Each failure is logged
 * with its reason and thrown.
 *
 * @param event the event as EventBridge delivers it
 * @throws {InvalidEventError} if the event breaks the contract. Nothing is stored or published.
 * @throws {OrderIdError} if the event has two order ids, or one that isn't a UUID. Nothing is stored or published.
 * @throws {OrderConflictError} if another order is stored under the same id. Nothing is changed or published.
 */
export async function dispatchOrder(
  event: unknown,
  { store, publish, log, count }: DispatchOrder,
): Promise<void> {
  let ids: EventIds = claimedIds(event);
  try {
    const processed = parseOrderProcessed(event);
    const order: Order = {
      orderId: orderIdOf(processed),
      ...pickPresent(processed.detail.OrderDetails, carriedOn),
    };
    ids = { orderId: order.orderId, eventId: processed.id };

    const stored = await store(order);
    log.info({ message: stored ? 'order stored' : 'order was stored before', ...ids });

    const [dispatchedEventId] = await publish({ detailType: 'Order Dispatched', detail: order });
    log.info({ message: 'order dispatched', ...ids, dispatchedEventId });
    count('OrdersDispatched', ids);
  } catch (error) {
    log.error({ message: 'order not dispatched', ...ids, error: reasonOf(error) });
    throw error;
  }
}
