import type { StreamedEntry } from '@orders/local-aws';
import { partsOf, type Span, type Subject, stateOf } from './span.ts';

/** How many subjects the page keeps. The oldest go first. */
const maxSubjects = 20_000;
/** How many flows are kept that have no subject yet. A question for a status never gets one. */
const maxWithoutSubject = 5_000;

/** How often a part or a way of the map was reached, and how often something failed there. */
export interface Count {
  reached: number;
  failed: number;
  /** Milliseconds since 1970. */
  last: number;
}

interface Flow {
  spans: Span[];
  subjects: Set<string>;
}

/** The trace as the page shows it. Entries are applied as they come. */
export class Model {
  readonly #spans = new Map<number, Span>();
  readonly #flows = new Map<string, Flow>();
  /** The flows that have no subject, the oldest first. */
  readonly #withoutSubject = new Set<string>();
  readonly #subjects = new Map<string, Subject>();
  /** The newest first; undefined when it has to be made again. */
  #newestFirst: Subject[] | undefined;
  /** What a search looks into, of the subjects that it has looked at and that haven't changed since. */
  readonly #texts = new Map<string, string>();
  /** By the id of a part of the map, and by `<part>→<part>` for the ways of deliveries. */
  readonly counts = new Map<string, Count>();

  /** The newest first. */
  subjects(): readonly Subject[] {
    this.#newestFirst ??= [...this.#subjects.values()].reverse();
    return this.#newestFirst;
  }

  /** The subjects that have a text anywhere: in their ids, their events, or where they are. */
  search(text: string): readonly Subject[] {
    const sought = text.trim().toLowerCase();
    if (sought === '') return this.subjects();
    return this.subjects().filter((subject) => this.#textOf(subject).includes(sought));
  }

  subject(id: string): Subject | undefined {
    return this.#subjects.get(id);
  }

  /** The subject that an event is about. */
  subjectOf(eventId: string): Subject | undefined {
    return this.subjects().find(({ spans }) =>
      spans.some(({ activity }) => activity.kind === 'event' && activity.event.id === eventId),
    );
  }

  span(id: number): Span | undefined {
    return this.#spans.get(id);
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
    this.#hasChanged(span.flowId);
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
    const { queue } = entry.outcome;
    if (queue === undefined) return;
    this.#count(`queue ${queue}`, entry.at, 'reached');
    const [from] = partsOf(span);
    if (from !== undefined) this.#count(`${from}→queue ${queue}`, entry.at, 'failed');
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
    this.#countBegin(span, parent);
    const flow = this.#flows.get(flowId) ?? this.#newFlow(flowId);
    flow.spans.push(span);
    this.#hasChanged(flowId);
    for (const known of flow.subjects) this.#subjects.get(known)?.spans.push(span);
    if (subject !== undefined) this.#isAbout(subject, flow, span);
  }

  #countBegin(span: Span, parent: Span | undefined): void {
    const { activity, begunAt } = span;
    const [part, target] = partsOf(span);
    if (activity.kind !== 'delivery') {
      for (const each of partsOf(span)) this.#count(each, begunAt, 'reached');
      return;
    }
    this.#count(`${part}`, begunAt, 'reached');
    this.#count(`${part}→${target}`, begunAt, 'reached');
    // An invocation and an execution have spans of their own.
    if (!/^(function|state machine) /.test(activity.target)) this.#count(activity.target, begunAt, 'reached');
    const [bus] = parent ? partsOf(parent) : [];
    if (bus !== undefined) this.#count(`${bus}→${part}`, begunAt, 'reached');
  }

  #isAbout(id: string, flow: Flow, span: Span): void {
    const known = this.#subjects.get(id) ?? {
      id,
      begunAt: flow.spans[0]?.begunAt ?? span.begunAt,
      spans: [],
      events: [],
    };
    if (!this.#subjects.has(id)) this.#newestFirst = undefined;
    this.#subjects.set(id, known);
    if (!flow.subjects.has(id)) {
      flow.subjects.add(id);
      this.#withoutSubject.delete(span.flowId);
      known.spans.push(...flow.spans);
    }
    const { activity } = span;
    if (activity.kind === 'event' && !known.events.includes(activity.event['detail-type'])) {
      known.events.push(activity.event['detail-type']);
    }
    if (this.#subjects.size > maxSubjects) this.#forgetOldest();
  }

  #newFlow(id: string): Flow {
    const flow: Flow = { spans: [], subjects: new Set() };
    this.#flows.set(id, flow);
    this.#withoutSubject.add(id);
    const [oldest] = this.#withoutSubject;
    if (this.#withoutSubject.size > maxWithoutSubject && oldest !== undefined) {
      for (const span of this.#flows.get(oldest)?.spans ?? []) this.#spans.delete(span.id);
      this.#flows.delete(oldest);
      this.#withoutSubject.delete(oldest);
    }
    return flow;
  }

  #forgetOldest(): void {
    const [oldest] = this.#subjects.values();
    if (!oldest) return;
    this.#subjects.delete(oldest.id);
    this.#texts.delete(oldest.id);
    this.#newestFirst = undefined;
    for (const span of oldest.spans) {
      this.#spans.delete(span.id);
      this.#flows.delete(span.flowId);
    }
  }

  #hasChanged(flowId: string): void {
    for (const id of this.#flows.get(flowId)?.subjects ?? []) this.#texts.delete(id);
  }

  #textOf(subject: Subject): string {
    const known = this.#texts.get(subject.id);
    if (known !== undefined) return known;
    const events = subject.spans.flatMap(({ activity }) =>
      activity.kind === 'event' ? [JSON.stringify(activity.event)] : [],
    );
    const text = [subject.id, stateOf(subject).text, ...events].join('\n').toLowerCase();
    this.#texts.set(subject.id, text);
    return text;
  }

  #count(part: string, at: number, what: 'reached' | 'failed'): void {
    const count = this.counts.get(part) ?? { reached: 0, failed: 0, last: 0 };
    count[what] += 1;
    count.last = at;
    this.counts.set(part, count);
  }
}
