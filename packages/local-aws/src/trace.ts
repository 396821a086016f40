import { setImmediate } from 'node:timers/promises';
import { Causes } from './causes.ts';
import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import { jsonLength } from './json.ts';
import type { Activity, Outcome, TraceEntry } from './trace-entry.ts';

export { type Activity, type NearMiss, type Outcome, shownOf, type TraceEntry } from './trace-entry.ts';

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
  switch (activity.kind) {
    case 'request':
      return activity.sent?.length ?? 0;
    case 'invocation':
    case 'delivery':
      return activity.input?.length ?? 0;
    case 'event':
      return jsonLength(activity.event);
    case 'write':
      return jsonLength(activity.item);
    default:
      return 0;
  }
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
  readonly causes = new Causes();
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** The entries of each flow, the oldest flow first. */
  readonly #flows = new Map<string, TraceEntry[]>();
  readonly #open = new Map<number, OpenSpan>();
  /** The open spans that run by themselves: no part of them is open, and they don't wait. */
  readonly #running = new Set<number>();
  /** How many spans of each flow are open; none for a flow that is settled. */
  readonly #openOf = new Map<string, number>();
  /** The open spans of earlier processes that nobody has reopened. They don't run. */
  readonly #restored = new Set<number>();
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
    this.#noteBegin(spanId, flowId, parent?.id);
    this.#look(spanId, parent?.id);
    const causeId = parent ? undefined : this.causes.of(flowId);
    const cause = causeId !== undefined && { causeId };
    this.#append({ flowId, spanId, type: 'begun', activity, parentId: parent?.id, ...cause });
    return this.reopen(spanId);
  }

  /** A span that began earlier, to go on with it. Of one that has ended, nothing is appended any more. */
  reopen(spanId: number): Span {
    if (this.#restored.delete(spanId)) this.#look(spanId);
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

  /**
   * Takes a flow of an earlier process as it was left. What hadn't ended is open again, for whoever reopens it.
   *
   * @param entries the oldest first
   */
  restore(flowId: string, entries: readonly TraceEntry[]): void {
    this.#flows.set(flowId, []);
    for (const entry of entries) {
      if (entry.type === 'begun') {
        this.#noteBegin(entry.spanId, flowId, entry.parentId);
        this.#restored.add(entry.spanId);
      } else if (entry.type !== 'waiting') {
        this.#noteEnd(entry.spanId);
        this.#restored.delete(entry.spanId);
      }
      this.#keep(entry);
    }
  }

  /** Ends what was restored and nobody has reopened, the parts before the wholes. */
  endRestored(error: string): void {
    for (const spanId of [...this.#restored].reverse()) this.reopen(spanId).fail(error);
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

  /**
   * Calls the listener with each flow that isn't kept any more.
   *
   * @returns ends the subscription
   */
  onForget(listener: (flowId: string) => void): () => void {
    this.#forgetListeners.add(listener);
    return () => this.#forgetListeners.delete(listener);
  }

  #close(
    spanId: number,
    end: { type: 'ended'; outcome: Outcome } | { type: 'failed'; error: string; outcome: Outcome },
  ): void {
    const span = this.#noteEnd(spanId);
    if (!span) return;
    this.#look(spanId, span.parentId);
    this.#append({ flowId: span.flowId, spanId, ...end });
  }

  #noteBegin(spanId: number, flowId: string, parentId: number | undefined): void {
    this.#open.set(spanId, { flowId, parentId, openParts: 0, waits: false });
    this.#openOf.set(flowId, (this.#openOf.get(flowId) ?? 0) + 1);
    const whole = this.#open.get(parentId ?? 0);
    if (!whole) return;
    whole.openParts += 1;
    whole.waits = false;
  }

  /** @returns undefined for a span that has ended before */
  #noteEnd(spanId: number): OpenSpan | undefined {
    const span = this.#open.get(spanId);
    if (!span) return undefined;
    this.#open.delete(spanId);
    const whole = this.#open.get(span.parentId ?? 0);
    if (whole) whole.openParts -= 1;
    const left = (this.#openOf.get(span.flowId) ?? 1) - 1;
    if (left > 0) this.#openOf.set(span.flowId, left);
    else this.#openOf.delete(span.flowId);
    return span;
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
    this.#keep(appended);
    for (const listener of this.#listeners) listener(appended);
  }

  #keep(entry: TraceEntry): void {
    const flow = this.#flows.get(entry.flowId);
    flow?.push(entry);
    if (!flow || entry.type !== 'begun') return;
    const length = lengthOf(entry.activity);
    this.#lengths.set(entry.flowId, (this.#lengths.get(entry.flowId) ?? 0) + length);
    this.#length += length;
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
