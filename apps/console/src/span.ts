import type { Activity, BusEvent, Outcome } from '@orders/local-aws';

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

/** The name of a part in counts and ways. A request names no API, so all APIs are one. */
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

/** A part of what a span has to show, with its title. */
export interface Content {
  title: string;
  value: unknown;
}

/**
 * What a span has to show: the event, what was sent and answered, the input and the output, the row.
 *
 * @param spanOf finds another span of its order by its id
 */
export function contentsOf(span: Span, spanOf: (id: number) => Span | undefined): Content[] {
  const { activity, outcome } = span;
  const event = eventOf(span, spanOf);
  switch (activity.kind) {
    case 'request':
      return [
        { title: 'What was sent', value: parsed(activity.sent ?? '') },
        {
          title: `What was answered: ${outcome.status ?? 'nothing yet'}`,
          value: parsed(outcome.answer ?? ''),
        },
      ].filter(({ value }) => value !== '');
    case 'invocation':
      return [
        { title: 'Input', value: parsed(activity.input ?? '') },
        { title: 'Output', value: parsed(outcome.answer ?? '') },
      ].filter(({ value }) => value !== '');
    case 'write':
      return [{ title: `The row, by ${activity.operation}`, value: activity.item }];
    case 'attempt': {
      const whole = spanOf(span.parentId ?? 0);
      return whole ? contentsOf({ ...whole, outcome: {} }, spanOf) : [];
    }
    case 'event':
    case 'delivery': {
      const input = activity.kind === 'delivery' ? activity.input : undefined;
      return [
        ...(event ? [{ title: 'The event', value: event }] : []),
        ...(input === undefined ? [] : [{ title: 'What the target gets of it', value: parsed(input) }]),
      ];
    }
    default:
      return [];
  }
}

/** The event that a span is, or that it delivers. */
function eventOf(span: Span, spanOf: (id: number) => Span | undefined): BusEvent | undefined {
  if (span.activity.kind === 'event') return span.activity.event;
  const parent = spanOf(span.parentId ?? 0);
  return parent && eventOf(parent, spanOf);
}

/** JSON as its value, and any other text as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as people read it. */
export const inText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** The span of an order at a part of the map that says most: one that failed, else one that waits, else the first. */
export function spanAt({ spans }: Pick<Subject, 'spans'>, part: string): Span | undefined {
  const there = spans.filter(
    (span) => partsOf(span).includes(part) || part === `queue ${span.outcome.queue}`,
  );
  return (
    there.find(({ status }) => status === 'failed') ??
    there.find(({ status }) => status === 'waiting') ??
    there[0]
  );
}

/** Where a subject is: what failed, waits or runs, or else its last event. */
export function stateOf({ spans, events }: Subject): { kind: Span['status']; text: string } {
  const steps = spans.filter(({ activity }) => activity.kind !== 'attempt');
  const failed = steps.find((span) => span.status === 'failed' && !isMended(span, spans));
  if (failed) return { kind: 'failed', text: `failed: ${titleOf(failed)}` };
  const waiting = steps.find(({ status }) => status === 'waiting');
  if (waiting) return { kind: 'waiting', text: `waits: ${titleOf(waiting)}` };
  if (steps.some(({ status }) => status === 'running')) return { kind: 'running', text: 'on its way' };
  return { kind: 'succeeded', text: events.at(-1) ?? 'known' };
}

/** Why a span waits: the error of its last attempt; undefined for one that doesn't wait, or hasn't failed yet. */
export function whyItWaits({ id, status }: Span, spans: readonly Span[]): string | undefined {
  if (status !== 'waiting') return undefined;
  return spans.findLast(({ parentId, error }) => parentId === id && error !== undefined)?.error;
}

/** Whether a delivery that failed succeeded later: its dead letter was sent again. */
export function isMended(failed: Span, spans: readonly Span[]): boolean {
  const eventIdOf = ({ parentId }: Span) => {
    const parent = spans.find(({ id }) => id === parentId);
    return parent?.activity.kind === 'event' ? parent.activity.event.id : undefined;
  };
  if (failed.activity.kind !== 'delivery') return false;
  const [title, eventId] = [titleOf(failed), eventIdOf(failed)];
  return spans.some(
    (span) => span.status === 'succeeded' && titleOf(span) === title && eventIdOf(span) === eventId,
  );
}
