import { compilePattern, InvalidEventPatternError, type Pattern, parsePattern } from '@orders/event-pattern';
import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject } from '../../json.ts';

/**
 * The operation TestEventPattern: whether a pattern matches an event, both as JSON text. Reads the pattern first, so that
 * an invalid pattern is reported whatever the event is.
 *
 * @throws {AwsError} `InvalidEventPatternException` or `ValidationException`, as EventBridge does
 */
export function testEventPattern({ EventPattern, Event }: JsonObject): boolean {
  if (typeof EventPattern !== 'string' || typeof Event !== 'string') {
    throw new AwsError('ValidationException', 'EventPattern and Event are required, both as JSON text');
  }
  const pattern = readPattern(EventPattern);
  return compilePattern(pattern)(readEvent(Event));
}

function readPattern(text: string): Pattern {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    const message = `Event pattern is not valid. Reason: ${error.message}`;
    throw new AwsError('InvalidEventPatternException', message);
  }
}

/** The fields that AWS wants. Its API reference lists `resources` as well, but AWS answers for an event without it. */
const REQUIRED_FIELDS = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

function readEvent(text: string): JsonObject {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw invalidEvent('it is not JSON');
  }
  if (!isObject(event)) throw invalidEvent(`it lacks ${REQUIRED_FIELDS.join(', ')}`);
  const missing = REQUIRED_FIELDS.filter((field) => event[field] === undefined);
  if (missing.length > 0) throw invalidEvent(`it lacks ${missing.join(', ')}`);
  return event;
}

const invalidEvent = (reason: string) =>
  new AwsError('ValidationException', `Parameter Event is not valid. Reason: ${reason}`);
