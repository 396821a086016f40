import type { OrderProcessedEvent } from '@orders/events';
import { v5 } from 'uuid';

/** The ids that join the lines of an order, in a function that gets its events. Only an invalid event may lack one. */
export interface EventIds {
  /** The id of the delivered event. A redelivery has the same one. */
  eventId: string | undefined;
  orderId: string | undefined;
}

/** It isn't certain which order an event is about. */
export class OrderIdError extends Error {
  override readonly name = 'OrderIdError';
}

/** The namespace of order ids that are derived from an event's id. Another one makes a redelivery a second order. */
const eventNamespace = '5f6b1b3e-8a43-4a0c-a0a6-2f1d6e0c9b57';

/** A UUID in lower case, as the contract has it for `OrderId`. */
const orderIdForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id of a processed order: `OrderId`, else the `orderId` that the order had when it was placed, else one that is
 * derived from the event's id, which a redelivery has too.
 *
 * The contract leaves `OrderDetails` open, so its `orderId` is checked here.
 *
 * @throws {OrderIdError} if the event has two ids that differ, or `OrderDetails.orderId` isn't a UUID in lower case
 */
export function orderIdOf({ id: eventId, detail }: OrderProcessedEvent): string {
  const { OrderId, OrderDetails } = detail;
  const placedId = (OrderDetails as { orderId?: unknown }).orderId;
  if (placedId === undefined) return OrderId ?? v5(eventId, eventNamespace);

  if (typeof placedId !== 'string' || !orderIdForm.test(placedId)) {
    throw new OrderIdError(
      `OrderDetails.orderId is ${quote(placedId)}; allowed is a UUID in lower case, or none. Nothing was stored`,
    );
  }
  if (OrderId !== undefined && OrderId !== placedId) {
    throw new OrderIdError(
      `The event has two order ids: OrderId is "${OrderId}", OrderDetails.orderId is "${placedId}". ` +
        'They must be the same, or one must be left out. Nothing was stored',
    );
  }
  return placedId;
}

/** The ids that an unchecked order event claims to have. They are for searching the log, and for nothing else. */
export function claimedIds(event: unknown): EventIds {
  const { id, detail } = Object(event) as { id?: unknown; detail?: unknown };
  const { orderId, OrderId, OrderDetails } = Object(detail) as Record<string, unknown>;
  const { orderId: placedId } = Object(OrderDetails) as { orderId?: unknown };
  return { orderId: [orderId, OrderId, placedId].map(shortText).find(Boolean), eventId: shortText(id) };
}

const shortText = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : undefined);

/** A value in the error's message: its text, or what it is. */
const quote = (value: unknown) =>
  typeof value === 'object' && value !== null
    ? 'an object'
    : (JSON.stringify(value) ?? String(value)).slice(0, 100);
