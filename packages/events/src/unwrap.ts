import { InvalidEventError } from './invalid-event-error.ts';
import { valueAt } from './json-pointer.ts';
import type { Parser } from './parser.ts';
import { wrapperOf } from './wrappers.ts';

/**
 * Takes the events out of what a service has wrapped them in, and parses them: a batch or a single message of SQS, SNS
 * (also in SQS), Kinesis or Firehose, a message of a dead-letter queue, the record of a Lambda invocation that failed, and
 * any of them inside another. An event that isn't wrapped is taken as well.
 *
 * @param parser the parser of the events: `parseOrderPlaced` and its siblings, or `parse` for all of them
 * @returns the events, in their order
 * @throws {InvalidEventError} if one or more aren't valid events. It has the issues of all; a path leads through the
 *   wrappers, as if their texts were objects: `/Records/0/body/detail/value`.
 * @example
 * const events = unwrap(received, parseOrderPlaced);
 */
export function unwrap<Event>(received: unknown, parser: Parser<Event>): Event[] {
  const parsed = contentsOf(received).map(({ path, content }) => parseAt(path, content, parser));
  const errors = parsed.flatMap((each) => (each instanceof InvalidEventError ? [each] : []));
  const [first] = errors;
  if (!first) return parsed as Event[];
  throw new InvalidEventError(
    first.detailType,
    errors.flatMap(({ issues }) => issues),
  );
}

function parseAt<Event>(path: string, content: unknown, parser: Parser<Event>): Event | InvalidEventError {
  try {
    return parser(content);
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    return new InvalidEventError(
      error.detailType,
      error.issues.map((issue) => ({ ...issue, path: path + issue.path })),
    );
  }
}

/** Services wrap a wrapper three times at most: SNS in SQS, which failed in a function. */
const deepest = 10;

/** What the wrappers have inside that isn't a wrapper, with its path. */
function contentsOf(value: unknown, path = '', depth = 0): { path: string; content: unknown }[] {
  const wrapper = depth < deepest ? wrapperOf(value) : undefined;
  if (!wrapper) return [{ path, content: value }];
  const content = decoded(valueAt(value, wrapper.inside), wrapper.isBase64);
  const at = path + wrapper.inside;
  return wrapper.isList
    ? (content as unknown[]).flatMap((item, index) => contentsOf(item, `${at}/${index}`, depth + 1))
    : contentsOf(content, at, depth + 1);
}

/** The JSON value of a text; a text that isn't JSON stays as it is, and the parser refuses it. */
function decoded(content: unknown, isBase64?: boolean): unknown {
  if (typeof content !== 'string') return content;
  try {
    return JSON.parse(isBase64 ? fromBase64(content) : content);
  } catch {
    return content;
  }
}

// `Buffer` would tie the package to Node.
const fromBase64 = (text: string) =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
