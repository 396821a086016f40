import { isFieldOf } from './field-names.ts';
import { type Details, type DetailType, source } from './generated/events.ts';
import { fields } from './generated/fields.ts';

type OneOrMore<Value> = Value | readonly Value[];
type IgnoringCase<Text> = { 'equals-ignore-case': Text };
type Affix = string | IgnoringCase<string>;

type TextComparison =
  | { prefix: Affix }
  | { suffix: Affix }
  | IgnoringCase<string>
  | { wildcard: string }
  | { cidr: string }
  | { 'anything-but': OneOrMore<string> | ExcludedTexts };

/** The comparisons that `anything-but` takes instead of whole strings. */
type ExcludedTexts =
  | { prefix: OneOrMore<string> }
  | { suffix: OneOrMore<string> }
  | IgnoringCase<OneOrMore<string>>
  | { wildcard: OneOrMore<string> };

type NumberComparison = { numeric: Range } | { 'anything-but': OneOrMore<number> };
type Range =
  | readonly ['=' | '<' | '<=' | '>' | '>=', number]
  | readonly ['>' | '>=', number, '<' | '<=', number];

/**
 * A comparison of EventBridge's pattern language that can match a value of this type, such as `{ prefix: 'us-' }` for
 * a string or `{ numeric: ['>', 100] }` for a number.
 */
export type Comparison<Value = string | number> =
  | { exists: boolean }
  | ([Extract<Value, string>] extends [never] ? never : TextComparison)
  | ([Extract<Value, number>] extends [never] ? never : NumberComparison);

/** The values and comparisons of a field. One of them has to match; in a list, it has to match any item. */
type FieldPattern<Value> = [Value] extends [readonly (infer Item)[]]
  ? FieldPattern<Item>
  : [Value] extends [object]
    ? DetailPattern<Value>
    : readonly (Value | Comparison<Value>)[];

/** A pattern for the fields of a detail. A field or a value that the event can't have doesn't compile. */
export type DetailPattern<Detail> = {
  readonly [Field in keyof Detail]?: FieldPattern<Exclude<Detail[Field], undefined>>;
};

/** The event pattern of an EventBridge rule. */
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
 * It names the detail-type besides the source, so that an event that is added later doesn't match.
 *
 * @example
 * pattern('Order Placed', { location: [{ prefix: 'us-' }] })
 * // { source: ['com.aws.orders'], 'detail-type': ['Order Placed'], detail: { location: [{ prefix: 'us-' }] } }
 * @throws {TypeError} in plain JavaScript, for an event or a field that there isn't
 */
export function pattern<T extends DetailType>(
  detailType: T,
  detail?: DetailPattern<Details[T]>,
): EventPattern {
  const known = Object.hasOwn(fields, detailType) ? fields[detailType] : undefined;
  if (!known) {
    const names = Object.keys(fields).map((name) => JSON.stringify(name));
    throw new TypeError(
      `pattern: received the event ${JSON.stringify(detailType)}; allowed are ${names.join(', ')}`,
    );
  }
  if (detail) refuseUnknown(detail, '', known, detailType);
  return { source: [source], 'detail-type': [detailType], ...(detail && { detail }) };
}

function refuseUnknown(detail: object, before: string, known: readonly string[], detailType: string): void {
  for (const [name, inner] of Object.entries(detail) as [string, unknown][]) {
    const field = before + name;
    if (name === '$or' && Array.isArray(inner)) {
      for (const branch of inner) refuseUnknown(branch, before, known, detailType);
    } else if (!isFieldOf(known, field)) {
      throw new TypeError(
        `pattern: received the field ${field}; allowed are those of ${detailType}: ${known.join(', ')}`,
      );
    } else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      refuseUnknown(inner, `${field}.`, known, detailType);
    }
  }
}
