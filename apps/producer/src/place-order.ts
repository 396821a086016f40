import { InvalidEventError, type OrderPlaced, parseDetail } from '@orders/events';
import type { OutgoingEvent } from '@orders/events/publish';
import { Problem, pickPresent } from '@orders/function';
import { deriveOrderId, type Idempotency } from './idempotency-key.ts';
import { fieldError, invalidOrder } from './invalid-order.ts';
import { problems } from './operations.ts';
import { orderFields, type UncheckedOrder } from './order.ts';

export interface PlaceOrder {
  /** Puts the event on the bus, or throws. */
  publish: (event: OutgoingEvent) => Promise<string[]>;
  /** Makes a new order id, a UUID. */
  newId: () => string;
}

/** What to do about an order that may be placed or not. */
export const sendAgain = 'Send the order again later; with an Idempotency-Key, it can never be two orders.';
// Not "is not placed": a bus that took the order and whose answer got lost looks the same as one that is down.
const unconfirmed = `The event bus did not confirm the order. ${sendAgain}`;

/**
 * Gives the order its id and puts Order Placed on the bus.
 *
 * @param unchecked what the request has; fields that the contract doesn't know are left out
 * @param idempotency if given, the id is derived from it and the order
 * @throws {Problem} 400 if the order breaks the contract, 503 if the bus didn't confirm it
 */
export async function placeOrder(
  unchecked: UncheckedOrder,
  idempotency: Idempotency | undefined,
  { publish, newId }: PlaceOrder,
): Promise<{ orderId: string; eventId: string | undefined }> {
  const { orderId: newOrderId, ...order } = parseOrder(newId(), unchecked);
  const orderId = idempotency ? deriveOrderId(idempotency, order) : newOrderId;
  try {
    const [eventId] = await publish({ detailType: 'Order Placed', detail: { ...order, orderId } });
    return { orderId, eventId };
  } catch (cause) {
    throw new Problem(problems.unconfirmed, unconfirmed, { cause, orderId, headers: { 'retry-after': '5' } });
  }
}

function parseOrder(orderId: string, unchecked: UncheckedOrder): OrderPlaced {
  try {
    return parseDetail('Order Placed', { orderId, ...pickPresent(unchecked, orderFields) });
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    throw invalidOrder(error.issues.map(fieldError));
  }
}
