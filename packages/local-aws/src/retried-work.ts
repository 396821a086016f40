import { setImmediate } from 'node:timers/promises';
import type { Context } from './context.ts';
import { failureOf } from './failure-of.ts';
import { LostAnswerError } from './faults/lost-answer-error.ts';
import { jsonLength } from './json.ts';
import {
  type ExhaustedRetryCondition,
  exponentialBackoff,
  type NextAttempt,
  nextAttempt,
  type RetryPolicy,
} from './retry.ts';
import { SizedCollection } from './state/sized-collection.ts';
import type { Collection } from './state/state.ts';
import type { Activity, Outcome, Span } from './trace.ts';

/** Work that is done at least once: it is kept until it has succeeded, or was given up. */
export interface WorkItem<Data> {
  readonly id: string;
  readonly flowId: string;
  /** The span that lasts as long as the item does. */
  readonly spanId: number;
  readonly data: Data;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** How many attempts have failed. */
  readonly failures: number;
  /** How many attempts found no room. They don't count as failures. */
  readonly throttles?: number;
  /** When the next attempt is due, in milliseconds since 1970. */
  readonly dueAt: number;
}

/** Why an item was given up. */
export interface GivenUp {
  error: unknown;
  /** How many attempts there were. */
  attempts: number;
  /** Left out for an error that isn't retried. */
  exhausted?: ExhaustedRetryCondition;
}

export interface WorkOptions<Data> {
  /** What has been begun and isn't done: it outlives the wiring, and a process that is killed. */
  items: Collection<WorkItem<Data>>;
  /** From how many bytes on no more may be begun; 256 MB if left out. */
  maxBytes?: number;
  /** What an item is in the trace. */
  activity(data: Data): Activity;
  /** What an item is in a list of what will happen, for people. */
  describe(data: Data): string;
  /** What an item does, in words that are the same in each run: faults are decided by it. */
  place(data: Data): string;
  policy(data: Data): RetryPolicy;
  /** Does the work, and gives what came of it; or throws. */
  attempt(item: WorkItem<Data>): Promise<Outcome>;
  /** Gets each attempt when it is over. */
  attempted?(item: WorkItem<Data>, hasFailed: boolean): void;
  /**
   * Whether an attempt that threw this is tried again, and how long after it at the earliest. One that found no room is tried
   * again, however often, until the work is too old.
   */
  retryOf(error: unknown): { retry: boolean; notBeforeMs?: number; isThrottle?: boolean };
  /** Leaves what was given up to somebody else. */
  giveUp(item: WorkItem<Data>, why: GivenUp): { outcome: Outcome; error: string };
}

export interface RetriedWork<Data> {
  /** Why no more may be begun, a sentence; undefined as long as there is room. What was begun by then is done. */
  readonly full: string | undefined;
  /**
   * Begins an item: keeps it, and makes the first attempt.
   *
   * @param parent the span that it is a part of
   */
  begin(data: Data, flowId: string, parent?: Span): void;
  /** Goes on with the items that were there before. */
  resume(): void;
  /** Starts no more attempts, and lets those that are under way end. What comes meanwhile is kept for another wiring. */
  pause(): void;
  /** Makes no more attempts. What isn't done stays kept. */
  close(): void;
}

/** How late the fault `reorder` makes an item. */
const longestDelayMs = 5_000;

/** How much work of one kind may be under way or wait for another attempt, in bytes of JSON. AWS has no such limit. */
const defaultMaxBytes = 256 * 2 ** 20;

/** Lambda's pauses before it tries again what found no room, from 1 s to 5 min (Lambda developer guide, "Asynchronous invocation"). */
const untilThereIsRoom: Pick<RetryPolicy, 'maxRetries' | 'delayMs'> = {
  maxRetries: Number.POSITIVE_INFINITY,
  delayMs: exponentialBackoff(1_000, 300_000),
};

