import { machineOf } from '../world.ts';
import {
  common,
  echo,
  type FieldCases,
  handling,
  jsonata,
  moving,
  placing,
  selecting,
  task,
} from './field-case.ts';

const sum = { m: '{% $states.input.n + 1 %}' };

export const taskCases: FieldCases = {
  ...common(task, { ...task, Arguments: sum }, { output: { m: 2 } }, {}),
  ...selecting(task),
  ...moving(task),
  ...placing(task, { a: [1] }),
  ...handling(task),
  Output: {
    says: 'is the output, made by expressions from the result',
    machine: machineOf({ ...task, ...jsonata, Output: '{% $states.result.n & $states.input.n %}' }),
    input: { n: 4 },
    tasks: { First: () => ({ n: 'r' }) },
    gives: { output: 'r4' },
  },
  Assign: {
    says: 'sets variables from the result',
    machine: machineOf(
      { ...task, Assign: { 'kept.$': '$.id' }, ResultPath: null, Next: 'Read' },
      { Read: { Type: 'Pass', Parameters: { 'kept.$': '$kept' }, End: true } },
    ),
    tasks: { First: () => ({ id: 7 }) },
    gives: { output: { kept: 7 } },
  },
  Parameters: {
    says: 'is what the service gets',
    machine: machineOf({ ...task, Parameters: { 'id.$': '$.n', fixed: true } }),
    input: { n: 1 },
    tasks: echo,
    gives: { output: { id: 1, fixed: true } },
  },
  Arguments: {
    says: 'is what the service gets, made by expressions',
    machine: machineOf({ ...task, ...jsonata, Arguments: { id: '{% $states.input.n %}' } }),
    input: { n: 1 },
    tasks: echo,
    gives: { output: { id: 1 } },
  },
  Resource: {
    says: 'is what is called: a service, a call of the SDK, or a function',
    machine: machineOf({ ...task, Resource: 'arn:aws:states:::aws-sdk:dynamodb:query' }),
    tasks: { First: (_, { resource }) => resource },
    gives: {
      output: {
        kind: 'sdk',
        arn: 'arn:aws:states:::aws-sdk:dynamodb:query',
        service: 'dynamodb',
        action: 'query',
        pattern: 'requestResponse',
      },
    },
  },
  TimeoutSeconds: {
    says: 'is how long a call may take',
    machine: machineOf({ ...task, TimeoutSeconds: 7 }),
    tasks: { First: () => new Promise(() => {}) },
    gives: { error: 'States.Timeout', waitedMs: 7_000 },
  },
  TimeoutSecondsPath: {
    says: 'is where that number is',
    machine: machineOf({ ...task, TimeoutSecondsPath: '$.limit' }),
    input: { limit: 7 },
    tasks: { First: () => new Promise(() => {}) },
    gives: { error: 'States.Timeout', waitedMs: 7_000 },
  },
  HeartbeatSeconds: {
    says: 'is how long a task with a token may be silent',
    machine: machineOf({ ...task, Resource: `${task.Resource}.waitForTaskToken`, HeartbeatSeconds: 3 }),
    tasks: echo,
    gives: { error: 'States.Timeout', waitedMs: 3_000 },
  },
  HeartbeatSecondsPath: {
    says: 'is where that number is',
    machine: machineOf({
      ...task,
      Resource: `${task.Resource}.waitForTaskToken`,
      HeartbeatSecondsPath: '$.limit',
    }),
    input: { limit: 3 },
    tasks: echo,
    gives: { error: 'States.Timeout', waitedMs: 3_000 },
  },
};
