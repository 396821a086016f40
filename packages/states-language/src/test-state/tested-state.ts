import type { State, StateMachine } from '../definition/definition.ts';
import { parseDefinition, parseLoneState } from '../definition/parse-definition.ts';
import { describeProblem, type Problem } from '../definition/problems.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { checkContext } from './check-context.ts';
import { TestStateError, type TestStateMock, type TestStateRequest } from './request.ts';

/** The mock of a request, read. */
export type Mock =
  | { readonly result: JsonValue }
  | { readonly error: string | undefined; readonly cause: string | undefined };

const validation = (message: string) => new TestStateError('ValidationException', message);

/** Reads a JSON text of a request. */
export function readJson(text: string, refused: () => TestStateError): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw refused();
  }
}

/** Reads a field of a request that has to be a JSON object. */
export function readObject(text: string | undefined, name: string): JsonObject | undefined {
  if (text === undefined) return undefined;
  const value = readJson(text, () => validation(`${name} has to be JSON, received ${text.slice(0, 60)}`));
  if (isObject(value)) return value;
  throw validation(`${name} has to be a JSON object, received ${text.slice(0, 60)}`);
}

/**
 * Finds the state that a request is about, and the context object for it.
 *
 * @throws {TestStateError} for a definition that isn't taken, or without the state
 */
export function findState(request: TestStateRequest): { state: State; context: JsonObject | undefined } {
  const state = readState(request);
  const context = readObject(request.context, 'context');
  if (context) checkContext(context, state);
  if (state.type !== 'Task' || state.resource.kind === 'function') return { state, context };
  const { resource } = state;
  if (resource.pattern !== 'requestResponse' && request.mock === undefined) {
    throw validation(`TestState calls nothing that it would have to wait for; ${resource.arn} needs a mock`);
  }
  // The mock is the answer: nothing else is waited for.
  return { state: { ...state, resource: { ...resource, pattern: 'requestResponse' } }, context };
}

function readState({ definition, stateName }: TestStateRequest): State {
  if (stateName === undefined) {
    const lone = parseLoneState(definition);
    if (lone.problems) throw invalid(lone.problems);
    return lone.state;
  }
  const parsed = parseDefinition(definition);
  if (parsed.problems) throw invalid(parsed.problems);
  const state = findIn(parsed.definition, stateName);
  if (state) return state;
  throw validation(`State not found in definition: ${JSON.stringify(stateName)}`);
}

const invalid = (problems: readonly Problem[]) =>
  new TestStateError(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${problems.map(describeProblem).join("', '")}'`,
  );

function findIn(machine: StateMachine, name: string): State | undefined {
  const own = machine.states.get(name);
  if (own) return own;
  for (const state of machine.states.values()) {
    const inner = state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];
    for (const branch of inner) {
      const found = findIn(branch, name);
      if (found) return found;
    }
  }
  return undefined;
}

/**
 * Reads the mock for a state.
 *
 * @throws {TestStateError} for a mock that the state doesn't take, and for a state that needs one
 */
export function readMock(mock: TestStateMock | undefined, state: State): Mock | undefined {
  const isOuter = state.type === 'Map' || state.type === 'Parallel';
  if (mock === undefined) {
    if (!isOuter) return undefined;
    throw validation(
      'TestState API does not support Map or Parallel states. Supported state types include: ' +
        '[Task, Wait, Pass, Succeed, Fail, Choice]. With a mock, Map and Parallel states can be tested, too',
    );
  }
  if (!isOuter && state.type !== 'Task') {
    throw validation(`State type '${state.type}' is not supported when a mock is specified`);
  }
  const { result: text, errorOutput } = mock;
  if ((text === undefined) === (errorOutput === undefined)) {
    throw validation('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (text === undefined) return { error: errorOutput?.error, cause: errorOutput?.cause };
  const result = readJson(text, () => validation('Mocked result must be valid JSON'));
  if (isOuter && !Array.isArray(result)) throw validation('Mocked result must be an array.');
  if (state.type === 'Parallel' && Array.isArray(result) && result.length !== state.branches.length) {
    throw validation('Mocked result must contain the same number of items as number of Parallel branches.');
  }
  return { result };
}
