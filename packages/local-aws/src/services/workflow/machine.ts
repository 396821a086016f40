import {
  callsOf,
  type Definition,
  describeProblem,
  parseDefinition,
  type TaskResource,
} from '@orders/states-language';
import type { JsonObject, JsonValue } from '../../json.ts';
import { type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** The execution on whose behalf a Task state calls something. */
export interface TaskCaller {
  executionArn: string;
  stateMachineArn: string;
  roleArn: string;
  flowId: string;
}

/**
 * What a Task state of a workflow calls.
 *
 * @throws {StatesError} for what `Retry` and `Catch` may handle
 */
export type Integration = (parameters: JsonObject, caller: TaskCaller) => Promise<JsonValue>;

/** Integrations by the `Resource` of a Task: `arn:aws:states:::events:putEvents`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** A state machine, ready to run. */
export interface Machine {
  name: string;
  arn: string;
  roleArn: string;
  /** The region that it is said to be in. */
  region: string;
  definitionText: string;
  definition: Definition;
  /** The integration of a Task. Every Task of the definition has one. */
  integrationOf(resource: TaskResource): Integration;
}

/**
 * Reads a state machine of the stack.
 *
 * @throws {UnsupportedError} for a workflow that AWS refuses, or that would run otherwise here than on AWS
 */
export function createMachine(resource: Resource, region: string, integrations: Integrations): Machine {
  const { type = 'STANDARD' } = resource.attributes;
  if (type !== 'STANDARD') {
    throw new UnsupportedError(
      `${resource.address}: the local run knows the type STANDARD, received ${type}`,
    );
  }
  const definitionText = text(resource, 'definition');
  const { definition, problems } = parseDefinition(definitionText);
  if (!definition) {
    throw new UnsupportedError(
      `${resource.address}: its definition isn't taken. ${problems.map(describeProblem).join('; ')}`,
    );
  }
  for (const { place, resource: called } of callsOf(definition)) {
    if (Object.hasOwn(integrations, called.arn)) continue;
    throw new UnsupportedError(
      `${resource.address}: the state at ${place} calls ${called.arn}; the local run knows ` +
        Object.keys(integrations).join(', '),
    );
  }
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    roleArn: text(resource, 'role_arn'),
    region,
    definitionText,
    definition,
    integrationOf: ({ arn }) => integrations[arn] as Integration,
  };
}
