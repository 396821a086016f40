import type { StateMachine } from 'aws-local-stepfunctions';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import { isObject, type JsonValue } from '../../json.ts';
import type { Collection } from '../../state/state.ts';
import type { Span } from '../../trace.ts';
import type { Machine } from './machine.ts';

/** An execution of a state machine. Times are milliseconds since 1970; input and output are JSON. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly stoppedAt?: number;
  readonly output?: string;
  /** The error's name, and what it says. */
  readonly error?: string;
  readonly cause?: string;
}

/** A state machine with its executions. */
export interface Workflow {
  readonly name: string;
  readonly arn: string;
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
}

/** The largest input of an execution (Step Functions quotas). */
const maxInputBytes = 256 * 1024;
/** How many executions are kept of a machine; the oldest that ended go first. */
const maxExecutions = 1_000;

/**
 * A state machine as a workflow that can be started.
 *
 * @param running how to stop each execution that runs
 */
export function createWorkflow(
  machine: Machine,
  running: Set<() => void>,
  { iam, trace, state, clock, ids, onFailure }: Context,
): Workflow {
  const executions = state.collection<Execution>(`executions of ${machine.arn}`);

  const run = async (execution: Execution, flowId: string, span: Span) => {
    const caller = {
      executionArn: execution.arn,
      stateMachineArn: machine.arn,
      roleArn: machine.roleArn,
      flowId,
    };
    const handlers = [...machine.tasks].map(([name, integration]) => [
      name,
      (parameters: JsonValue) => integration(isObject(parameters) ? parameters : {}, caller),
    ]);
    const { result, eventLogs, abort } = machine.machine.run(JSON.parse(execution.input), {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    running.add(abort);
    const following = follow(eventLogs, (name) => trace.begin(flowId, { kind: 'state', name }, span));
    const ended = await result.then(
      (output): Partial<Execution> => ({ status: 'SUCCEEDED', output: JSON.stringify(output) }),
      (error): Partial<Execution> => {
        const { name, message } = stateError(error);
        return { status: 'FAILED', error: name, cause: message };
      },
    );
    running.delete(abort);
    executions.set(execution.name, { ...execution, ...ended, stoppedAt: clock.now() });
    await following;
    if (ended.status === 'SUCCEEDED') return span.end();
    const problem = `${ended.error}: ${ended.cause}`;
    span.fail(problem);
    onFailure(`The execution ${execution.arn} failed. ${problem}`);
  };

  return {
    name: machine.name,
    arn: machine.arn,
    createdAt: clock.now(),
    executions: () => [...executions.values()].reverse(),
    start(input, flowId, name = ids.uuid()) {
      iam.authorizeService('states.amazonaws.com', 'sts:AssumeRole', machine.roleArn, machine.arn);
      checkName(name);
      checkInput(input);
      const namesake = executions.get(name);
      // As on AWS: a request that is sent again starts no second execution while the first one runs.
      if (namesake?.status === 'RUNNING' && namesake.input === input) return namesake;
      if (namesake) {
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${namesake.arn}'`);
      }
      const execution: Execution = {
        arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
        name,
        input,
        startedAt: clock.now(),
        status: 'RUNNING',
      };
      executions.set(name, execution);
      forgetOldest(executions);
      void run(execution, flowId, trace.begin(flowId, { kind: 'execution', stateMachine: machine.name }));
      return execution;
    },
  };
}

/** The error of the state that failed, which the interpreter wraps in one of its own. */
function stateError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? error.cause : error;
}

function checkName(name: string): void {
  if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return;
  throw new AwsError(
    'InvalidName',
    `Invalid Name: ${JSON.stringify(name)}. Allowed are 1 to 80 characters without white space, control characters ` +
      'and < > { } [ ] ? * " # % \\ ^ | ~ ` $ & , ; : /',
  );
}

function checkInput(input: string): void {
  const bytes = Buffer.byteLength(input);
  if (bytes > maxInputBytes) {
    throw new AwsError(
      'InvalidExecutionInput',
      `The input has ${bytes} bytes; an execution takes ${maxInputBytes}`,
    );
  }
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError(
      'InvalidExecutionInput',
      `The input has to be JSON; received ${JSON.stringify(input.slice(0, 60))}`,
    );
  }
}

function forgetOldest(executions: Collection<Execution>): void {
  if (executions.size <= maxExecutions) return;
  for (const { name, status } of executions.values()) {
    if (status === 'RUNNING') continue;
    executions.delete(name);
    return;
  }
}

type EventLogs = ReturnType<StateMachine['run']>['eventLogs'];

/** Traces the states of an execution, from its log. A state that is retried begins again. */
async function follow(eventLogs: EventLogs, begin: (state: string) => Span): Promise<void> {
  const open: { name: string; span: Span }[] = [];
  const close = (name: string) => {
    const index = open.findLastIndex((state) => state.name === name);
    return open.splice(index, index < 0 ? 0 : 1)[0]?.span;
  };
  for await (const event of eventLogs) {
    if (event.type === 'StateEntered' || event.type === 'StateRetried') {
      open.push({ name: event.state.name, span: begin(event.state.name) });
    }
    if (event.type === 'StateExited') close(event.state.name)?.end();
    if (event.type === 'StateFailed') close(event.state.name)?.fail(`${event.Error}: ${String(event.Cause)}`);
  }
  // An execution that was stopped leaves its states as they were.
  for (const { span } of open) span.fail('Stopped');
}
