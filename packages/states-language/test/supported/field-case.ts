import { type JsonObject, type JsonValue, StatesError } from '../../src/index.ts';
import { machineOf, type Tasks } from '../world.ts';

/** What a field does, and a machine that shows it. */
export interface FieldCase {
  readonly says: string;
  readonly machine: JsonObject;
  readonly input?: JsonValue;
  readonly tasks?: Tasks;
  /** What the execution ends with, in part. */
  readonly gives: { output?: JsonValue; error?: string; cause?: string; status?: string; waitedMs?: number };
}

export type FieldCases = Readonly<Record<string, FieldCase>>;

export const end = { Type: 'Pass', End: true };
export const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
export const jsonata = { QueryLanguage: 'JSONata' };

/** A task that answers with what it gets. */
export const echo: Tasks = { First: (parameters) => parameters };
/** A task that fails. */
export const fail = (error: string): Tasks => ({
  First: () => {
    throw new StatesError(error, 'why');
  },
});

/** A machine of one state. */
export const one = (name: string, state: JsonObject) => ({
  StartAt: name,
  States: { [name]: { ...state, End: true } },
});
/** A machine that fails. */
export const breaking: JsonObject = {
  StartAt: 'Breaks',
  States: { Breaks: { Type: 'Fail', Error: 'Broken', Cause: 'why' } },
};
/** What a catcher gets of it. */
export const caught = { Error: 'Broken', Cause: 'why' };

/** The fields of every state: the same state without and with them. */
export const common = (
  state: JsonObject,
  inJsonata: JsonObject,
  gives: FieldCase['gives'],
  input: JsonValue,
): FieldCases => ({
  Type: { says: 'is the type of the state', machine: machineOf(state), input, tasks: echo, gives: {} },
  Comment: {
    says: 'is for people only',
    machine: machineOf({ ...state, Comment: 'note' }),
    input,
    tasks: echo,
    gives: {},
  },
  QueryLanguage: {
    says: 'makes this state one in JSONata, inside of a machine in JSONPath',
    machine: machineOf({ ...inJsonata, ...jsonata }),
    input: { n: 1 },
    tasks: echo,
    gives,
  },
});

/** `InputPath` and `OutputPath`, for a state whose output is its input. */
export const selecting = (state: JsonObject, others: JsonObject = {}): FieldCases => ({
  InputPath: {
    says: 'selects what the state works on',
    machine: machineOf({ ...state, InputPath: '$.a' }, others),
    input: { a: [1], b: 2 },
    tasks: echo,
    gives: { output: [1] },
  },
  OutputPath: {
    says: 'selects what the next state gets; null is an empty object',
    machine: machineOf({ ...state, OutputPath: '$.b' }, others),
    input: { a: [1], b: 2 },
    tasks: echo,
    gives: { output: 2 },
  },
});

export const outputCase = (state: JsonObject): FieldCase => ({
  says: 'is the output, made by expressions',
  machine: machineOf({ ...state, ...jsonata, Output: { twice: '{% $states.input.n * 2 %}' } }),
  input: { n: 4 },
  gives: { output: { twice: 8 } },
});

export const assignCase = (state: JsonObject, input: JsonValue = { n: 4 }): FieldCase => ({
  says: 'sets variables, which later states read',
  machine: machineOf(
    { ...state, Assign: { kept: [1, 2] }, Next: 'Read' },
    { Read: { Type: 'Pass', Parameters: { 'kept.$': '$kept' }, End: true } },
  ),
  input,
  gives: { output: { kept: [1, 2] } },
});

/** `Next` and `End`. */
export const moving = (state: JsonObject, input: JsonValue = {}): FieldCases => ({
  Next: {
    says: 'is the state that follows',
    machine: machineOf(
      { ...state, Next: 'Second' },
      { Second: { Type: 'Pass', Result: 'second', End: true } },
    ),
    input,
    tasks: echo,
    gives: { output: 'second' },
  },
  End: {
    says: 'ends the machine',
    machine: machineOf({ ...state, End: true }),
    input,
    tasks: echo,
    gives: { status: 'SUCCEEDED' },
  },
});

/** `Retry` and `Catch`, for a state that fails with `Broken`. */
export const handling = (state: JsonObject): FieldCases => ({
  Retry: {
    says: 'runs the state again after a pause',
    machine: machineOf({ ...state, Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }] }),
    tasks: fail('Broken'),
    gives: { error: 'Broken', waitedMs: 3_000 },
  },
  Catch: {
    says: 'leads an error to another state',
    machine: machineOf({ ...state, Catch: [{ ErrorEquals: ['Broken'], Next: 'Other' }] }, { Other: end }),
    tasks: fail('Broken'),
    gives: { output: caught },
  },
});

/** `ResultSelector` and `ResultPath`. */
export const placing = (state: JsonObject, result: JsonValue): FieldCases => ({
  ResultSelector: {
    says: 'shapes the result',
    machine: machineOf({ ...state, ResultSelector: { 'all.$': '$' } }),
    input: { a: [1] },
    tasks: echo,
    gives: { output: { all: result } },
  },
  ResultPath: {
    says: 'places the result in the input; null drops it',
    machine: machineOf({ ...state, ResultPath: '$.x.y' }),
    input: { a: [1] },
    tasks: echo,
    gives: { output: { a: [1], x: { y: result } } },
  },
});
