import type { JsonObject } from '../../src/index.ts';
import { machineOf } from '../world.ts';
import { end, type FieldCases, fail, jsonata, one, task } from './field-case.ts';

const pass = { Type: 'Pass' };

export const machineCases: FieldCases = {
  Comment: {
    says: 'is for people only',
    machine: machineOf(pass, {}, { Comment: 'note' }),
    gives: { output: {} },
  },
  StartAt: {
    says: 'is the first state',
    machine: { StartAt: 'B', States: { A: { ...end, Result: 'a' }, B: { ...pass, Next: 'A' } } },
    gives: { output: 'a' },
  },
  States: { says: 'are the states', machine: machineOf(pass), gives: { output: {} } },
  Version: { says: 'is 1.0', machine: machineOf(pass, {}, { Version: '1.0' }), gives: { output: {} } },
  TimeoutSeconds: {
    says: 'is how long an execution may take',
    machine: machineOf({ Type: 'Wait', Seconds: 9 }, {}, { TimeoutSeconds: 5 }),
    gives: { status: 'TIMED_OUT', waitedMs: 5_000 },
  },
  QueryLanguage: {
    says: 'is the query language of every state',
    machine: machineOf({ ...pass, Output: '{% $states.input.n + 1 %}' }, {}, jsonata),
    input: { n: 1 },
    gives: { output: 2 },
  },
};

const inBranch = (fields: JsonObject) =>
  machineOf({ Type: 'Parallel', Branches: [{ ...one('A', pass), ...fields }] });

export const branchCases: FieldCases = {
  Comment: { says: 'is for people only', machine: inBranch({ Comment: 'note' }), gives: { output: [{}] } },
  StartAt: { says: 'is the first state', machine: inBranch({}), gives: { output: [{}] } },
  States: { says: 'are the states', machine: inBranch({}), gives: { output: [{}] } },
};

const inMap = (fields: JsonObject) =>
  machineOf({ Type: 'Map', ItemProcessor: { ...one('A', pass), ...fields } });

export const processorCases: FieldCases = {
  Comment: {
    says: 'is for people only',
    machine: inMap({ Comment: 'note' }),
    input: [1],
    gives: { output: [1] },
  },
  StartAt: { says: 'is the first state', machine: inMap({}), input: [1], gives: { output: [1] } },
  States: { says: 'are the states', machine: inMap({}), input: [1], gives: { output: [1] } },
  ProcessorConfig: {
    says: 'says how the items are worked on',
    machine: inMap({ ProcessorConfig: {} }),
    input: [1],
    gives: { output: [1] },
  },
};

export const processorConfigCases: FieldCases = {
  Mode: {
    says: 'is INLINE; DISTRIBUTED is refused by name',
    machine: inMap({ ProcessorConfig: { Mode: 'INLINE' } }),
    input: [1],
    gives: { output: [1] },
  },
};

const retrying = (fields: JsonObject, waitedMs: number) => ({
  machine: machineOf({ ...task, Retry: [{ ErrorEquals: ['Broken'], ...fields }] }),
  tasks: fail('Broken'),
  gives: { error: 'Broken', waitedMs },
});

export const retrierCases: FieldCases = {
  ErrorEquals: {
    says: 'are the names of the errors that it takes',
    ...retrying({ ErrorEquals: ['Other'] }, 0),
  },
  IntervalSeconds: {
    says: 'is the first pause, 1 if left out',
    ...retrying({ IntervalSeconds: 5, MaxAttempts: 1 }, 5_000),
  },
  MaxAttempts: {
    says: 'is how many attempts it grants, 3 if left out',
    ...retrying({ MaxAttempts: 1 }, 1_000),
  },
  BackoffRate: {
    says: 'is by what each pause grows, 2 if left out',
    ...retrying({ BackoffRate: 3, MaxAttempts: 2 }, 4_000),
  },
  MaxDelaySeconds: { says: 'is the longest pause', ...retrying({ MaxDelaySeconds: 2 }, 5_000) },
  JitterStrategy: {
    says: 'is FULL for a random part of each pause, or NONE',
    ...retrying({ JitterStrategy: 'FULL', MaxAttempts: 1 }, 500),
  },
  Comment: { says: 'is for people only', ...retrying({ Comment: 'note', MaxAttempts: 0 }, 0) },
};

const catching = (fields: JsonObject, state: JsonObject = {}, read: JsonObject = {}) => ({
  machine: machineOf(
    { ...task, ...state, Catch: [{ ErrorEquals: ['Broken'], Next: 'Other', ...fields }] },
    { Other: { ...end, ...read } },
  ),
  input: { n: 1 },
  tasks: fail('Broken'),
});
const error = { Error: 'Broken', Cause: 'why' };

export const catcherCases: FieldCases = {
  ErrorEquals: {
    says: 'are the names of the errors that it takes',
    ...catching({ ErrorEquals: ['Other'] }),
    gives: { error: 'Broken' },
  },
  Next: { says: 'is the state that follows', ...catching({}), gives: { output: error } },
  ResultPath: {
    says: 'places the error in the input of the state',
    ...catching({ ResultPath: '$.error' }),
    gives: { output: { n: 1, error } },
  },
  Output: {
    says: 'is the output, made by expressions from $states.errorOutput',
    ...catching({ Output: '{% $states.errorOutput.Error & $states.input.n %}' }, jsonata),
    gives: { output: 'Broken1' },
  },
  Assign: {
    says: 'sets variables from the error',
    ...catching({ Assign: { 'name.$': '$.Error' } }, {}, { Parameters: { 'name.$': '$name' } }),
    gives: { output: { name: 'Broken' } },
  },
  Comment: { says: 'is for people only', ...catching({ Comment: 'note' }), gives: { output: error } },
};

const ruled = (fields: JsonObject, read: JsonObject = {}) => ({
  machine: machineOf(
    {
      Type: 'Choice',
      ...jsonata,
      Choices: [{ Condition: '{% $states.input.n = 1 %}', Next: 'Other', ...fields }],
    },
    { Other: { ...end, ...read } },
  ),
  input: { n: 1 },
});

export const jsonataRuleCases: FieldCases = {
  Condition: { says: 'is an expression that is true or false', ...ruled({}), gives: { output: { n: 1 } } },
  Next: { says: 'is the state that follows', ...ruled({}, { Result: 'other' }), gives: { output: 'other' } },
  Assign: {
    says: 'sets variables',
    ...ruled({ Assign: { kept: '{% $states.input.n %}' } }, { Parameters: { 'kept.$': '$kept' } }),
    gives: { output: { kept: 1 } },
  },
  Output: { says: 'is the output', ...ruled({ Output: 'chosen' }), gives: { output: 'chosen' } },
  Comment: { says: 'is for people only', ...ruled({ Comment: 'note' }), gives: { output: { n: 1 } } },
};
