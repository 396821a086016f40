/**
 * The contract of the `Orders` bus: the types of its events, their parsers, and the catalogue of names and
 * rule patterns. Nothing here loads the AWS SDK; publishing is at `@orders/events/publish`.
 *
 * @packageDocumentation
 */
import { contracts } from './generated/contracts.ts';
import type { Details, DetailType } from './generated/events.ts';
import { parseDetailWith } from './validate.ts';

export type { EventBridgeEvent } from './event.ts';
export * from './generated/events.ts';
export { InvalidEventError, type Issue } from './invalid-event-error.ts';
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
  return parseDetailWith<Details[T]>(contracts[detailType], detail);
}
