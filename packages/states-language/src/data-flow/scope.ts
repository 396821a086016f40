import type { Chance } from '../intrinsics/intrinsic.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** What an expression may read. */
export interface Scope {
  /** `$` of a JSONPath, `$states.input` of JSONata. */
  readonly input: JsonValue;
  /** The context object: `$$`, `$states.context`. */
  readonly context: JsonObject;
  readonly variables: JsonObject;
  readonly chance: Chance;
  /** `$states.result`. */
  readonly result?: JsonValue;
  /** `$states.errorOutput`. */
  readonly errorOutput?: JsonValue;
  /** Gets what each step makes of the data. */
  readonly inspect?: ((step: InspectionStep, value: JsonValue) => void) | undefined;
}

/** What `TestState` shows of the way of the data, by AWS's names. */
export type InspectionStep =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'afterItemsPath'
  | 'afterItemSelector'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'maxConcurrency';

/** @throws {EvaluationError} for what can't be evaluated */
export type Evaluate = (scope: Scope) => JsonValue | Promise<JsonValue>;

/** The variables that a state sets. */
export type Assign = (scope: Scope) => JsonObject | Promise<JsonObject>;

/** The output of a state, and the variables that it sets. */
export interface Outcome {
  readonly output: JsonValue;
  readonly assigned: JsonObject | undefined;
}

/** The way of the data through a state, in either query language. Each scope has the state's raw input. */
export interface DataFlow {
  /** What the state works on: `InputPath`. */
  input(scope: Scope): JsonValue | Promise<JsonValue>;
  /**
   * What the state calls or passes on: `Parameters`, `Arguments`. The input, if there are none.
   *
   * @param scope has the effective input
   */
  arguments(scope: Scope): JsonValue | Promise<JsonValue>;
  /** What the state ends with: `ResultSelector`, `ResultPath`, `OutputPath`, `Output`, `Assign`. */
  outcome(scope: Scope, result: JsonValue): Promise<Outcome>;
}
