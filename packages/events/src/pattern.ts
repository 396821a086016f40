import { type Details, type DetailType, source } from './generated/events.ts';

/** A comparison of EventBridge's pattern language, such as `{ prefix: 'us-' }` or `{ exists: true }`. */
export type Comparison =
  | { prefix: string | { 'equals-ignore-case': string } }
  | { suffix: string | { 'equals-ignore-case': string } }
  | { 'equals-ignore-case': string }
  | { wildcard: string }
  | { numeric: readonly (string | number)[] }
  | { cidr: string }
  | { exists: boolean }
  | { 'anything-but': unknown };

/** A pattern over the fields of a detail: a field that the event doesn't have doesn't compile. */
export type DetailPattern<Detail> = {
  readonly [Field in keyof Detail]?: NonNullable<Detail[Field]> extends object
    ? DetailPattern<NonNullable<Detail[Field]>>
    : readonly (NonNullable<Detail[Field]> | null | Comparison)[];
};

/** An EventBridge event pattern: what a rule matches. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type'?: readonly string[];
  readonly detail?: object;
}

/** Matches every order event. */
export const everyOrderEvent: EventPattern = { source: [source] };

/**
 * The pattern of a rule for one event, optionally narrowed by fields of its detail.
 *
 * It names the detail-type as well as the source, so that an event that is added later can't match it.
 *
 * @example
 * pattern('Order Placed', { location: [{ prefix: 'us-' }] })
 * // { source: ['com.aws.orders'], 'detail-type': ['Order Placed'], detail: { location: [{ prefix: 'us-' }] } }
 */
export function pattern<T extends DetailType>(
  detailType: T,
  detail?: DetailPattern<Details[T]>,
): EventPattern {
  return { source: [source], 'detail-type': [detailType], ...(detail && { detail }) };
}
