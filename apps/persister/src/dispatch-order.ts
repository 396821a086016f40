import { inspect } from 'node:util';
import { type OrderDispatched, parseOrderProcessed } from '@orders/events';
import type { OutgoingEvent } from '@orders/events/publish';
import { v5 } from 'uuid';

/** An order as it is stored, and as its last event tells it. */
export type Order = OrderDispatched;

/** What joins the lines. Only an event that isn't valid may lack an id. */
export interface Ids {
  /** The id of the event that was delivered, the same in a redelivery. */
  eventId: string | undefined;
  orderId: string | undefined;
}

/** A line of the log. */
export interface LogLine extends Ids {
  message: string;
  [more: string]: unknown;
}

export interface DispatchOrder {
  /** Writes the order unless it is there; `false` when it was. Throws when another order has its id. */
  store: (order: Order) => Promise<boolean>;
  /** Puts the event on the bus, or throws. */
  publish: (event: OutgoingEvent) => Promise<string[]>;
  log: Record<'info' | 'error', (line: LogLine) => void>;
  /** Counts one more of a metric, in a line with the ids. */
  count: (metric: 'OrdersDispatched', ids: Ids) => void;
}

/** The namespace of the order ids that are derived from an event's id. Changing it forgets every redelivery. */
const eventNamespace = '5f6b1b3e-8a43-4a0c-a0a6-2f1d6e0c9b57';

/**
 * Stores the order of an Order Processed event and publishes Order Dispatched with the same id.
 *
 * Safe to run again from any point: the write happens once per order, and the event is published on every run,
 * since a run that ended between the two can't be told from one that ended after both. What fails is logged with
 * its reason, and thrown on.
 *
 * @param event what EventBridge delivered
 * @throws {InvalidEventError} for an event that breaks the contract; nothing is stored or published.
 * @throws {OrderConflictError} when another order is stored under the same id; nothing is changed or published.
 */
export async function dispatchOrder(
  event: unknown,
  { store, publish, log, count }: DispatchOrder,
): Promise<void> {
  // Said with every line, not kept in the log: a line can only have the ids of its own event.
  let ids = claimedIds(event);
  try {
    const { id: eventId, detail } = parseOrderProcessed(event);
    const { category, location, value } = detail.OrderDetails;
    // Every field that the event may have: one that the contract gains stops the build here.
    const order: Required<Order> = {
      orderId: detail.OrderId ?? v5(eventId, eventNamespace),
      category,
      location,
      value,
    };
    ids = { orderId: order.orderId, eventId };

    const stored = await store(order);
    log.info({ message: stored ? 'order stored' : 'order was stored before', ...ids });

    const [dispatchedEventId] = await publish({ detailType: 'Order Dispatched', detail: order });
    log.info({ message: 'order dispatched', ...ids, dispatchedEventId });
    count('OrdersDispatched', ids);
  } catch (error) {
    const reason = error instanceof Error ? String(error) : inspect(error);
    log.error({ message: 'order not dispatched', ...ids, error: reason });
    throw error;
  }
}

/** The ids that an event claims which nothing has checked yet: to look for them in the log, and for nothing else. */
function claimedIds(event: unknown) {
  const { id, detail } = Object(event) as { id?: unknown; detail?: { OrderId?: unknown } | null };
  return { orderId: shortText(detail?.OrderId), eventId: shortText(id) };
}

const shortText = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : undefined);
