import { randomUUID } from 'node:crypto';
import type { StateMachine } from 'aws-local-stepfunctions';
import { AwsError } from '../../aws-error.ts';
import { type Clock, systemClock } from '../../clock.ts';
import type { Iam } from '../../iam.ts';
import { isObject, type JsonValue } from '../../json.ts';
import type { Plan } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { StateStep, StepOf, Trace } from '../../trace.ts';
import type { BindTarget } from '../event-bus/event-bus.ts';
import { createMachine, type Integrations, type Machine } from './machine.ts';

/** An execution of a state machine. Times are milliseconds since 1970; input and output are JSON. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  stoppedAt?: number;
  output?: string;
  /** The error's name, and what it says. */
  error?: string;
  cause?: string;
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

export interface Workflows {
  /** Every state machine. */
  list: readonly Workflow[];
  /** A target that starts an execution of the state machine with this ARN. */
  target: BindTarget;
  /** Ends what still runs. */
  close(): void;
}

export interface WorkflowOptions {
  iam: Iam;
  trace: Trace;
  integrations: Integrations;
  /** Told of an execution that failed. */
  onFailure: (message: string) => void;
  /** The system's clock if left out. */
  clock?: Clock;
}

/** The largest input of an execution (Step Functions quotas). */
const maxInputBytes = 256 * 1024;
/** How many executions are kept of a machine; the oldest that ended go first. */
const maxExecutions = 1_000;

/** The state machines of the stack, run by an interpreter of the Amazon States Language. */
export function createWorkflows(plan: Plan, options: WorkflowOptions): Workflows {
  const { iam, integrations } = options;
  const running = new Set<() => void>();
  const machines = plan
    .resources('aws_sfn_state_machine')
    .map((resource) => createMachine(resource, integrations));
  const list = machines.map((machine) => createWorkflow(machine, running, options));

  return {
    list,
    target(arn, { roleArn }) {
      const workflow = list.find((candidate) => candidate.arn === arn);
      if (!workflow) return undefined;
      if (roleArn === undefined) {
        throw new UnsupportedError(
          `the target ${arn} needs a role_arn: EventBridge starts executions in a role`,
        );
      }
      return {
        description: `state machine ${workflow.name}`,
        async deliver(event, flowId) {
          iam.authorizeAssume('events.amazonaws.com', roleArn);
          iam.authorizeRole(roleArn, 'states:StartExecution', arn);
          workflow.start(JSON.stringify(event), flowId);
        },
      };
    },
    close() {
      for (const abort of running) abort();
    },
  };
}

function createWorkflow(
  machine: Machine,
  running: Set<() => void>,
  { iam, trace, onFailure, clock = systemClock }: WorkflowOptions,
): Workflow {
  const executions = new Map<string, Execution>();

  const run = async (execution: Execution, flowId: string) => {
    const states: StateStep[] = [];
    const step = trace.add<StepOf<'execution'>>(flowId, {
      kind: 'execution',
      stateMachine: machine.name,
      status: 'running',
      states,
    });
    const caller = { arn: execution.arn, stateMachineArn: machine.arn, roleArn: machine.roleArn, flowId };
    const handlers = [...machine.tasks].map(([name, integration]) => [
      name,
      (parameters: JsonValue) => integration(isObject(parameters) ? parameters : {}, caller),
    ]);
    const { result, eventLogs, abort } = machine.machine.run(JSON.parse(execution.input), {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    running.add(abort);
    const following = follow(eventLogs, states);
    try {
      execution.output = JSON.stringify(await result);
      execution.status = 'SUCCEEDED';
      step.status = 'succeeded';
    } catch (error) {
      const { name, message } = stateError(error);
      Object.assign(execution, { status: 'FAILED', error: name, cause: message });
      step.status = 'failed';
      step.error = `${name}: ${message}`;
      onFailure(`The execution ${execution.arn} failed. ${step.error}`);
    } finally {
      execution.stoppedAt = clock.now();
      running.delete(abort);
      await following;
    }
  };

  return {
    name: machine.name,
    arn: machine.arn,
    createdAt: clock.now(),
    executions: () => [...executions.values()].reverse(),
    start(input, flowId, name = randomUUID()) {
      iam.authorizeAssume('states.amazonaws.com', machine.roleArn);
      checkName(name);
      checkInput(input);
      const namesake = executions.get(name);
      // As on AWS: a request that is sent again is no second execution, for as long as the first one runs.
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
      void trace.during(flowId, () => run(execution, flowId));
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

function forgetOldest(executions: Map<string, Execution>): void {
  if (executions.size <= maxExecutions) return;
  for (const { name, status } of executions.values()) {
    if (status === 'RUNNING') continue;
    executions.delete(name);
    return;
  }
}

type EventLogs = ReturnType<StateMachine['run']>['eventLogs'];

/** Keeps the states of an execution as its log tells them. */
async function follow(eventLogs: EventLogs, states: StateStep[]): Promise<void> {
  for await (const event of eventLogs) {
    if (event.type === 'StateEntered') states.push({ name: event.state.name, status: 'entered' });
    if (event.type === 'StateRetried') {
      const failed = states.findLast(({ name, status }) => name === event.state.name && status === 'failed');
      if (failed) failed.status = 'entered';
      delete failed?.error;
    }
    if (event.type !== 'StateExited' && event.type !== 'StateFailed') continue;
    const state = states.findLast(({ name, status }) => name === event.state.name && status === 'entered');
    if (!state) continue;
    state.status = event.type === 'StateExited' ? 'succeeded' : 'failed';
    if (event.type === 'StateFailed') state.error = `${event.Error}: ${String(event.Cause)}`;
  }
}
