import { type Operation, operation } from '../../operation.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { eventSize, type LogEvent, type LogGroup } from './log-group.ts';
import { groupOf, groupParameters, invalidParameter, invalidToken, notFound } from './logs-request.ts';

/** The largest page, in lines and in bytes. */
const maxPageEvents = 10_000;
const maxPageBytes = 1024 * 1024;

const time = { type: 'integer', min: 0 } as const;
const limit = { type: 'integer', min: 1, max: maxPageEvents } as const;
const forGood = Number.POSITIVE_INFINITY;

/** The operations of CloudWatch Logs that read lines. */
export const eventOperations = (groups: readonly LogGroup[]): Record<string, Operation> => ({
  GetLogEvents: operation(
    {
      ...groupParameters,
      logStreamName: { type: 'text', required: true },
      startTime: time,
      endTime: time,
      nextToken: { type: 'text' },
      limit,
      startFromHead: { type: 'boolean' },
    },
    (input, call) => {
      const { logStreamName, startTime = 0, endTime = forGood, startFromHead = false, nextToken } = input;
      const group = groupOf(groups, input, call);
      const stream = [...group.events()].filter((event) => event.logStreamName === logStreamName);
      if (stream.length === 0) throw noSuchStream(logStreamName);
      const start = nextToken === undefined ? undefined : readStreamToken(nextToken, stream);
      // The end is the first time that isn't included. With FilterLogEvents, it is the last one that is.
      const events = stream
        .slice(start?.from, start?.to)
        .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
      const forward = start ? start.forward : startFromHead;
      const page = forward ? take(events, input.limit) : take(events.reverse(), input.limit).reverse();
      const tokenOf = (direction: 'f' | 'b', event: LogEvent | undefined) =>
        // Where there is no more, the token stays as it was.
        `${direction}/${event?.eventId ?? start?.eventId ?? firstToken}`;
      return {
        events: page.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
        nextForwardToken: tokenOf('f', page.at(-1)),
        nextBackwardToken: tokenOf('b', page[0]),
      };
    },
  ),

  FilterLogEvents: operation(
    {
      ...groupParameters,
      logStreamNames: { type: 'texts' },
      logStreamNamePrefix: { type: 'text' },
      startTime: time,
      endTime: time,
      filterPattern: { type: 'text' },
      nextToken: { type: 'text' },
      limit,
      interleaved: { type: 'boolean' },
    },
    (input, call) => {
      const { logStreamNames: names, logStreamNamePrefix: prefix, startTime = 0, endTime = forGood } = input;
      const group = groupOf(groups, input, call);
      if (names && prefix !== undefined) {
        throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
      }
      const all = [...group.events()];
      for (const name of names ?? []) {
        if (!all.some(({ logStreamName }) => logStreamName === name)) throw noSuchStream(name);
      }
      const matches = parseFilterPattern(input.filterPattern ?? '');
      const events = all
        .slice(input.nextToken === undefined ? 0 : indexAfter(input.nextToken, all))
        .filter(
          ({ logStreamName }) => names?.includes(logStreamName) ?? logStreamName.startsWith(prefix ?? ''),
        )
        .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
        .filter(({ message }) => matches(message));
      const page = take(events, input.limit);
      const last = page.at(-1);
      return {
        events: page.map((event) => ({ ...event, ingestionTime: event.timestamp })),
        searchedLogStreams: [],
        ...(last && page.length < events.length && { nextToken: last.eventId }),
      };
    },
  ),
});

const noSuchStream = (name: string) =>
  notFound(`The specified log stream does not exist. No line is kept of the stream ${name}.`);

/** The first lines, as many as one page has. */
function take(events: readonly LogEvent[], most = maxPageEvents): LogEvent[] {
  const page: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += eventSize(event);
    if (page.length === most || (page.length > 0 && bytes > maxPageBytes)) break;
    page.push(event);
  }
  return page;
}

function indexAfter(eventId: string, events: readonly LogEvent[]): number {
  const index = events.findIndex((event) => event.eventId === eventId);
  if (index === -1) throw invalidToken();
  return index + 1;
}

/** What a token has instead of an event when there was none. */
const firstToken = '0';

/** The part of a stream that a token leads to: what is after an event (`f/…`), or before it (`b/…`). */
function readStreamToken(token: string, stream: readonly LogEvent[]) {
  const [direction, eventId = '', ...others] = token.split('/');
  if ((direction !== 'f' && direction !== 'b') || others.length > 0) throw invalidToken();
  const after = eventId === firstToken ? 0 : indexAfter(eventId, stream);
  const forward = direction === 'f';
  return forward
    ? { forward, eventId, from: after }
    : { forward, eventId, from: 0, to: Math.max(0, after - 1) };
}
