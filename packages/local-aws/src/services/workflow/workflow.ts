import {
  type Definition,
  type HistoryEvent,
  type Host,
  type Progress,
  parseDefinition,
  type Execution as Run,
  redriveExecution,
  resumeExecution,
  startExecution,
  type TaskTokens,
} from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { JsonValue } from '../../json.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import { serviceLimits } from '../../service-limits.ts';
import { SizedCollection } from '../../state/sized-collection.ts';
import type { CallResource } from './call-task.ts';
import type { Machine } from './machine.ts';
import { traceStates } from './trace-states.ts';
import { waitingClock } from './waiting-clock.ts';

/** An execution of a state machine. */
export interface Execution {
  readonly flowId: string;
  readonly spanId: number;
  /** JSON, as it was given. */
  readonly input: string;
  /** The definition that it runs by, as on AWS: that of the machine when it began. An earlier version kept none. */
  readonly definition?: string;
  /** How far it has come. Times are milliseconds since 1970. */
  readonly progress: Progress;
  readonly history: readonly HistoryEvent[];
}

/** A state machine with its executions. */
export interface Workflow {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly createdAt: number;
  /** All that run, and those of the last that ended; the newest first. */
  executions(): readonly Execution[];
  /**
   * Starts an execution, for a flow.
   *
   * @param input JSON
   * @param name its name; a new one if left out
   * @throws {AwsError} for an input or a name that Step Functions doesn't take
   */
  start(input: string, flowId: string, name?: string): Execution;
  /** Stops an execution. One that has ended stays as it is. */
  stop(execution: Execution, error?: string, cause?: string): void;
  /**
   * Runs the states of an execution again that didn't succeed.
   *
   * @throws {ExecutionNotRedrivableError}
   */
  redrive(execution: Execution): Execution;
  /** Goes on with the executions that ran before the wiring. */
  resume(): void;
  /** Lets go of what runs. It stays as far as it has come. */
  close(): void;
}

/** The metric that an execution is counted in when it ends. */
const endMetrics = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  ABORTED: 'ExecutionsAborted',
  TIMED_OUT: 'ExecutionsTimedOut',
} as const;

const { executionInputBytes: maxInputBytes } = serviceLimits;
/** How many executions are kept of a machine, and of how much input. The oldest that ended go first. */
const maxExecutions = 1_000;
/** In characters. The history may have the input again, in each of its entries. */
const maxInput = 16 * 1024 * 1024;

/** What the workflows of an account share. */
export interface Account {
  /** Tasks of all executions that wait for an answer. */
  tokens: TaskTokens;
  callResource: CallResource;
}

