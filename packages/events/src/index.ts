/**
 * The contract of the `Orders` bus: the types of its events, their parsers, and the catalogue of names and
 * rule patterns. Nothing here loads the AWS SDK; publishing is at `@orders/events/publish`.
 *
 * @packageDocumentation
 */
import { contracts, detailValidators } from './generated/contracts.ts';
import { type Details, type DetailType, detailTypes, type OrderEvent } from './generated/events.ts';
import { InvalidEventError } from './invalid-event-error.ts';
import { describe, parseDetailWith, parseWith } from './validate.ts';

export type { EventBridgeEvent } from './event.ts';
export * from './generated/events.ts';
export { InvalidEventError, type Issue } from './invalid-event-error.ts';
export type { OutgoingEvent } from './outgoing-event.ts';
export {
  type Comparison,
  type DetailPattern,
  type EventPattern,
  everyOrderEvent,
  pattern,
} from './pattern.ts';

/**
 * Parses an unknown value as the detail of an event that is yet to be published. Unknown fields are kept.
 *
 * @example
 * const order = parseDetail('Order Placed', { orderId, category, location, value });
 * @throws {InvalidEventError} that lists every field that isn't as the contract has it, paths from the detail.
 */
export function parseDetail<T extends DetailType>(detailType: T, detail: unknown): Details[T] {
  const known = knownDetailType(detailType);
  return parseDetailWith<Details[T]>(contracts[known], detailValidators[known], detail);
}

/**
 * Parses an unknown value as any event of the contract: `detail-type` tells which, and narrows the type of `detail`.
 *
 * @example
 * const event = parse(received);
 * if (event['detail-type'] === 'Order Dispatched') console.info(event.detail.orderId);
 * @throws {InvalidEventError} that lists every field that isn't as the contract has it.
 */
export function parse(event: unknown): OrderEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    const allowed = 'an event as EventBridge delivers it, an object';
    throw new InvalidEventError(anyOfThem, [{ path: '', received: describe(event), allowed }]);
  }
  const detailType = 'detail-type' in event ? event['detail-type'] : undefined;
  return parseWith<OrderEvent>(contracts[knownDetailType(detailType)], event);
}

/** The name of the event that it might have been. */
const anyOfThem = Object.values(detailTypes).join(' | ');

function knownDetailType(detailType: unknown): DetailType {
  if (typeof detailType === 'string' && Object.hasOwn(contracts, detailType)) return detailType as DetailType;
  const known = Object.values(detailTypes).map((name) => JSON.stringify(name));
  throw new InvalidEventError(anyOfThem, [
    { path: '/detail-type', received: describe(detailType), allowed: `one of ${known.join(', ')}` },
  ]);
}
