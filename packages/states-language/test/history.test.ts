import { expect, test } from '@jest/globals';
import { StatesError } from '../src/index.ts';
import { execute, machineOf } from './world.ts';

const untruncated = { truncated: false };
const timestamp = Date.parse('2026-01-31T12:00:00Z');

test('the history of a service call has the details of AWS', async () => {
  const state = {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:dynamodb:query',
    Parameters: { 'TableName.$': '$.table' },
    TimeoutSeconds: 30,
    Assign: { 'count.$': '$.Count' },
  };
  const { events } = await execute(machineOf(state), { table: 'Orders' }, { First: () => ({ Count: 2 }) });
  const call = { resource: 'query', resourceType: 'aws-sdk:dynamodb' };
  const input = '{"table":"Orders"}';
  const output = '{"Count":2}';
  expect(events).toEqual([
    {
      id: 1,
      previousEventId: 0,
      timestamp,
      type: 'ExecutionStarted',
      executionStartedEventDetails: {
        input,
        inputDetails: untruncated,
        roleArn: 'arn:aws:iam::111111111111:role/orders',
      },
    },
    {
      id: 2,
      previousEventId: 0,
      timestamp,
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name: 'First', input, inputDetails: untruncated },
    },
    {
      id: 3,
      previousEventId: 2,
      timestamp,
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        ...call,
        region: 'eu-west-1',
        parameters: '{"TableName":"Orders"}',
        timeoutInSeconds: 30,
      },
    },
    { id: 4, previousEventId: 3, timestamp, type: 'TaskStarted', taskStartedEventDetails: call },
    {
      id: 5,
      previousEventId: 4,
      timestamp,
      type: 'TaskSucceeded',
      taskSucceededEventDetails: { ...call, output, outputDetails: untruncated },
    },
    {
      id: 6,
      previousEventId: 5,
      timestamp,
      type: 'TaskStateExited',
      stateExitedEventDetails: {
        name: 'First',
        output,
        outputDetails: untruncated,
        assignedVariables: { count: '2' },
        assignedVariablesDetails: untruncated,
      },
    },
    {
      id: 7,
      previousEventId: 6,
      timestamp,
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output, outputDetails: untruncated },
    },
  ]);
});

test('a function that is called by its ARN has events of its own', async () => {
  const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:pack';
  const { events, error } = await execute(
    machineOf({ Type: 'Task', Resource: arn }),
    { id: 1 },
    {
      First: () => {
        throw new StatesError('TypeError', '{"errorMessage":"no"}');
      },
    },
  );
  expect(error).toBe('TypeError');
  expect(events.slice(2, 5)).toMatchObject([
    {
      type: 'LambdaFunctionScheduled',
      lambdaFunctionScheduledEventDetails: { resource: arn, input: '{"id":1}', inputDetails: untruncated },
    },
    { type: 'LambdaFunctionStarted' },
    {
      type: 'LambdaFunctionFailed',
      lambdaFunctionFailedEventDetails: { error: 'TypeError', cause: '{"errorMessage":"no"}' },
    },
  ]);
});

test('the events of iterations hang together as on AWS', async () => {
  const processor = { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } };
  const { events } = await execute(machineOf({ Type: 'Map', MaxConcurrency: 1, ItemProcessor: processor }), [
    'a',
    'b',
  ]);
  expect(events.slice(2).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [3, 2, 'MapStateStarted'],
    [4, 3, 'MapIterationStarted'],
    [5, 4, 'PassStateEntered'],
    [6, 5, 'PassStateExited'],
    [7, 6, 'MapIterationSucceeded'],
    [8, 6, 'MapIterationStarted'],
    [9, 8, 'PassStateEntered'],
    [10, 9, 'PassStateExited'],
    [11, 10, 'MapIterationSucceeded'],
    [12, 11, 'MapStateSucceeded'],
    [13, 11, 'MapStateExited'],
    [14, 13, 'ExecutionSucceeded'],
  ]);
});

test('the events of branches hang together as on AWS', async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  const { events } = await execute(machineOf({ Type: 'Parallel', Branches: [branch('A'), branch('B')] }));
  expect(events.slice(2).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [3, 2, 'ParallelStateStarted'],
    [4, 3, 'PassStateEntered'],
    [5, 3, 'PassStateEntered'],
    [6, 4, 'PassStateExited'],
    [7, 5, 'PassStateExited'],
    [8, 7, 'ParallelStateSucceeded'],
    [9, 7, 'ParallelStateExited'],
    [10, 9, 'ExecutionSucceeded'],
  ]);
});

test('an attempt that is made again is scheduled again, in the same visit', async () => {
  let calls = 0;
  const { types } = await execute(
    machineOf({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Retry: [{ ErrorEquals: ['States.ALL'] }],
    }),
    {},
    {
      First: () => {
        if (++calls === 1) throw new StatesError('Broken');
        return 1;
      },
    },
  );
  expect(types.slice(1, -1)).toEqual([
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskFailed',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
  ]);
});
