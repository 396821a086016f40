import type { FaultKind } from './faults/chaos.ts';
import type { Activity, NearMiss, Outcome, TraceEntry } from './trace.ts';

/** One delivery of an event: a rule that matched it, and what became of it at the rule's target. */
export interface Delivery {
  rule: string;
  /** What kind of target, and its name: `function orders-persister`. */
  target: string;
  status: 'in flight' | 'delivered' | 'failed';
  /** Why it failed, or why its last attempt did. */
  error?: string;
  /** How many attempts began, when there is more than one. */
  attempts?: number;
  /** When it is tried again: milliseconds from the first step of the story. */
  nextAttemptAtMs?: number;
  /** The queue that got the event because the target didn't. */
  deadLetterQueue?: string;
}

/** A state that a workflow's execution went through. One that is retried is there again. */
export interface StateStep {
  name: string;
  status: 'entered' | 'succeeded' | 'failed';
  error?: string;
}

type RunStatus = 'running' | 'succeeded' | 'failed';

/** Something that happened in a story, in the order of beginnings. */
export type Step =
  | {
      kind: 'request';
      method: string;
      path: string;
      /** The query, `?a=1`, and the body, each in a line, cut. */
      sent?: string;
      status?: number;
      /** The body of an answer that refuses it, cut. */
      refusal?: string;
    }
  | {
      kind: 'invocation';
      function: string;
      status: RunStatus;
      /** Why it failed, or why its last attempt did. */
      error?: string;
      /** How many attempts began, when there is more than one. */
      attempts?: number;
      /** When it is tried again: milliseconds from the first step of the story. */
      nextAttemptAtMs?: number;
      /** The stack of that error, its lines those of the source, as far as they are known. */
      stack?: readonly string[];
      /** The queue that got the event because the function failed for it. */
      failureQueue?: string;
    }
  | {
      kind: 'event';
      id: string;
      detailType: string;
      source: string;
      bus: string;
      deliveries: Delivery[];
      /** The rules that nearly matched, where that may be a surprise. */
      nearMisses?: readonly NearMiss[];
    }
  | { kind: 'execution'; stateMachine: string; status: RunStatus; states: StateStep[]; error?: string }
  | { kind: 'write'; table: string; operation: string; item: unknown }
  | { kind: 'left work'; function: string; left: readonly string[]; isFrozen: boolean }
  | { kind: 'fault'; fault: FaultKind; place: string };

/** A step, and when it began: milliseconds from the first step of its story. */
export type TimedStep = Step & { atMs: number };

/** Tells a trace's entries as steps. */
export function storySteps(entries: readonly TraceEntry[]): TimedStep[] {
  const start = entries[0]?.at ?? 0;
  const spans = readSpans(entries);
  const steps: TimedStep[] = [];
  for (const span of spans.values()) {
    const step = toStep(span, start);
    if (step) steps.push({ ...step, atMs: span.begunAt - start });
  }
  return steps;
}

/** All that the entries say of one span. */
interface SpanRecord {
  activity: Activity;
  begunAt: number;
  parts: SpanRecord[];
  /** When it goes on, while it waits. */
  waitsUntil: number | undefined;
  status: RunStatus;
  error: string | undefined;
  outcome: Outcome;
}

function readSpans(entries: readonly TraceEntry[]): Map<number, SpanRecord> {
  const spans = new Map<number, SpanRecord>();
  for (const entry of entries) {
    const span = spans.get(entry.spanId);
    if (entry.type === 'begun') {
      const { activity, at, parentId } = entry;
      const begun: SpanRecord = {
        activity,
        begunAt: at,
        parts: [],
        waitsUntil: undefined,
        status: 'running',
        error: undefined,
        outcome: {},
      };
      spans.set(entry.spanId, begun);
      const whole = spans.get(parentId ?? 0);
      whole?.parts.push(begun);
      if (whole) whole.waitsUntil = undefined;
    } else if (span && entry.type === 'waiting') {
      span.waitsUntil = entry.until;
    } else if (span && entry.type !== 'waiting') {
      span.status = entry.type === 'ended' ? 'succeeded' : 'failed';
      span.error = entry.type === 'failed' ? entry.error : undefined;
      span.outcome = entry.outcome;
      span.waitsUntil = undefined;
    }
  }
  return spans;
}

/** @returns undefined for a span that is a part of another step */
function toStep(span: SpanRecord, start: number): Step | undefined {
  const { activity, status, outcome, parts } = span;
  switch (activity.kind) {
    case 'request':
      return {
        kind: 'request',
        method: activity.method,
        path: activity.path,
        ...(activity.sent !== undefined && { sent: activity.sent }),
        ...(outcome.status !== undefined && outcome.status >= 400 && { refusal: outcome.answer ?? '' }),
        ...(outcome.status !== undefined && { status: outcome.status }),
      };
    case 'invocation':
      return {
        kind: 'invocation',
        function: activity.function,
        status,
        ...attemptsOf(span, start),
        ...stackOf(span),
        ...(outcome.queue !== undefined && { failureQueue: outcome.queue }),
      };
    case 'execution':
      return {
        kind: 'execution',
        stateMachine: activity.stateMachine,
        status,
        ...(span.error !== undefined && { error: span.error }),
        states: parts.flatMap(toState),
      };
    case 'write': {
      const { roleArn: _, ...write } = activity;
      return write;
    }
    case 'left work':
    case 'fault':
      return activity;
    case 'event': {
      const { bus, event } = activity;
      const { id, source, 'detail-type': detailType } = event;
      const deliveries = parts.flatMap((part) => toDelivery(part, start));
      const { nearMisses } = outcome;
      return {
        kind: 'event',
        id,
        detailType,
        source,
        bus,
        deliveries,
        ...(nearMisses && { nearMisses }),
      };
    }
    case 'delivery':
    case 'state':
    case 'attempt':
      return undefined;
  }
}

const deliveryStatus = { running: 'in flight', succeeded: 'delivered', failed: 'failed' } as const;

function toDelivery(span: SpanRecord, start: number): Delivery[] {
  const { activity, status, outcome } = span;
  if (activity.kind !== 'delivery') return [];
  const { rule, target } = activity;
  return [
    {
      rule,
      target,
      status: deliveryStatus[status],
      ...attemptsOf(span, start),
      ...(outcome.queue !== undefined && { deadLetterQueue: outcome.queue }),
    },
  ];
}

function toState({ activity, status, error }: SpanRecord): StateStep[] {
  if (activity.kind !== 'state') return [];
  const stateStatus = status === 'running' ? 'entered' : status;
  return [{ name: activity.name, status: stateStatus, ...(error !== undefined && { error }) }];
}

/** The stack of the error that {@link attemptsOf} gives. */
function stackOf({ parts, status, outcome }: SpanRecord): { stack?: readonly string[] } {
  const stack =
    status === 'running' ? parts.findLast(({ status }) => status === 'failed')?.outcome.stack : outcome.stack;
  return stack ? { stack } : {};
}

/** What became of the attempts. A single attempt that succeeded isn't mentioned. */
function attemptsOf({ parts, status, error, waitsUntil }: SpanRecord, start: number) {
  const attempts = parts.filter(({ activity }) => activity.kind === 'attempt');
  const why =
    error ?? (status === 'running' ? attempts.findLast((attempt) => attempt.error)?.error : undefined);
  return {
    ...(why !== undefined && { error: why }),
    ...(attempts.length > 1 && { attempts: attempts.length }),
    ...(waitsUntil !== undefined && { nextAttemptAtMs: waitsUntil - start }),
  };
}
