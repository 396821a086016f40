import { InvalidEventError } from './invalid-event-error.ts';
import { createParser, type Parser } from './parser.ts';

/**
 * A parser of an event that takes the event which it replaces as well, as today's. For the time in which both are on the bus.
 *
 * Only an event with a new name needs it, such as `Order Placed v2`. Under one name, the parser takes what the released earlier
 * versions allow, where the schema's compatibility is `BACKWARD` or `FULL`, as it is of every event today.
 *
 * @param parser parses the new event
 * @param parseEarlier parses the event that it replaces; may be of this function too, if that one replaced another
 * @param upcast makes the new event of the earlier one; the parser checks what it returns
 * @throws {InvalidEventError} when the value is neither, and when `upcast` returns an event that isn't valid
 * @example
 * const parseAnyOrderPlaced = withEarlier(parseOrderPlacedV2, parseOrderPlaced, (event) => ({
 *   ...event,
 *   'detail-type': 'Order Placed v2',
 *   detail: { ...event.detail, currency: 'EUR' },
 * }));
 */
export const withEarlier = <Event, Earlier>(
  parser: Parser<Event>,
  parseEarlier: Parser<Earlier>,
  upcast: (event: Earlier) => Event,
): Parser<Event> =>
  createParser((value) => {
    const event = outcomeOf(parser, value);
    if (!(event instanceof InvalidEventError)) return event;
    const earlier = outcomeOf(parseEarlier, value);
    if (!(earlier instanceof InvalidEventError)) return outcomeOf(parser, upcast(earlier));
    // The error of the event that it was meant to be.
    const isOther = earlier.issues.some(({ path }) => path === '/detail-type');
    return isOther ? event : earlier;
  });

function outcomeOf<Event>(parser: Parser<Event>, value: unknown): Event | InvalidEventError {
  try {
    return parser(value);
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
}
