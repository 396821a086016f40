import { Readable } from 'node:stream';
import type { LocalRoutes } from './local-api.ts';
import type { Notice, Notices } from './notices.ts';
import type { SubjectOf } from './stories.ts';
import type { Trace, TraceEntry } from './trace.ts';

/** An entry of the trace as a page gets it: an event's entry says what it is about. */
export type StreamedEntry = TraceEntry & { subject?: string };

/** How long entries are gathered before they are sent together, in milliseconds of real time. */
const gatherMs = 40;
/** How much a reader may leave unread before it is cut off. It may come back, and go on from where it was. */
const maxUnreadBytes = 16 * 1024 * 1024;

/**
 * The trace as server-sent events: first what there is, then whatever is appended. Each message is a JSON list of
 * entries, and its id says the last one, so that a browser that comes back gets what it missed. A message `run` comes
 * first: another run than before has nothing to do with what the browser has seen. A message `notice` says what was
 * swapped in, or why nothing was.
 *
 * @param run an id of this run
 */
export const traceRoutes = (
  trace: Trace,
  subjectOf: SubjectOf,
  run: string,
  notices: Notices,
): LocalRoutes => ({
  'GET /_local/trace': ({ headers }) => {
    const [seenRun, seen] = String(headers['last-event-id'] ?? '').split(':');
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      body: '',
      stream: streamTrace(trace, subjectOf, notices, { run, after: seenRun === run ? Number(seen) : 0 }),
    };
  },
});

function streamTrace(
  trace: Trace,
  subjectOf: SubjectOf,
  notices: Notices,
  { run, after }: { run: string; after: number },
): Readable {
  let gathered: StreamedEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  const stream = new Readable({
    read() {},
    destroy(_, done) {
      unsubscribe();
      unsubscribeNotices();
      clearTimeout(timer);
      done(null);
    },
  });
  const send = () => {
    timer = undefined;
    const id = gathered.at(-1)?.sequence;
    stream.push(`id: ${run}:${id}\ndata: ${JSON.stringify(gathered)}\n\n`);
    gathered = [];
    if (stream.readableLength > maxUnreadBytes) stream.destroy();
  };
  const add = (entry: TraceEntry) => {
    const subject =
      entry.type === 'begun' && entry.activity.kind === 'event' ? subjectOf(entry.activity.event) : undefined;
    gathered.push(subject === undefined ? entry : { ...entry, subject });
    timer ??= setTimeout(send, gatherMs);
  };
  const unsubscribe = trace.subscribe(add);
  const tell = (notice: Notice) => void stream.push(`event: notice\ndata: ${JSON.stringify(notice)}\n\n`);
  const unsubscribeNotices = notices.subscribe(tell);
  stream.push(`event: run\ndata: ${JSON.stringify(run)}\n\n`);
  if (notices.problem) tell(notices.problem);
  const before = [...trace.entries()].filter(({ sequence }) => sequence > after);
  for (const entry of before.sort((a, b) => a.sequence - b.sequence)) add(entry);
  return stream;
}