/** Does work at least once, with retries. */
export function createRetriedWork<Data>(
  { clock, ids, trace, faults }: Pick<Context, 'clock' | 'ids' | 'trace' | 'faults'>,
  options: WorkOptions<Data>,
): RetriedWork<Data> {
  const { maxBytes = defaultMaxBytes } = options;
  const items = new SizedCollection(options.items, bytesOf);
  const scheduled = new Set<() => void>();
  let paused = false;
  let closed = false;

  const schedule = (item: WorkItem<Data>, span: Span) => {
    if (paused) return span.wait(item.dueAt);
    const cancel = clock.after(
      Math.max(0, item.dueAt - clock.now()),
      () => {
        scheduled.delete(cancel);
        void attempt(item, span);
      },
      `attempt ${item.failures + 1}: ${options.describe(item.data)}`,
    );
    scheduled.add(cancel);
    span.wait(item.dueAt);
  };

  const attempt = async (item: WorkItem<Data>, span: Span) => {
    const part = trace.begin(item.flowId, { kind: 'attempt', number: item.failures + 1 }, span);
    // Everything else has its turn first: work that begins work would never leave any.
    await setImmediate();
    if (closed) return part.fail('cut off by the end of what ran it');
    const cause = { flowId: item.flowId, spanId: part.id };
    let outcome: Outcome = {};
    const error = await trace.causes
      .during(cause, () => options.attempt(item))
      .then((came) => {
        outcome = came;
        const place = options.place(item.data);
        if (faults.inject('drop-response', item.flowId, place) !== undefined)
          throw new LostAnswerError(place);
      })
      .then(
        () => undefined,
        (thrown: unknown) => ({ thrown }),
      );
    if (closed) return part.fail('cut off by the end of what ran it');
    options.attempted?.(item, error !== undefined);
    if (error) {
      const { error: told, outcome: failed } = failureOf(error.thrown);
      part.fail(told, failed);
      return fail(item, error.thrown, span);
    }
    items.delete(item.id);
    part.end();
    span.end(outcome);
  };

  const fail = (item: WorkItem<Data>, error: unknown, span: Span) => {
    const now = clock.now();
    const { retry, notBeforeMs = 0, isThrottle = false } = options.retryOf(error);
    const policy = options.policy(item.data);
    const { failures, throttles = 0 } = item;
    const next: NextAttempt | undefined = retry
      ? nextAttempt(isThrottle ? { ...policy, ...untilThereIsRoom } : policy, {
          retries: isThrottle ? throttles : failures,
          ageMs: now - item.since,
          random: ids.random(),
          notBeforeMs,
        })
      : undefined;
    if (next && 'delayMs' in next) {
      const counted = isThrottle ? { throttles: throttles + 1 } : { failures: failures + 1 };
      const again = { ...item, ...counted, dueAt: now + next.delayMs };
      items.set(item.id, again);
      schedule(again, span);
      return;
    }
    const why = { error, attempts: failures + 1, ...next };
    const { outcome, error: told } = options.giveUp(item, why);
    items.delete(item.id);
    span.fail(told, outcome);
  };

  const begin = (data: Data, flowId: string, parent: Span | undefined) => {
    const now = clock.now();
    const late = faults.inject('reorder', flowId, options.place(data));
    const span = trace.begin(flowId, options.activity(data), parent);
    const dueAt = now + (late ?? 0) * longestDelayMs;
    const item = { id: ids.uuid(), flowId, spanId: span.id, data, since: now, failures: 0, dueAt };
    items.set(item.id, item);
    if (late === undefined && !paused) void attempt(item, span);
    else schedule(item, span);
  };

  const pause = () => {
    paused = true;
    for (const cancel of scheduled) cancel();
    scheduled.clear();
  };

  return {
    get full() {
      if (items.bytes < maxBytes) return undefined;
      return (
        `The local run has ${items.size} pieces of work that are under way or wait for another attempt, of ` +
        `${items.bytes} bytes, and takes no more above ${maxBytes}. Mend what fails, or move the time ahead: POST /_local/clock`
      );
    },
    begin(data, flowId, parent) {
      begin(data, flowId, parent);
      if (faults.inject('duplicate', flowId, options.place(data)) !== undefined) begin(data, flowId, parent);
    },
    resume() {
      for (const item of items.values()) schedule(item, trace.reopen(item.spanId));
    },
    pause,
    close() {
      pause();
      closed = true;
    },
  };
}

const sizes = new WeakMap<object, number>();

/** The bytes of an item's data. They are the same at each attempt, and counted once. */
function bytesOf({ data }: WorkItem<unknown>): number {
  if (typeof data !== 'object' || data === null) return String(data).length;
  const size = sizes.get(data) ?? jsonLength(data);
  sizes.set(data, size);
  return size;
}
