import type { OrderDispatched, OrderEvent } from '@orders/events';
import { orderIdOf, pickPresent } from '@orders/function';

/** The steps that an order takes, the first one first. Its status is the last step that it has taken. */
export const steps = ['placed', 'processed', 'dispatched'] as const;

export type Step = (typeof steps)[number];

/** What was ordered: the fields that every event of an order carries on, up to the last one. */
export type Ordered = Omit<OrderDispatched, 'orderId'>;

/** The type makes the build fail here when the contract carries on another field. */
const ordered: Record<keyof Ordered, true> = { category: true, location: true, value: true };

/** A step of an order, as one event reports it. */
export interface OrderStep {
  orderId: string;
  step: Step;
  /** When the event happened: ISO 8601 in UTC, always with milliseconds, so that texts compare as times do. */
  at: string;
  ordered: Ordered;
}

/** The step that an event reports; undefined for an event of the contract that is no step of an order. */
export function stepOf(event: OrderEvent): OrderStep | undefined {
  const at = new Date(event.time).toISOString();
  switch (event['detail-type']) {
    case 'Order Placed':
      return { orderId: event.detail.orderId, step: 'placed', at, ordered: orderedIn(event.detail) };
    case 'Order Processed':
      return {
        orderId: orderIdOf(event),
        step: 'processed',
        at,
        ordered: orderedIn(event.detail.OrderDetails),
      };
    case 'Order Dispatched':
      return { orderId: event.detail.orderId, step: 'dispatched', at, ordered: orderedIn(event.detail) };
    default:
      return undefined;
  }
}

/** Picks what was ordered of a detail, or of an item of the table. */
export const orderedIn = (detail: Ordered): Ordered => pickPresent(detail, ordered);
