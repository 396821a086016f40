import {
  type Call,
  callsOf,
  type Definition,
  describeProblem,
  parseDefinition,
} from '@orders/states-language';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { Integration } from './integration.ts';
import { findIntegration, integrations, nameOf } from './integrations.ts';

/** A state machine, ready to run. */
export interface Machine {
  name: string;
  arn: string;
  roleArn: string;
  /** The region that it is said to be in. */
  region: string;
  definitionText: string;
  /** Everything that it calls is known. */
  definition: Definition;
}

/**
 * Reads a state machine of the stack.
 *
 * @throws {UnsupportedError} for a workflow that AWS refuses, or that would run otherwise here than on AWS
 */
export function createMachine(resource: Resource, region: string): Machine {
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
  const written = JSON.parse(definitionText) as JsonObject;
  for (const call of callsOf(definition)) {
    const problem = problemOf(call, written);
    if (problem === undefined) continue;
    throw new UnsupportedError(
      `${resource.address}: the state at ${call.place} calls ${call.resource.arn}${problem}`,
    );
  }
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    roleArn: text(resource, 'role_arn'),
    region,
    definitionText,
    definition,
  };
}

/** Why a call isn't taken, as the end of a sentence about it. */
function problemOf({ resource, place }: Call, written: JsonObject): string | undefined {
  // Its parameters are whatever the function takes.
  if (resource.kind === 'function') return undefined;
  const integration = findIntegration(resource);
  if (!integration) {
    return `; the local run knows ${Object.keys(integrations).join(', ')}, and functions by their ARN`;
  }
  if (!integration.patterns.includes(resource.pattern)) {
    return `; ${nameOf(resource)} has the patterns ${integration.patterns.join(', ')}`;
  }
  const parameters = parametersAt(written, place);
  return parameters && problemOfParameters(Object.keys(parameters), integration);
}

/** What is given to a call, by name; undefined for an expression, or the state's input. */
function parametersAt(written: JsonObject, place: string): JsonObject | undefined {
  // A JSON pointer.
  const steps = place.split('/').slice(1);
  const state = steps.reduce<JsonValue | undefined>(
    (value, step) => Object(value)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    written,
  );
  const { Parameters, Arguments } = isObject(state) ? state : {};
  return [Parameters, Arguments].find(isObject);
}

function problemOfParameters(names: readonly string[], { parameters }: Integration): string | undefined {
  const given = names.map((name) => name.replace(/\.\$$/, ''));
  const unknown = given.filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length > 0) {
    return ` with ${unknown.join(', ')}; the local run knows ${Object.keys(parameters).join(', ')}`;
  }
  const missing = Object.keys(parameters).filter(
    (name) => parameters[name]?.required && !given.includes(name),
  );
  return missing.length > 0 ? ` without ${missing.join(', ')}, which it requires` : undefined;
}
