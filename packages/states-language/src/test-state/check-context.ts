import type { State } from '../definition/definition.ts';
import { isObject, type JsonObject, type JsonValue, own, typeName } from '../json.ts';
import { TestStateError } from './request.ts';

/** The fields that a test may give of the context object. */
const fields: Readonly<
  Record<string, Readonly<Record<string, 'string' | 'number' | 'object' | 'anything'>>>
> = {
  Execution: {
    Id: 'string',
    Input: 'anything',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'number',
    RedriveTime: 'string',
  },
  State: { Name: 'string', EnteredTime: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

const invalid = (why: string) =>
  new TestStateError('ValidationException', `Invalid Context object provided: ${why}`);

/** @throws {TestStateError} for a context object that AWS doesn't take for the state */
export function checkContext(context: JsonObject, state: State): void {
  for (const [name, value] of Object.entries(context)) {
    if (name === 'Map') throw invalid("'Map' field is not supported when mocking a Context object");
    const inner = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (inner === undefined) throw invalid(`Field '${name}' is not allowed`);
    if (!isObject(value)) throw invalid(`${name} must be an object`);
    checkInner(name, value, inner);
  }
  if (own(context, 'Task') !== undefined && !hasToken(state)) {
    throw invalid(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' " +
        'service integration pattern',
    );
  }
}

function checkInner(name: string, value: JsonObject, types: NonNullable<(typeof fields)[string]>): void {
  for (const [field, item] of Object.entries(value)) {
    const type = Object.hasOwn(types, field) ? types[field] : undefined;
    if (type === undefined) throw invalid(`Field '${field}' is not allowed`);
    if (!isOf(type, item)) throw invalid(`${name}.${field} must be a ${type}`);
  }
}

const isOf = (type: string, value: JsonValue) => type === 'anything' || typeName(value) === type;

const hasToken = (state: State) =>
  state.type === 'Task' && state.resource.kind !== 'function' && state.resource.pattern !== 'requestResponse';
