import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { compileEventPattern, InvalidEventPatternError } from './pattern.ts';

/**
 * The operation TestEventPattern: whether a pattern matches an event, both given as JSON text.
 *
 * @throws {AwsError} as EventBridge does for a pattern or an event that isn't one
 */
export function testEventPattern({ EventPattern, Event }: JsonObject): boolean {
  if (typeof EventPattern !== 'string' || typeof Event !== 'string') {
    throw new AwsError('ValidationException', 'EventPattern and Event are required, both as JSON text');
  }
  let event: unknown;
  try {
    event = JSON.parse(Event);
  } catch {
    throw new AwsError('ValidationException', 'Parameter Event is not valid. Reason: it is not JSON');
  }
  // As AWS has it: an event that lacks a field of the envelope isn't one.
  const missing = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'].filter(
    (field) => !isObject(event) || event[field] === undefined,
  );
  if (!isObject(event) || missing.length > 0) {
    throw new AwsError(
      'ValidationException',
      `Parameter Event is not valid. Reason: it lacks ${missing.join(', ')}`,
    );
  }
  try {
    return compileEventPattern(EventPattern)(event);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    throw new AwsError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${error.message}`,
    );
  }
}
