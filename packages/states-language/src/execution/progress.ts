import type { JsonObject, JsonValue } from '../json.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What an execution belongs to. Times are milliseconds since 1970. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
}

/**
 * How far an execution has come: a plain JSON value. Stored after a transition, it can be resumed by another process
 * (tasks that were under way are called again).
 */
export interface Progress extends ExecutionIdentity {
  readonly input: JsonValue;
  readonly startedAt: number;
  status: ExecutionStatus;
  stoppedAt?: number;
  output?: JsonValue;
  error?: string;
  cause?: string;
  redriveCount: number;
  redrivenAt?: number;
  /** The id of the last history event. After a kill, later events are of work that is done again: drop them. */
  lastEventId: number;
  readonly root: Branch;
}

/** The way through one machine: the whole, a branch of a Parallel state, or an iteration of a Map state. */
export interface Branch {
  /** The state that comes next, or that is visited. */
  state: string;
  /** That state's raw input. */
  input: JsonValue;
  /** The variables of this machine; those around it aren't repeated. */
  readonly variables: JsonObject;
  previousEventId: number;
  visit?: Visit;
  /** Set when the machine has come to its end. */
  ended?: { readonly output: JsonValue };
}

/** A state that was entered, and not left yet. */
export interface Visit {
  readonly enteredEventId: number;
  readonly enteredAt: number;
  /** The event before the state was entered. */
  readonly cameFromEventId: number;
  /** The attempts that each retrier has granted. */
  retries: number[];
  /** Until when a Wait state or a retrier waits. */
  wakeAt?: number;
  task?: TaskProgress;
  branches?: Branch[];
  map?: { readonly items: JsonValue[]; readonly iterations: Iteration[] };
}

/** An iteration of a Map state that is done. Its way is forgotten. */
export interface DoneIteration {
  readonly output: JsonValue;
  readonly state?: undefined;
}

/** An iteration of a Map state: not begun, on its way, or done. */
export type Iteration = null | Branch | DoneIteration;

/** A call of a Task state. */
export interface TaskProgress {
  readonly parameters: JsonValue;
  readonly startedAt: number;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly token?: string;
  /** The call was answered, and the token's answer is waited for. */
  submitted?: true;
  lastHeartbeatAt?: number;
  /** What `SendTaskSuccess` or `SendTaskFailure` brought. */
  answer?: TaskAnswer;
}

export type TaskAnswer =
  | { readonly output: JsonValue }
  | { readonly failed: true; readonly error?: string; readonly cause?: string };
