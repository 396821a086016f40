import type { Activity, Outcome, StreamedEntry } from '@orders/local-aws';

/** Something that begins and ends: a request, a delivery, an attempt of it. */
export interface Span {
  id: number;
  flowId: string;
  parentId: number | undefined;
  activity: Activity;
  /** Milliseconds since 1970. */
  begunAt: number;
  endedAt: number | undefined;
  status: 'running' | 'waiting' | 'succeeded' | 'failed';
  /** When it goes on, while it waits. */
  until: number | undefined;
  error: string | undefined;
  outcome: Outcome;
}

/** Everything that is known of one order, or of whatever else events are about. */
export interface Subject {
  id: string;
  /** When its first flow began. */
  begunAt: number;
  /** The spans of its flows, in the order in which they began. */
  spans: Span[];
  /** The detail-types of its events, in their order, each once. */
  events: string[];
}

/** How many subjects the page keeps. The oldest go first. */
const maxSubjects = 20_000;

/** The trace as the page shows it. Entries are applied as they come. */
export class Model {
  readonly #spans = new Map<number, Span>();
  readonly #flows = new Map<string, { spans: Span[]; subjects: Set<string> }>();
  readonly #subjects = new Map<string, Subject>();
  /** How often each part of the map was reached, and how often it failed, by the id of the part. */
  readonly counts = new Map<string, { reached: number; failed: number; last: number }>();

  /** The newest first. */
  subjects(): Subject[] {
    return [...this.#subjects.values()].reverse();
  }

  subject(id: string): Subject | undefined {
    return this.#subjects.get(id);
  }

  apply(entries: readonly StreamedEntry[]): void {
    for (const entry of entries) this.#apply(entry);
  }

  #apply(entry: StreamedEntry): void {
    if (entry.type === 'begun') {
      this.#begin(entry);
      return;
    }
    const span = this.#spans.get(entry.spanId);
    if (!span) return;
    if (entry.type === 'waiting') {
      span.status = 'waiting';
      span.until = entry.until;
      return;
    }
    span.endedAt = entry.at;
    span.until = undefined;
    span.status = entry.type === 'ended' ? 'succeeded' : 'failed';
    span.error = entry.type === 'failed' ? entry.error : undefined;
    span.outcome = entry.outcome;
    if (entry.type === 'failed') for (const part of partsOf(span)) this.#count(part, entry.at, 'failed');
    if (entry.outcome.queue !== undefined) this.#count(`queue ${entry.outcome.queue}`, entry.at, 'reached');
  }

  #begin(entry: StreamedEntry & { type: 'begun' }): void {
    const { spanId: id, flowId, parentId, activity, at, subject } = entry;
    const span: Span = {
      id,
      flowId,
      parentId,
      activity,
      begunAt: at,
      endedAt: undefined,
      status: 'running',
      until: undefined,
      error: undefined,
      outcome: {},
    };
    this.#spans.set(id, span);
    const parent = this.#spans.get(parentId ?? 0);
    if (parent?.status === 'waiting') {
      parent.status = 'running';
      parent.until = undefined;
    }
    for (const part of partsOf(span)) this.#count(part, at, 'reached');
    const flow = this.#flows.get(flowId) ?? { spans: [], subjects: new Set() };
    this.#flows.set(flowId, flow);
    flow.spans.push(span);
    for (const known of flow.subjects) this.#subjects.get(known)?.spans.push(span);
    if (subject !== undefined) this.#isAbout(subject, flow, span);
  }

  #isAbout(id: string, flow: { spans: Span[]; subjects: Set<string> }, span: Span): void {
    const known = this.#subjects.get(id) ?? {
      id,
      begunAt: flow.spans[0]?.begunAt ?? span.begunAt,
      spans: [],
      events: [],
    };
    this.#subjects.set(id, known);
    if (!flow.subjects.has(id)) {
      flow.subjects.add(id);
      known.spans.push(...flow.spans);
    }
    const { activity } = span;
    if (activity.kind === 'event' && !known.events.includes(activity.event['detail-type'])) {
      known.events.push(activity.event['detail-type']);
    }
    if (this.#subjects.size > maxSubjects) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#subjects.values();
    if (!oldest) return;
    this.#subjects.delete(oldest.id);
    for (const span of oldest.spans) {
      this.#spans.delete(span.id);
      this.#flows.delete(span.flowId);
    }
  }

  #count(part: string, at: number, what: 'reached' | 'failed'): void {
    const count = this.counts.get(part) ?? { reached: 0, failed: 0, last: 0 };
    count[what] += 1;
    count.last = at;
    this.counts.set(part, count);
  }
}

/** What a part of the map is called in counts and ways. A request names no API, so all APIs are one. */
export const partOf = (id: string): string => (id.startsWith(api) ? api.trim() : id);
const api = 'HTTP API ';

/** The parts of the map that a span is at. */
export function partsOf({ activity }: Pick<Span, 'activity'>): string[] {
  switch (activity.kind) {
    case 'request':
      return [api.trim()];
    case 'invocation':
      return [`function ${activity.function}`];
    case 'event':
      return [`bus ${activity.bus}`];
    case 'delivery':
      return [`rule ${activity.rule}`, activity.target];
    case 'execution':
      return [`state machine ${activity.stateMachine}`];
    case 'write':
      return activity.table.split(', ').map((table) => `table ${table}`);
    default:
      return [];
  }
}

/** What a span is, in a few words. */
export function titleOf({ activity }: Pick<Span, 'activity'>): string {
  switch (activity.kind) {
    case 'request':
      return `${activity.method} ${activity.path}`;
    case 'invocation':
      return `function ${activity.function}`;
    case 'event':
      return activity.event['detail-type'];
    case 'delivery':
      return `${activity.rule} → ${activity.target}`;
    case 'attempt':
      return `attempt ${activity.number}`;
    case 'execution':
      return `state machine ${activity.stateMachine}`;
    case 'state':
      return activity.name;
    case 'write':
      return `${activity.operation} ${activity.table}`;
    case 'left work':
      return `function ${activity.function} left ${activity.left.join(' and ')} behind its answer`;
    case 'fault':
      return `injected: ${activity.fault} at ${activity.place}`;
  }
}

/** Where a subject is: what failed, waits or runs, or else its last event. */
export function stateOf({ spans, events }: Subject): { kind: Span['status']; text: string } {
  const deliveries = spans.filter(({ activity }) => activity.kind !== 'attempt');
  const failed = deliveries.find(({ status }) => status === 'failed');
  if (failed) return { kind: 'failed', text: `failed: ${titleOf(failed)}` };
  const waiting = deliveries.find(({ status }) => status === 'waiting');
  if (waiting) return { kind: 'waiting', text: `waits: ${titleOf(waiting)}` };
  if (deliveries.some(({ status }) => status === 'running')) return { kind: 'running', text: 'on its way' };
  return { kind: 'succeeded', text: events.at(-1) ?? 'known' };
}

/** Whether a subject has a text anywhere: in its id, its events, or where it is. */
export function hasText(subject: Subject, text: string): boolean {
  const sought = text.trim().toLowerCase();
  if (sought === '' || subject.id.includes(sought)) return true;
  if (stateOf(subject).text.toLowerCase().includes(sought)) return true;
  return subject.spans.some(
    ({ activity }) =>
      activity.kind === 'event' && JSON.stringify(activity.event).toLowerCase().includes(sought),
  );
}