/** A state machine as a workflow that can be started. */
export function createWorkflow(
  machine: Machine,
  context: Context,
  { tokens, callResource }: Account,
): Workflow {
  const { iam, trace, state, clock, ids, onFailure } = context;
  const count = context.metrics.meter('AWS/States', dimensionsOf('AWS/States', { arn: machine.arn }));
  const executions = new SizedCollection(
    state.collection<Execution>(`executions of ${machine.arn}`),
    ({ input }) => input.length,
  );
  const running = new Map<string, { run: Run; letGo: () => void }>();

  /** Runs an execution, from its beginning or from where it is. */
  const run = (first: Execution, go: (host: Host) => Run): Run => {
    const { name } = first.progress;
    const { flowId } = first;
    const span = trace.reopen(first.spanId);
    const states = traceStates(trace, flowId, span, first.history);
    const waiting = waitingClock(
      clock,
      (until) => states.wait(until),
      `the workflow ${machine.name} goes on`,
    );
    let current = first;
    const host: Host = {
      clock: waiting.clock,
      tokens,
      region: machine.region,
      random: () => ids.random(),
      uuid: () => ids.uuid(),
      callTask: ({ resource, parameters, execution, token }) =>
        waiting.during(
          () =>
            trace.causes.during({ flowId, spanId: span.id }, () =>
              callResource(resource, parameters, {
                executionArn: execution.arn,
                stateMachineArn: machine.arn,
                roleArn: machine.roleArn,
                flowId,
              }),
            ),
          token !== undefined,
        ),
      onEvent(event) {
        current = { ...current, history: [...current.history, event] };
        states.follow(event);
      },
      save(progress) {
        current = { ...current, progress };
        executions.set(name, current);
      },
    };
    const begun = go(host);
    running.set(name, {
      run: begun,
      letGo() {
        begun.suspend();
        states.fail('cut off by the end of what ran it');
      },
    });
    void begun.ended.then(
      ({ status, error, cause }) => {
        if (status === 'RUNNING') return;
        running.delete(name);
        count(endMetrics[status]);
        const { startedAt, redrivenAt = startedAt } = begun.progress;
        count('ExecutionTime', clock.now() - redrivenAt);
        if (status === 'SUCCEEDED') return span.end();
        const problem = [error ?? status, cause].filter((part) => part !== undefined).join(': ');
        states.fail(problem);
        span.fail(problem);
        onFailure(
          `The execution ${first.progress.arn} ${status === 'FAILED' ? 'failed' : status}. ${problem}`,
        );
      },
      (fault: unknown) => {
        running.delete(name);
        span.fail(String(fault));
        onFailure(`The execution ${first.progress.arn} ended by a fault here: ${String(fault)}`);
      },
    );
    return begun;
  };

  const definitionOf = ({ definition }: Execution): Definition =>
    (definition === undefined || definition === machine.definitionText
      ? undefined
      : parseDefinition(definition).definition) ?? machine.definition;

  return {
    name: machine.name,
    arn: machine.arn,
    roleArn: machine.roleArn,
    definition: machine.definitionText,
    createdAt: clock.now(),
    executions: () => [...executions.values()].reverse(),
    start(input, flowId, name = ids.uuid()) {
      iam.authorizeService('states.amazonaws.com', 'sts:AssumeRole', machine.roleArn, machine.arn);
      checkName(name);
      const value = readInput(input);
      const namesake = executions.get(name);
      // As on AWS: a request that is sent again starts no second execution while the first one runs.
      if (namesake?.progress.status === 'RUNNING' && namesake.input === input) return namesake;
      if (namesake) {
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${namesake.progress.arn}'`);
      }
      const identity = {
        arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
        name,
        stateMachineArn: machine.arn,
        stateMachineName: machine.name,
        roleArn: machine.roleArn,
      };
      const span = trace.begin(flowId, {
        kind: 'execution',
        stateMachine: machine.name,
        executionArn: identity.arn,
      });
      // The progress is made as the execution starts; until then there is only who it is.
      const first = {
        flowId,
        spanId: span.id,
        input,
        definition: machine.definitionText,
        history: [],
        progress: identity as Progress,
      };
      const begun = run(first, (host) => startExecution(machine.definition, identity, value, host));
      const started = { ...first, progress: begun.progress };
      executions.set(name, started);
      count('ExecutionsStarted');
      forgetOldest(executions);
      return started;
    },
    stop({ progress }, error, cause) {
      running.get(progress.name)?.run.stop(error, cause);
    },
    redrive(execution) {
      const span = trace.begin(execution.flowId, {
        kind: 'execution',
        stateMachine: machine.name,
        executionArn: execution.progress.arn,
      });
      const again = { ...execution, spanId: span.id };
      run(again, (host) => redriveExecution(definitionOf(execution), execution.progress, host));
      return executions.get(execution.progress.name) ?? again;
    },
    resume() {
      for (const execution of executions.values()) {
        if (execution.progress.status !== 'RUNNING') continue;
        // What came after the last progress is done again.
        const history = execution.history.filter(({ id }) => id <= execution.progress.lastEventId);
        run({ ...execution, history }, (host) =>
          resumeExecution(definitionOf(execution), execution.progress, host),
        );
      }
    },
    close() {
      for (const { letGo } of running.values()) letGo();
    },
  };
}

/** The ARN of the state machine that an execution is of. */
export const machineArnOf = (executionArn: string): string =>
  executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');

function checkName(name: string): void {
  if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return;
  throw new AwsError(
    'InvalidName',
    `Invalid Name: ${JSON.stringify(name)}. Allowed are 1 to 80 characters without white space, control characters ` +
      'and < > { } [ ] ? * " # % \\ ^ | ~ ` $ & , ; : /',
  );
}

function readInput(input: string): JsonValue {
  const bytes = Buffer.byteLength(input);
  if (bytes > maxInputBytes) {
    throw new AwsError(
      'InvalidExecutionInput',
      `The input has ${bytes} bytes; an execution takes ${maxInputBytes}`,
    );
  }
  try {
    return JSON.parse(input) as JsonValue;
  } catch {
    throw new AwsError(
      'InvalidExecutionInput',
      `The input has to be JSON; received ${JSON.stringify(input.slice(0, 60))}`,
    );
  }
}

function forgetOldest(executions: SizedCollection<Execution>): void {
  for (const { progress } of executions.values()) {
    if (executions.size <= maxExecutions && executions.bytes <= maxInput) return;
    if (progress.status !== 'RUNNING') executions.delete(progress.name);
  }
}
