import type { FaultKind } from './faults/chaos.ts';
import type { BusEvent } from './target.ts';

/** How much of what was sent or answered the trace keeps, in characters. */
const maxShown = 4_000;

/** A text, or a value as JSON, cut to what the trace keeps of it. */
export const shownOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, maxShown);

/** What can begin in a flow. */
export type Activity =
  /** `route` is the path with the names of its parts. `sent` is its query and its body, by {@link shownOf}. */
  | { kind: 'request'; method: string; path: string; route?: string; sent?: string }
  /** `requestId` is in the log lines of the invocation. `input` is its payload, by {@link shownOf}. */
  | { kind: 'invocation'; function: string; requestId?: string; input?: string }
  /** `roleArn` is the role of whoever put it on the bus. A developer has none, and neither have EventBridge's own replays. */
  | { kind: 'event'; bus: string; event: BusEvent; roleArn?: string }
  /**
   * One delivery of an event, inside of that event: a rule that matched it, and one of the rule's targets. `input` is what
   * the target gets in the place of the event, by {@link shownOf}.
   */
  | { kind: 'delivery'; rule: string; target: string; input?: string }
  /** One attempt of a delivery or of an asynchronous invocation, inside of it; 1 is the first. */
  | { kind: 'attempt'; number: number }
  | { kind: 'execution'; stateMachine: string; executionArn?: string }
  /** A state of a workflow, inside of its execution. */
  | { kind: 'state'; name: string }
  | { kind: 'write'; table: string; operation: string; item: unknown; roleArn?: string }
  /** What a function left behind its answer, for people: `a timer`. It stands still if it is frozen. */
  | { kind: 'left work'; function: string; left: readonly string[]; isFrozen: boolean }
  /** A fault that was injected, and what it happened to. */
  | { kind: 'fault'; fault: FaultKind; place: string };

/** What is known only when it ends. */
export interface Outcome {
  /** The status of the answer to a request. */
  status?: number;
  /** The body of the answer to a request, or what a function gave, by {@link shownOf}. */
  answer?: string;
  /** The queue that got what failed. */
  queue?: string;
  /** The rules that nearly matched an event. */
  nearMisses?: readonly NearMiss[];
  /** The stack of a function's error, its lines those of the source, as far as they are known. */
  stack?: readonly string[];
}

/** A rule that nearly matched an event. */
export interface NearMiss {
  rule: string;
  /** Why it didn't, without the full stop: `` `detail.location` is "ap-south"; the rule wants … `` */
  sentence: string;
}

/**
 * One entry of the trace. Entries are appended, and never changed afterwards.
 *
 * `parentId` is the span that this one is a part of. A span that isn't a part may be done for another one, `causeId`.
 */
export type TraceEntry = {
  /** Counts all entries, from 1. */
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
  flowId: string;
  /** What the entry is about: the sequence of the entry that began it. */
  spanId: number;
} & (
  | { type: 'begun'; activity: Activity; parentId: number | undefined; causeId?: number }
  /** Nothing runs until then: a retry is scheduled, or a workflow waits. Milliseconds since 1970. */
  | { type: 'waiting'; until: number }
  | { type: 'ended'; outcome: Outcome }
  | { type: 'failed'; error: string; outcome: Outcome }
);
