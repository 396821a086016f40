/**
 * The contract of the `Orders` bus: the types of its events, their parsers, their names, and rule patterns. Nothing here
 * loads the AWS SDK; `publish` has an entry of its own, `@orders/events/publish`.
 *
 * @packageDocumentation
 */
import { contracts } from './generated/contracts.ts';
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
 * Parses an unknown value as the detail of an event that you are going to publish. It keeps unknown fields.
 *
 * @example
 * const order = parseDetail('Order Placed', { orderId, category, location, value });
 * @throws {InvalidEventError} with an issue for each field that breaks the contract; paths start from the detail.
 */
export function parseDetail<T extends DetailType>(detailType: T, detail: unknown): Details[T] {
  return parseDetailWith<Details[T]>(contracts[knownDetailType(detailType)], detail);
}

/**
 * Parses an unknown value as any event of the contract. Its `detail-type` narrows the type of `detail`.
 *
 * @example
 * const event = parse(received);
 * if (event['detail-type'] === 'Order Dispatched') console.info(event.detail.orderId);
 * @throws {InvalidEventError} with an issue for each field that breaks the contract.
 */
export function parse(event: unknown): OrderEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    const allowed = 'an event as EventBridge delivers it, an object';
    throw new InvalidEventError(anyOfThem, [{ path: '', received: describe(event), allowed }]);
  }
  const detailType = 'detail-type' in event ? event['detail-type'] : undefined;
  return parseWith<OrderEvent>(contracts[knownDetailType(detailType)], event);
}

/** The name for an event whose detail-type isn't known. */
const anyOfThem = Object.values(detailTypes).join(' | ');

function knownDetailType(detailType: unknown): DetailType {
  if (typeof detailType === 'string' && Object.hasOwn(contracts, detailType)) return detailType as DetailType;
  const known = Object.values(detailTypes).map((name) => JSON.stringify(name));
  throw new InvalidEventError(anyOfThem, [
    { path: '/detail-type', received: describe(detailType), allowed: `one of ${known.join(', ')}` },
  ]);
}
