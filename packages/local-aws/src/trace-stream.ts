import { Readable } from 'node:stream';
import type { LocalRoutes } from './local-api.ts';
import type { Notice, Notices } from './notices.ts';
import type { SubjectOf } from './stories.ts';
import type { Trace, TraceEntry } from './trace.ts';

/** An entry of the trace as a page gets it: an event's entry says what it is about. */
export type StreamedEntry = TraceEntry & { subject?: string };

/** How long entries are gathered before they are sent together, in milliseconds of real time. */
const gatherMs = 40;
/** How long a browser waits before it comes back, in milliseconds: a restart takes a second or two. */
const retryMs = 500;
/** How many entries of the past are sent together. */
const entriesOfAPiece = 500;
/** How many entries may be appended until a reader has read what there was before. */
const maxGathered = 200_000;
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

/** What a reader sees of the trace: what there was, piece by piece as it reads, and then what is appended. */
function streamTrace(
  trace: Trace,
  subjectOf: SubjectOf,
  notices: Notices,
  { run, after }: { run: string; after: number },
): Readable {
  let before = [...trace.entries()]
    .filter(({ sequence }) => sequence > after)
    .sort((a, b) => a.sequence - b.sequence);
  let sent = 0;
  let gathered: TraceEntry[] = [];
  let timer: NodeJS.Timeout | undefined;

  const send = (entries: readonly TraceEntry[]) => {
    const data = entries.map((entry) => withSubject(entry, subjectOf));
    return stream.push(`id: ${run}:${entries.at(-1)?.sequence}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sendGathered = () => {
    timer = undefined;
    // They come after what there was before.
    if (sent < before.length || gathered.length === 0) return;
    send(gathered);
    gathered = [];
    if (stream.readableLength > maxUnreadBytes) stream.destroy();
  };
  const stream = new Readable({
    // Without this, one message would be all there is. It would have to be in memory at once, here and in the browser.
    read() {
      while (sent < before.length) {
        const piece = before.slice(sent, sent + entriesOfAPiece);
        sent += piece.length;
        if (!send(piece)) return;
      }
      // A page stays open for days. The trace may forget them.
      [before, sent] = [[], 0];
      sendGathered();
    },
    destroy(_, done) {
      unsubscribe();
      unsubscribeNotices();
      clearTimeout(timer);
      done(null);
    },
  });
  const unsubscribe = trace.subscribe((entry) => {
    gathered.push(entry);
    if (gathered.length > maxGathered) stream.destroy();
    timer ??= setTimeout(sendGathered, gatherMs);
  });
  const tell = (notice: Notice) => void stream.push(`event: notice\ndata: ${JSON.stringify(notice)}\n\n`);
  const unsubscribeNotices = notices.subscribe(tell);
  stream.push(`retry: ${retryMs}\nevent: run\ndata: ${JSON.stringify(run)}\n\n`);
  if (notices.problem) tell(notices.problem);
  return stream;
}

function withSubject(entry: TraceEntry, subjectOf: SubjectOf): StreamedEntry {
  const subject =
    entry.type === 'begun' && entry.activity.kind === 'event' ? subjectOf(entry.activity.event) : undefined;
  return subject === undefined ? entry : { ...entry, subject };
}
