import type { TaskResource } from '../definition/task-resource.ts';
import type { Chance } from '../intrinsics/intrinsic.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { HistoryEvent } from './history.ts';
import type { ExecutionIdentity, Progress } from './progress.ts';
import type { TaskTokens } from './task-tokens.ts';

/** The source of time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls back after some milliseconds.
   *
   * @returns cancels the call
   */
  after(ms: number, callback: () => void): () => void;
}

/** A call of a Task state. */
export interface TaskCall {
  readonly resource: TaskResource;
  readonly parameters: JsonValue;
  readonly stateName: string;
  readonly execution: ExecutionIdentity;
  /** The token that `SendTaskSuccess` takes, for `.waitForTaskToken`. */
  readonly token: string | undefined;
  /** Says that the job of a `.sync` call was submitted: its response goes into the history. */
  submitted(response: JsonValue): Promise<void>;
  /** Aborted when the answer no longer matters: the task timed out, or the execution was stopped. */
  readonly signal: AbortSignal;
}

/**
 * Calls a service for a Task state.
 *
 * @returns the task's result
 * @throws {StatesError} for what `Retry` and `Catch` may handle. Any other error ends the execution
 */
export type CallTask = (call: TaskCall) => Promise<JsonValue>;

/** What an execution runs on. */
export interface Host extends Chance {
  readonly clock: Clock;
  readonly callTask: CallTask;
  readonly tokens: TaskTokens;
  readonly region: string;
  /** Gets each history event, in order. */
  onEvent(event: HistoryEvent): void;
  /**
   * Gets the progress after each transition. The object changes as the execution goes on: serialize it before
   * returning. The execution goes on when the returned promise is resolved.
   */
  save(progress: Progress): void | Promise<void>;
}

/** Variables and context that a state sees from the machines around its own. */
export interface Outer {
  readonly variables: JsonObject;
  /** `$$.Map`, inside of a Map state. */
  readonly map: JsonObject | undefined;
}
