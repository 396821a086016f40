import { randomUUID } from 'node:crypto';
import { StateMachine } from 'aws-local-stepfunctions';
import type { Iam } from '../iam.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { type Plan, type Resource, text } from '../plan/read-plan.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import type { StateStep, StepOf, Trace } from '../trace.ts';
import type { BindTarget } from './event-bus/event-bus.ts';

/** What a Task state of a workflow calls; `execution` says on whose behalf. */
export type Integration = (
  parameters: JsonObject,
  execution: { arn: string; stateMachineArn: string; roleArn: string; flowId: string },
) => Promise<JsonValue>;

export interface Workflows {
  /** A target that starts an execution of the state machine with this ARN. */
  target: BindTarget;
  /** Ends what still runs. */
  close(): void;
}

export interface WorkflowOptions {
  iam: Iam;
  trace: Trace;
  /** By the end of a Task's `Resource`: `events:putEvents`. */
  integrations: Readonly<Record<string, Integration>>;
  /** Told of an execution that failed. */
  onFailure: (message: string) => void;
}

/** What a Task's error is called in `Retry` and `Catch`. */
export class TaskError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The largest input of an execution (Step Functions quotas). */
const maxInputBytes = 256 * 1024;

interface Machine {
  name: string;
  arn: string;
  roleArn: string;
  machine: StateMachine;
  tasks: ReadonlyMap<string, Integration>;
}

/** The state machines of the stack, run by an interpreter of the Amazon States Language. */
export function createWorkflows(
  plan: Plan,
  { iam, trace, integrations, onFailure }: WorkflowOptions,
): Workflows {
  const machines = plan
    .resources('aws_sfn_state_machine')
    .map((machine) => createMachine(machine, integrations));
  const running = new Set<() => void>();

  const execute = async (machine: Machine, input: JsonValue, flowId: string) => {
    const states: StateStep[] = [];
    const step = trace.add<StepOf<'execution'>>(flowId, {
      kind: 'execution',
      stateMachine: machine.name,
      status: 'running',
      states,
    });
    const execution = {
      arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${randomUUID()}`,
      stateMachineArn: machine.arn,
      roleArn: machine.roleArn,
      flowId,
    };
    const handlers = [...machine.tasks].map(([name, integration]) => [
      name,
      (parameters: JsonValue) => integration(isObject(parameters) ? parameters : {}, execution),
    ]);
    const { result, eventLogs, abort } = machine.machine.run(input, {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    running.add(abort);
    const following = follow(eventLogs, states);
    try {
      await result;
      step.status = 'succeeded';
    } catch (error) {
      step.status = 'failed';
      step.error = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      onFailure(`The execution ${execution.arn} failed. ${step.error}`);
    } finally {
      running.delete(abort);
      await following;
    }
  };

  return {
    target(arn, { roleArn }) {
      const machine = machines.find((candidate) => candidate.arn === arn);
      if (!machine) return undefined;
      if (roleArn === undefined) {
        throw new UnsupportedError(
          `the target ${arn} needs a role_arn: EventBridge starts executions in a role`,
        );
      }
      return {
        description: `state machine ${machine.name}`,
        async deliver(event, flowId) {
          iam.authorizeAssume('events.amazonaws.com', roleArn);
          iam.authorizeRole(roleArn, 'states:StartExecution', arn);
          iam.authorizeAssume('states.amazonaws.com', machine.roleArn);
          const input = JSON.stringify(event);
          if (Buffer.byteLength(input) > maxInputBytes) {
            throw new Error(
              `The event has ${Buffer.byteLength(input)} bytes; an execution takes ${maxInputBytes}`,
            );
          }
          void trace.during(flowId, () => execute(machine, JSON.parse(input), flowId));
        },
      };
    },
    close() {
      for (const abort of running) abort();
    },
  };
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

function createMachine(resource: Resource, integrations: WorkflowOptions['integrations']): Machine {
  const definition = JSON.parse(text(resource, 'definition')) as JsonObject;
  refuseJsonata(definition, resource.address);
  const tasks = new Map<string, Integration>();
  for (const [name, state] of statesOf(definition)) {
    // The interpreter takes "$" for a path to write to; in the language it is the default, the whole.
    if (state.ResultPath === '$') delete state.ResultPath;
    if (state.Type !== 'Task') continue;
    const integration = /^arn:aws:states:::(.+)$/.exec(String(state.Resource))?.[1] ?? '';
    const call = Object.hasOwn(integrations, integration) ? integrations[integration] : undefined;
    if (!call) {
      // Without a handler, the interpreter would call the real Lambda with the developer's own credentials.
      throw new UnsupportedError(
        `${resource.address}: the state ${name} calls ${state.Resource}; the local run knows ` +
          `${Object.keys(integrations)
            .map((known) => `arn:aws:states:::${known}`)
            .join(', ')}`,
      );
    }
    if (tasks.has(name)) {
      throw new UnsupportedError(
        `${resource.address}: two states are called ${name}; the local run tells tasks apart by name`,
      );
    }
    tasks.set(name, call);
  }
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    roleArn: text(resource, 'role_arn'),
    // Building a machine validates it, which takes longer than running it.
    machine: new StateMachine(definition as unknown as ConstructorParameters<typeof StateMachine>[0], {
      validationOptions: { checkArn: false },
    }),
    tasks,
  };
}

/** All states of a definition, those inside of Map and Parallel states too. */
function statesOf(definition: JsonObject): [name: string, state: JsonObject][] {
  const { States: states } = definition;
  if (!isObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const { Branches: branches, Iterator: iterator, ItemProcessor: processor } = state;
    const inner = [...(Array.isArray(branches) ? branches : []), iterator, processor].filter(isObject);
    return [[name, state] as [string, JsonObject], ...inner.flatMap(statesOf)];
  });
}

function refuseJsonata(definition: JsonObject, address: string): void {
  const parts = [definition, ...statesOf(definition).map(([, state]) => state)];
  if (parts.every(({ QueryLanguage }) => QueryLanguage === undefined || QueryLanguage === 'JSONPath')) return;
  throw new UnsupportedError(
    `${address}: the local run knows JSONPath only, and this workflow is in JSONata`,
  );
}
