import { setImmediate } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { FaultKind } from './faults/chaos.ts';
import type { Ids } from './ids.ts';
import type { BusEvent } from './target.ts';

/** How much of a request and of its answer the trace keeps, in characters. */
export const maxShown = 4_000;

/** What can begin in a flow. */
export type Activity =
  /** `sent` is its query and its body, cut to {@link maxShown}. */
  | { kind: 'request'; method: string; path: string; sent?: string }
  /** `requestId` is in the log lines of the invocation. */
  | { kind: 'invocation'; function: string; requestId?: string }
  /** `roleArn` is the role of whoever put it on the bus. A developer has none, and neither have EventBridge's own replays. */
  | { kind: 'event'; bus: string; event: BusEvent; roleArn?: string }
  /** One delivery of an event, inside of that event: a rule that matched it, and one of the rule's targets. */
  | { kind: 'delivery'; rule: string; target: string }
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
  /** The body of the answer to a request, cut to {@link maxShown}. */
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

/** One entry of the trace. Entries are appended, and never changed afterwards. */
export type TraceEntry = {
  /** Counts all entries, from 1. */
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
  flowId: string;
  /** What the entry is about: the sequence of the entry that began it. */
  spanId: number;
} & (
  | { type: 'begun'; activity: Activity; parentId: number | undefined }
  /** Nothing runs until then: a retry is scheduled, or a workflow waits. Milliseconds since 1970. */
  | { type: 'waiting'; until: number }
  | { type: 'ended'; outcome: Outcome }
  | { type: 'failed'; error: string; outcome: Outcome }
);

/** What has begun and hasn't ended yet. It ends once: what is said later is ignored. */
export interface Span {
  readonly id: number;
  /** Says that nothing of it runs until then, or until a part of it begins. */
  wait(until: number): void;
  end(outcome?: Outcome): void;
  fail(error: string, outcome?: Outcome): void;
}

export type TraceListener = (entry: TraceEntry) => void;

/** How many flows are kept. The oldest that is settled goes first, so that memory doesn't grow for weeks. */
const maxFlows = 10_000;
/** How long the events and rows that they show may be together, in characters of JSON. */
const maxLength = 128 * 1024 * 1024;

/** How much of the memory an activity takes beside the entry itself, in characters of JSON. */
const lengthOf = (activity: Activity): number => {
  if (activity.kind === 'request') return activity.sent?.length ?? 0;
  if (activity.kind === 'event') return JSON.stringify(activity.event).length;
  return activity.kind === 'write' ? (JSON.stringify(activity.item)?.length ?? 0) : 0;
};

/** A span that hasn't ended. */
interface OpenSpan {
  flowId: string;
  parentId: number | undefined;
  /** How many spans are a part of it and haven't ended either. */
  openParts: number;
  waits: boolean;
}

/**
 * Everything that happens, as entries that are appended. The terminal, tests and the local API are views of it.
 *
 * A flow is everything that one cause brought about: a request, or an event that came from outside. It goes by an
 * X-Ray trace id, which travels as it does on AWS: functions get it in `_X_AMZN_TRACE_ID`, and the AWS SDK sends it
 * along in `x-amzn-trace-id`.
 */
export class Trace {
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** The entries of each flow, the oldest flow first. */
  readonly #flows = new Map<string, TraceEntry[]>();
  readonly #open = new Map<number, OpenSpan>();
  /** The open spans that run by themselves: no part of them is open, and they don't wait. */
  readonly #running = new Set<number>();
  /** How many spans of each flow are open; none for a flow that is settled. */
  readonly #openOf = new Map<string, number>();
  readonly #listeners = new Set<TraceListener>();
  readonly #forgetListeners = new Set<(flowId: string) => void>();
  /** How long the events and rows of each flow are, and of all. */
  readonly #lengths = new Map<string, number>();
  #length = 0;
  #sequence: number;

  /**
   * @param lastSequence the sequence that is taken. A state on disk names spans of earlier processes: theirs must not be
   * those of this one
   */
  constructor(clock: Clock, ids: Ids, lastSequence = 0) {
    this.#clock = clock;
    this.#ids = ids;
    this.#sequence = lastSequence;
  }

