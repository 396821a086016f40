/**
 * The contract of the `Orders` bus: the types of its events, their parsers, their names, and rule patterns. Nothing here
 * loads the AWS SDK; `publish` has an entry of its own, `@orders/events/publish`.
 *
 * @packageDocumentation
 */
import { contracts } from './generated/contracts.ts';
import { type Details, type DetailType, detailTypes, type OrderEvent } from './generated/events.ts';
import { InvalidEventError } from './invalid-event-error.ts';
import { createParser, createSafeParser, type ParseResult, type Parser } from './parser.ts';
import { checkDetail, describe, isOfSource, parseEvent, wrapped } from './validate.ts';
import type { Contract } from './validator.ts';

export type { EventBridgeEvent } from './event.ts';
export * from './generated/events.ts';
export type { Handler } from './handler.ts';
export { InvalidEventError, type Issue } from './invalid-event-error.ts';
export type { LaterEvent } from './later-event.ts';
export type { OutgoingEvent } from './outgoing-event.ts';
export type { ParseResult, Parser } from './parser.ts';
export {
  type Comparison,
  type DetailPattern,
  type EventPattern,
  everyOrderEvent,
  pattern,
} from './pattern.ts';
export type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.ts';
export { withEarlier } from './with-earlier.ts';

/**
 * Parses an unknown value as the detail of an event that you are going to publish. It keeps unknown fields.
 *
 * @example
 * const order = parseDetail('Order Placed', { orderId, category, location, value });
 * @throws {InvalidEventError} with an issue for each field that breaks the contract; paths start from the detail.
 */
export function parseDetail<T extends DetailType>(detailType: T, detail: unknown): Details[T] {
  const contract = contractOf(detailType);
  const error = contract instanceof InvalidEventError ? contract : checkDetail(contract, detail);
  if (error) throw error;
  return detail as Details[T];
}

/**
 * Parses an unknown value as any event of the contract. Its `detail-type` narrows the type of `detail`. It keeps unknown
 * fields.
 *
 * An event of the source whose detail-type this release doesn't know is a {@link LaterEvent}. Handle it in the `default`
 * branch of a switch.
 *
 * @example
 * const event = parse(received);
 * if (event['detail-type'] === 'Order Dispatched') console.info(event.detail.orderId);
 * @throws {InvalidEventError} with an issue for each field that breaks the contract.
 */
export const parse: Parser<OrderEvent> = /* @__PURE__ */ createParser(outcomeOf);

/**
 * Parses like {@link parse}, and returns the error instead of throwing it.
 *
 * @example
 * const result = safeParse(received);
 * if (result.success) console.info(result.data.id);
 * else console.error(result.error.issues);
 */
export const safeParse: (event: unknown) => ParseResult<OrderEvent> =
  /* @__PURE__ */ createSafeParser(outcomeOf);

function outcomeOf(event: unknown): OrderEvent | InvalidEventError {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    const allowed = 'an event as EventBridge delivers it, an object';
    return new InvalidEventError(anyOfThem(), [{ path: '', received: describe(event), allowed }]);
  }
  const contract = contractOf('detail-type' in event ? event['detail-type'] : undefined);
  if (!(contract instanceof InvalidEventError)) return parseEvent(contract, event);
  return isOfSource(event) ? (event as OrderEvent) : (wrapped(anyOfThem(), event) ?? contract);
}

/** The name for an event whose detail-type isn't known. */
const anyOfThem = () => Object.values(detailTypes).join(' | ');

/** The contract of a detail-type, or why there is none. */
function contractOf(detailType: unknown): Contract | InvalidEventError {
  if (typeof detailType === 'string' && Object.hasOwn(contracts, detailType)) {
    return contracts[detailType as DetailType];
  }
  const known = Object.values(detailTypes).map((name) => JSON.stringify(name));
  return new InvalidEventError(anyOfThem(), [
    { path: '/detail-type', received: describe(detailType), allowed: `one of ${known.join(', ')}` },
  ]);
}
