import type { FindSourceLine } from '@orders/stack-trace';
import type { Clock } from './clock.ts';
import type { Faults } from './faults/faults.ts';
import type { FunctionCrashes } from './faults/function-crashes.ts';
import type { Iam } from './iam.ts';
import type { Ids } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { LocalRoutes } from './local-api.ts';
import type { MetricStore } from './metrics/metric-store.ts';
import type { ServiceOperations } from './operation.ts';
import type { Inspectors } from './services/function/inspectors.ts';
import type { State } from './state/state.ts';
import type { BindTarget } from './target.ts';
import type { Trace } from './trace.ts';

/** What outlives the wiring of a plan. */
export interface Host {
  state: State;
  trace: Trace;
  /** What the services count, as they do it for CloudWatch. */
  metrics: MetricStore;
  clock: Clock;
  ids: Ids;
  faults: Faults;
  /** Where debuggers find the functions; left out when they run without. */
  inspectors?: Inspectors;
  /** Gets a sentence for every failure that no request reports. */
  onFailure: (message: string) => void;
  /** Gets every line that a function writes to its log. */
  onLog: (line: FunctionLogLine) => void;
  /** Finds the lines of source that the stacks of functions are about. */
  findSourceLine: FindSourceLine;
}

/** A line of a function's log. */
export interface FunctionLogLine {
  /** The function's name. */
  function: string;
  message: string;
}

/** What every service gets beside the plan. */
export interface Context extends Host {
  iam: Iam;
  callAws: CallAws;
  crashes: FunctionCrashes;
}

/**
 * Calls an AWS operation inside of this process, in a role.
 *
 * @param target service and operation as `x-amz-target` has them, `AWSEvents.PutEvents`
 * @throws {AwsError} as the operation does
 */
export type CallAws = (
  target: string,
  input: JsonObject,
  caller: { roleArn: string; flowId: string },
) => Promise<JsonObject>;

/** What every service has: `createX(plan, context)` gives it. */
export interface Service {
  /** Binds the service's resources as targets of rules. */
  readonly target?: BindTarget;
  /** What AWS SDKs can call. */
  readonly operations?: ServiceOperations;
  /** What people can ask below `/_local`. */
  readonly routes?: LocalRoutes;
  /** Starts no more work. What is under way goes on, and what comes is kept for another wiring. */
  pause?(): void;
  /** Ends what the service has started. */
  close?(): void | Promise<void>;
}
