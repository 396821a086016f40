import { type FindSourceLine, readableText } from '@orders/stack-trace';
import { isObject } from '../../json.ts';

/**
 * Reads the error in a record that Lambda leaves of a failed invocation, for people: its stack has the lines of source, as
 * far as they are known.
 *
 * @returns undefined for a message of somebody else
 */
export function readFailure(body: string, findSourceLine: FindSourceLine): string | undefined {
  const { responsePayload } = readObject(body);
  if (!isObject(responsePayload)) return undefined;
  const { errorType, errorMessage, trace } = responsePayload;
  if (Array.isArray(trace) && trace.length > 0) return readableText(trace.join('\n'), findSourceLine);
  return errorType === undefined ? undefined : `${errorType}: ${errorMessage}`;
}

function readObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
