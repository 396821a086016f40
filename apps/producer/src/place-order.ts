import { InvalidEventError, type OrderPlaced, parseDetail } from '@orders/events';
import type { OutgoingEvent } from '@orders/events/publish';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { v5 } from 'uuid';
import { type FieldError, fieldError, Problem } from './problem.ts';

/** An order as a request has it, nothing of it checked yet. */
export type UncheckedOrder = Partial<Record<keyof Omit<OrderPlaced, 'orderId'>, unknown>>;

export interface PlaceOrder {
  /** Puts the event on the bus, or throws. */
  publish: (event: OutgoingEvent) => Promise<string[]>;
  /** A new order id, a UUID. */
  newId: () => string;
}

/** An order is some hundred bytes; what is much larger isn't one. */
const maxBodyBytes = 64 * 1024;

/** The namespace of the order ids that are derived from a client's key. Changing it forgets every key. */
const idempotencyNamespace = 'c8a5f0a2-3c53-4c0e-9d0c-5d7f7c1a8b1e';

/** What to do with an order that may be placed or not. */
export const sendAgain = 'Send the order again later; with an Idempotency-Key, it can never be two orders.';
// Not "is not placed": a bus that took the order and lost its answer can't be told from one that is down.
const unconfirmed = `The event bus did not confirm the order. ${sendAgain}`;

/** The fields of a request: all that the contract knows, or it doesn't compile. */
const known: Record<keyof UncheckedOrder, true> = { category: true, location: true, value: true };
const fields = Object.keys(known) as (keyof UncheckedOrder)[];

/** Reads the order of `?category=…&location=…&value=…`. */
export function orderFromQuery({ rawQueryString }: APIGatewayProxyEventV2): UncheckedOrder {
  const query = new URLSearchParams(rawQueryString);
  const repeated = fields.flatMap((field): FieldError[] => {
    const values = query.getAll(field);
    if (values.length < 2) return [];
    const received = values.slice(0, 2).map((value) => JSON.stringify(value.slice(0, 60)));
    return [{ field, received: received.join(' and '), allowed: 'one value' }];
  });
  if (repeated.length > 0) throw invalid(repeated);

  const entries = fields.flatMap((field) => {
    const text = query.get(field);
    return text === null ? [] : [[field, field === 'value' ? numberOrText(text) : text]];
  });
  return Object.fromEntries(entries);
}

/** Takes the numbers that JSON takes; any other text stays one, and the contract refuses it with its own words. */
function numberOrText(text: string): number | string {
  const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

/** Reads the order of a JSON body: `{ "category": …, "location": …, "value": … }`. */
export function orderFromBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): UncheckedOrder {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new Problem(413, `The body has ${bytes.length} bytes; allowed are ${maxBodyBytes}.`);
  }
  const text = bytes.toString('utf8');
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch (cause) {
    const received = text === '' ? 'nothing' : JSON.stringify(text.slice(0, 60));
    throw new Problem(
      400,
      `The body must be JSON, an object with category, location and value; received ${received}.`,
      {
        cause,
      },
    );
  }
  if (typeof order !== 'object' || order === null || Array.isArray(order)) {
    throw new Problem(
      400,
      `The body must be an object with category, location and value; received ${text.slice(0, 60)}.`,
    );
  }
  return order;
}

/**
 * Gives the order its id and puts Order Placed on the bus.
 *
 * @param order what the request had; fields that the contract doesn't know are left out
 * @param idempotencyKey when given, the id is derived from it: the same key is the same order
 * @throws {Problem} 400 for an order that breaks the contract, 503 when the bus refuses it
 */
export async function placeOrder(
  order: UncheckedOrder,
  idempotencyKey: string | undefined,
  { publish, newId }: PlaceOrder,
): Promise<{ orderId: string; eventId: string | undefined }> {
  const orderId = idempotencyKey === undefined ? newId() : v5(idempotencyKey, idempotencyNamespace);
  const { category, location, value } = order;
  // Typed by the contract: a field that it asks for and that isn't here stops the build.
  const unchecked: Record<keyof OrderPlaced, unknown> = { orderId, category, location, value };
  const detail = parseOrder(unchecked);
  try {
    const [eventId] = await publish({ detailType: 'Order Placed', detail });
    return { orderId, eventId };
  } catch (cause) {
    throw new Problem(503, unconfirmed, {
      cause,
      orderId,
      headers: { 'retry-after': '5' },
    });
  }
}

function parseOrder(order: unknown): OrderPlaced {
  try {
    return parseDetail('Order Placed', order);
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    throw invalid(error.issues.map(fieldError));
  }
}

function invalid(errors: readonly FieldError[]): Problem {
  const names = errors.map(({ field }) => field).join(', ');
  return new Problem(400, `The order is not placed: ${names} ${errors.length > 1 ? 'are' : 'is'} invalid.`, {
    errors,
  });
}