  /** A new flow's trace id, in X-Ray's form. */
  newFlow(): string {
    const id = `1-${Math.floor(this.#clock.now() / 1000).toString(16)}-${this.#ids.hex(12)}`;
    this.#flows.set(id, []);
    while (this.#flows.size > maxFlows || this.#length > maxLength) if (!this.#forgetOldest(id)) break;
    return id;
  }

  /** The flow that a trace header names, `Root=1-…;Sampled=1`; undefined for one that isn't known here. */
  flowOf(traceHeader: string | undefined): string | undefined {
    const id = /(?:^|;)\s*Root=([^;]+)/.exec(traceHeader ?? '')?.[1];
    return id !== undefined && this.#flows.has(id) ? id : undefined;
  }

  /**
   * Begins a span. Until it ends, its flow isn't settled.
   *
   * @param parent the span that it is a part of: an event, or an execution
   */
  begin(flowId: string, activity: Activity, parent?: Span): Span {
    const spanId = this.#sequence + 1;
    this.#open.set(spanId, { flowId, parentId: parent?.id, openParts: 0, waits: false });
    this.#openOf.set(flowId, (this.#openOf.get(flowId) ?? 0) + 1);
    const whole = this.#open.get(parent?.id ?? 0);
    if (whole) {
      whole.openParts += 1;
      whole.waits = false;
    }
    this.#look(spanId, parent?.id);
    this.#append({ flowId, spanId, type: 'begun', activity, parentId: parent?.id });
    return this.reopen(spanId);
  }

  /** A span that began earlier, to go on with it. Of one that has ended, nothing is appended any more. */
  reopen(spanId: number): Span {
    return {
      id: spanId,
      wait: (until) => {
        const span = this.#open.get(spanId);
        if (!span) return;
        span.waits = true;
        this.#look(spanId);
        this.#append({ flowId: span.flowId, spanId, type: 'waiting', until });
      },
      end: (outcome = {}) => this.#close(spanId, { type: 'ended', outcome }),
      fail: (error, outcome = {}) => this.#close(spanId, { type: 'failed', error, outcome }),
    };
  }

  /** Appends something that ends as it begins. */
  record(flowId: string, activity: Activity): void {
    this.begin(flowId, activity).end();
  }

  /** The entries of a flow, the oldest first; none for a flow that isn't known, or not any more. */
  entriesOf(flowId: string): readonly TraceEntry[] {
    return this.#flows.get(flowId) ?? [];
  }

  /** The entries of all flows that are kept, flow by flow. */
  *entries(): Iterable<TraceEntry> {
    for (const entries of this.#flows.values()) yield* entries;
  }

  /** Whether nothing of the flow has begun without ending: nothing runs, and nothing is scheduled. */
  isSettled(flowId: string): boolean {
    return !this.#openOf.has(flowId);
  }

  /** The flows that aren't settled, and how many spans of each are open. */
  unsettled(): ReadonlyMap<string, number> {
    return this.#openOf;
  }

  /** Waits until nothing runs: whatever is open waits for a time to come. */
  async idle(): Promise<void> {
    // What a timer has just called goes on in promises, before it is seen here.
    await setImmediate();
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const unsubscribe = this.subscribe(() => {
        if (this.#running.size > 0) return;
        unsubscribe();
        resolve();
      });
    });
  }

  /**
   * Calls the listener with each entry from now on, right after it was appended.
   *
   * @returns ends the subscription
   */
  subscribe(listener: TraceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener with each flow that isn't kept any more. */
  onForget(listener: (flowId: string) => void): void {
    this.#forgetListeners.add(listener);
  }

  #close(
    spanId: number,
    end: { type: 'ended'; outcome: Outcome } | { type: 'failed'; error: string; outcome: Outcome },
  ): void {
    const span = this.#open.get(spanId);
    if (!span) return;
    const { flowId, parentId } = span;
    this.#open.delete(spanId);
    const whole = this.#open.get(parentId ?? 0);
    if (whole) whole.openParts -= 1;
    this.#look(spanId, parentId);
    const left = (this.#openOf.get(flowId) ?? 1) - 1;
    if (left > 0) this.#openOf.set(flowId, left);
    else this.#openOf.delete(flowId);
    this.#append({ flowId, spanId, ...end });
  }

  /** Notes whether spans run by themselves, after they changed. */
  #look(...spanIds: (number | undefined)[]): void {
    for (const spanId of spanIds) {
      if (spanId === undefined) continue;
      const span = this.#open.get(spanId);
      if (span && span.openParts === 0 && !span.waits) this.#running.add(spanId);
      else this.#running.delete(spanId);
    }
  }

  #append(entry: DistributiveOmit<TraceEntry, 'sequence' | 'at'>): void {
    this.#sequence += 1;
    const appended: TraceEntry = { sequence: this.#sequence, at: this.#clock.now(), ...entry };
    const flow = this.#flows.get(entry.flowId);
    flow?.push(appended);
    if (flow && entry.type === 'begun') {
      const length = lengthOf(entry.activity);
      this.#lengths.set(entry.flowId, (this.#lengths.get(entry.flowId) ?? 0) + length);
      this.#length += length;
    }
    for (const listener of this.#listeners) listener(appended);
  }

  /** @returns false when there is none that is settled */
  #forgetOldest(newest: string): boolean {
    for (const id of this.#flows.keys()) {
      if (!this.isSettled(id) || id === newest) continue;
      this.#flows.delete(id);
      this.#length -= this.#lengths.get(id) ?? 0;
      this.#lengths.delete(id);
      for (const listener of this.#forgetListeners) listener(id);
      return true;
    }
    return false;
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
