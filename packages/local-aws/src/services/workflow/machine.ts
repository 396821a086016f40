import { StateMachine } from 'aws-local-stepfunctions';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** The execution on whose behalf a Task state calls something. */
export interface TaskCaller {
  executionArn: string;
  stateMachineArn: string;
  roleArn: string;
  flowId: string;
}

/** What a Task state of a workflow calls. */
export type Integration = (parameters: JsonObject, caller: TaskCaller) => Promise<JsonValue>;

/** Integrations by the end of a Task's `Resource`: `events:putEvents`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** What a Task's error is called in `Retry` and `Catch`. */
export class TaskError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A state machine, ready to run. */
export interface Machine {
  name: string;
  arn: string;
  roleArn: string;
  machine: StateMachine;
  tasks: ReadonlyMap<string, Integration>;
}

/**
 * Reads a state machine of the stack.
 *
 * @throws {UnsupportedError} for a workflow that would run otherwise here than on AWS
 */
export function createMachine(resource: Resource, integrations: Integrations): Machine {
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
