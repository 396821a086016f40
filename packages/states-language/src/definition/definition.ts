import type { DataFlow, Outcome, Scope } from '../data-flow/scope.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { QueryLanguage, StateType } from './fields.ts';
import type { TaskResource } from './task-resource.ts';

/** States that lead from one to the next: a whole definition, a branch, or what a Map does with an item. */
export interface StateMachine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A definition that was read, checked and compiled. */
export interface Definition extends StateMachine {
  readonly timeoutSeconds: number | undefined;
}

interface StateBase {
  readonly type: StateType;
  readonly name: string;
  readonly language: QueryLanguage;
  readonly flow: DataFlow;
  /** The state that follows; undefined for one that ends its machine. */
  readonly next: string | undefined;
}

/** @throws {EvaluationError} */
type Read<T> = (scope: Scope) => Promise<T>;

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly fullJitter: boolean;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  /** The output for the state's raw input and the error. */
  readonly outcome: (scope: Scope, errorOutput: JsonObject) => Promise<Outcome>;
}

export interface ErrorHandling {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface PassState extends StateBase {
  readonly type: 'Pass';
  /** `Result`, which replaces the input. */
  readonly result: JsonValue | undefined;
}

export interface TaskState extends StateBase, ErrorHandling {
  readonly type: 'Task';
  readonly resource: TaskResource;
  readonly timeoutSeconds: Read<number> | undefined;
  readonly heartbeatSeconds: Read<number> | undefined;
}

export interface Choice {
  readonly matches: Read<boolean>;
  readonly next: string;
  readonly outcome: (scope: Scope) => Promise<Outcome>;
}

export interface ChoiceState extends StateBase {
  readonly type: 'Choice';
  readonly choices: readonly Choice[];
  readonly otherwise: string | undefined;
}

export interface WaitState extends StateBase {
  readonly type: 'Wait';
  /** The milliseconds since 1970 until which it waits. */
  readonly until: (scope: Scope, now: number) => Promise<number>;
}

export interface SucceedState extends StateBase {
  readonly type: 'Succeed';
}

export interface FailState extends StateBase {
  readonly type: 'Fail';
  readonly error: Read<string> | undefined;
  readonly cause: Read<string> | undefined;
}

export interface ParallelState extends StateBase, ErrorHandling {
  readonly type: 'Parallel';
  readonly branches: readonly StateMachine[];
}

export interface MapState extends StateBase, ErrorHandling {
  readonly type: 'Map';
  readonly processor: StateMachine;
  /** The field that holds it: `Iterator` is the older name. */
  readonly processorField: 'ItemProcessor' | 'Iterator';
  /** The items, for the effective input. */
  readonly items: Read<JsonValue[]>;
  /** The input of an iteration, if it isn't the item itself. */
  readonly itemSelector: Read<JsonValue> | undefined;
  /** How many iterations run at a time; 0 for all. */
  readonly maxConcurrency: Read<number>;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;
