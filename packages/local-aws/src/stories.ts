import { storySteps, type TimedStep } from './story-steps.ts';
import type { BusEvent } from './target.ts';
import type { Trace, TraceEntry } from './trace.ts';

/** What happened to one subject: an order, say. */
export interface Story {
  subject: string;
  /** Whether nothing is in flight for the subject any more. */
  settled: boolean;
  steps: TimedStep[];
}

/** What an event is about, the id of an order, say; undefined for an event that is about nothing. */
export type SubjectOf = (event: BusEvent) => string | undefined;

/** The trace as stories: the flows of each subject, one after the other. */
export class Stories {
  readonly #trace: Trace;
  readonly #subjectOf: SubjectOf;
  readonly #flowsOf = new Map<string, Set<string>>();
  readonly #subjectsOf = new Map<string, Set<string>>();
  readonly #onBegin = new Set<(subject: string, flowId: string) => void>();
  /** Who waits for a subject, and looks at it when something of it has ended. With many in flight, nobody looks at the others. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(trace: Trace, subjectOf: SubjectOf) {
    this.#trace = trace;
    this.#subjectOf = subjectOf;
    for (const entry of trace.entries()) this.#follow(entry);
    trace.subscribe((entry) => {
      this.#follow(entry);
      if (entry.type !== 'begun') this.#look(entry.flowId);
    });
    trace.onForget((flowId) => this.#forget(flowId));
  }

  /** The subjects that are known, the newest last. */
  subjects(): string[] {
    return [...this.#flowsOf.keys()];
  }

  /** The story as it is now, or undefined when nothing is known of the subject. */
  story(subject: string): Story | undefined {
    const flows = this.#flows(subject);
    if (!flows) return undefined;
    return this.#tell(subject, flows);
  }

  /**
   * Waits until nothing is in flight for the subject, and gives its story; as it is by then when the time is up.
   *
   * @param timeoutMs real time, for this is how long somebody is willing to wait
   */
  async settled(subject: string, timeoutMs: number): Promise<Story | undefined> {
    await this.#until(
      subject,
      () => this.#flows(subject)?.every((flowId) => this.#trace.isSettled(flowId)) ?? true,
      timeoutMs,
    );
    return this.story(subject);
  }

  /** As {@link settled}, for one flow of a subject: what its other flows brought about isn't told again. */
  async flowSettled(subject: string, flowId: string, timeoutMs: number): Promise<Story> {
    await this.#until(subject, () => this.#trace.isSettled(flowId), timeoutMs);
    return this.#tell(subject, [flowId]);
  }

  /** Calls the listener for each flow of a subject, as soon as it is known to be about that subject. */
  onBegin(listener: (subject: string, flowId: string) => void): void {
    this.#onBegin.add(listener);
  }

  #tell(subject: string, flows: readonly string[]): Story {
    const entries = flows.flatMap((flowId) => this.#trace.entriesOf(flowId));
    return {
      subject,
      settled: flows.every((flowId) => this.#trace.isSettled(flowId)),
      steps: storySteps(entries.sort((a, b) => a.sequence - b.sequence)),
    };
  }

  async #until(subject: string, isSettled: () => boolean, timeoutMs: number): Promise<void> {
    if (isSettled()) return;
    const waiting = this.#waiting.get(subject) ?? new Set();
    this.#waiting.set(subject, waiting);
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(look);
        if (waiting.size === 0) this.#waiting.delete(subject);
        resolve();
      };
      const look = () => {
        if (isSettled()) done();
      };
      // Whoever waits doesn't keep the process: a system that was closed settles nothing any more.
      const timer = setTimeout(done, timeoutMs).unref();
      waiting.add(look);
    });
  }

  #look(flowId: string): void {
    for (const subject of this.#subjectsOf.get(flowId) ?? [])
      for (const look of this.#waiting.get(subject) ?? []) look();
  }

  #follow(entry: TraceEntry): void {
    if (entry.type !== 'begun' || entry.activity.kind !== 'event') return;
    const subject = this.#subjectOf(entry.activity.event);
    if (subject === undefined) return;
    const flows = this.#flowsOf.get(subject) ?? new Set();
    if (flows.has(entry.flowId)) return;
    this.#flowsOf.set(subject, flows.add(entry.flowId));
    const subjects = this.#subjectsOf.get(entry.flowId) ?? new Set();
    this.#subjectsOf.set(entry.flowId, subjects.add(subject));
    for (const listener of this.#onBegin) listener(subject, entry.flowId);
  }

  #forget(flowId: string): void {
    for (const subject of this.#subjectsOf.get(flowId) ?? []) {
      const flows = this.#flowsOf.get(subject);
      flows?.delete(flowId);
      if (flows?.size === 0) this.#flowsOf.delete(subject);
    }
    this.#subjectsOf.delete(flowId);
  }

  #flows(subject: string): string[] | undefined {
    const flows = this.#flowsOf.get(subject);
    return flows && [...flows];
  }
}
