import type { Definition } from '../definition/definition.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { errorNames } from '../states-error.ts';
import { Failure } from './failure.ts';
import { errorDetails, inputDetails, maxEvents, outputDetails } from './history.ts';
import type { Host } from './host.ts';
import type { Branch, ExecutionIdentity, ExecutionStatus, Progress } from './progress.ts';
import { resetForRedrive } from './redrive.ts';
import { Run } from './run.ts';
import { newBranch } from './run-branches.ts';
import { runMachine } from './run-machine.ts';
import { at, CancelledError } from './waiting.ts';

/** An execution that runs in this process. */
export interface Execution {
  /** How far it has come; changes as it goes on. */
  readonly progress: Progress;
  /** Resolves when it has ended. Rejects only if a callback of the host fails. */
  readonly ended: Promise<Progress>;
  /** Stops it: `StopExecution`. Does nothing if it has ended. */
  stop(error?: string, cause?: string): void;
  /** Lets go of it without ending it, as a kill would: it can be resumed from its stored progress. */
  suspend(): void;
}

/** Starts an execution. */
export function startExecution(
  definition: Definition,
  identity: ExecutionIdentity,
  input: JsonValue,
  host: Host,
): Execution {
  const { arn, name, stateMachineArn, stateMachineName, roleArn } = identity;
  const root = newBranch(definition, input, 0);
  const progress: Progress = {
    arn,
    name,
    stateMachineArn,
    stateMachineName,
    roleArn,
    input,
    startedAt: host.clock.now(),
    status: 'RUNNING',
    redriveCount: 0,
    lastEventId: 0,
    root,
  };
  const run = new Run(host, progress);
  // The first state follows no event: its `previousEventId` is 0 on AWS, too.
  run.emit({ ...root }, 'ExecutionStarted', {
    executionStartedEventDetails: { ...inputDetails(input), roleArn },
  });
  return go(definition, run);
}

/**
 * Goes on with an execution from its stored progress. Calls that were under way are made again; what waits, waits on.
 * One that has ended stays as it is.
 *
 * @param progress what `save` got last; changed as the execution goes on
 */
export function resumeExecution(definition: Definition, progress: Progress, host: Host): Execution {
  if (progress.status !== 'RUNNING') {
    return { progress, ended: Promise.resolve(progress), stop() {}, suspend() {} };
  }
  return go(definition, new Run(host, progress));
}

/** Why an execution can't be redriven. The code is AWS's. */
export class ExecutionNotRedrivableError extends Error {
  override readonly name = 'ExecutionNotRedrivableError';
  readonly code = 'ExecutionNotRedrivable';
}

/** For so long after its end, and so many times, an execution can be redriven. */
const redrivableMs = 14 * 24 * 60 * 60 * 1_000;
const maxRedrives = 1_000;

/** Why an execution can't be redriven now; undefined if it can. */
export function whyNotRedrivable(progress: Progress, now: number): string | undefined {
  const { status, stoppedAt = now, redriveCount, lastEventId } = progress;
  if (status === 'RUNNING') return 'Execution is RUNNING and cannot be redriven';
  if (status === 'SUCCEEDED') return 'Execution is SUCCEEDED and cannot be redriven';
  if (now - stoppedAt > redrivableMs)
    return 'Execution is past the redrivable period of 14 days and cannot be redriven';
  if (redriveCount >= maxRedrives)
    return `Execution was redriven ${maxRedrives} times and cannot be redriven`;
  if (lastEventId >= maxEvents - 1) return 'Execution history event limit exceeded and cannot be redriven';
  return undefined;
}

/**
 * Runs the unsuccessful states of an execution again: `RedriveExecution`. What has succeeded stays done.
 *
 * @param progress changed as the execution goes on
 * @throws {ExecutionNotRedrivableError}
 */
export function redriveExecution(definition: Definition, progress: Progress, host: Host): Execution {
  const reason = whyNotRedrivable(progress, host.clock.now());
  if (reason !== undefined) throw new ExecutionNotRedrivableError(reason);
  resetForRedrive(progress.root, definition);
  progress.status = 'RUNNING';
  progress.redriveCount++;
  progress.redrivenAt = host.clock.now();
  for (const field of ['stoppedAt', 'error', 'cause', 'output'] as const) delete progress[field];
  const run = new Run(host, progress);
  const after: Branch = { ...progress.root, previousEventId: progress.lastEventId };
  run.emit(after, 'ExecutionRedriven', {
    executionRedrivenEventDetails: { redriveCount: progress.redriveCount },
  });
  return go(definition, run);
}

interface End {
  readonly status: ExecutionStatus;
  readonly type: string;
  readonly details: Record<string, JsonObject>;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  readonly output?: JsonValue;
}

function go(definition: Definition, run: Run): Execution {
  const { host, progress } = run;
  const controller = new AbortController();
  let asked: End | undefined;
  let suspended = false;
  const end = (how: End) => {
    asked ??= how;
    controller.abort();
  };
  const { timeoutSeconds } = definition;
  const deadline = (progress.redrivenAt ?? progress.startedAt) + (timeoutSeconds ?? 0) * 1_000;
  const stopTimer = timeoutSeconds === undefined ? () => {} : at(host.clock, deadline, () => end(timedOut));

  const outer = { variables: {}, map: undefined };
  const work = async (): Promise<Progress> => {
    await run.save();
    let how: End;
    try {
      how = succeeded(await runMachine(run, definition, progress.root, outer, controller.signal));
    } catch (error) {
      if (suspended) return progress;
      if (error instanceof Failure) how = failed(error);
      else if (error instanceof CancelledError && asked) how = asked;
      else throw error;
    } finally {
      stopTimer();
    }
    run.emit(progress.root, how.type, how.details);
    const { status, error, cause, output } = how;
    Object.assign(progress, {
      status,
      stoppedAt: host.clock.now(),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
      ...(output !== undefined && { output }),
    });
    await run.save();
    return progress;
  };
  return {
    progress,
    ended: work(),
    stop: (error, cause) => end(aborted(error, cause)),
    suspend() {
      suspended = true;
      controller.abort();
    },
  };
}

const succeeded = (output: JsonValue): End => ({
  status: 'SUCCEEDED',
  type: 'ExecutionSucceeded',
  details: { executionSucceededEventDetails: outputDetails(output) },
  output,
});

const failed = ({ error, cause }: Failure): End => ({
  status: 'FAILED',
  type: 'ExecutionFailed',
  details: { executionFailedEventDetails: errorDetails(error, cause) },
  error,
  cause,
});

const timedOut: End = {
  status: 'TIMED_OUT',
  type: 'ExecutionTimedOut',
  details: { executionTimedOutEventDetails: { error: errorNames.timeout } },
  error: errorNames.timeout,
};

const aborted = (error: string | undefined, cause: string | undefined): End => ({
  status: 'ABORTED',
  type: 'ExecutionAborted',
  details: { executionAbortedEventDetails: errorDetails(error, cause) },
  error,
  cause,
});
