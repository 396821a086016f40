import { expect, test } from '@jest/globals';
import { type JsonObject, StatesError } from '../src/index.ts';
import { createWorld, execute, machineOf, settle } from './world.ts';

const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'pack' },
};
const end = { Other: { Type: 'Pass', End: true } };
const throttled = () => {
  throw new StatesError('Lambda.TooManyRequestsException', 'Rate exceeded');
};

/** The milliseconds from the start to each attempt of a task that always fails. */
async function attempts(retrier: JsonObject, fail = throttled): Promise<number[]> {
  const times: number[] = [];
  const world = createWorld({
    First: () => {
      times.push(world.clock.now());
      fail();
    },
  });
  const retry = [{ ErrorEquals: ['States.ALL'], ...retrier }];
  await world.end(world.start(machineOf({ ...task, Retry: retry })));
  return times.map((time) => time - (times[0] ?? 0));
}

test('a retrier without more makes three attempts, after 1, 2 and 4 seconds', async () => {
  expect(await attempts({})).toEqual([0, 1_000, 3_000, 7_000]);
});

test('pauses grow by the backoff rate up to the longest delay', async () => {
  const retrier = { IntervalSeconds: 3, BackoffRate: 4, MaxDelaySeconds: 20, MaxAttempts: 4 };
  expect(await attempts(retrier)).toEqual([0, 3_000, 15_000, 35_000, 55_000]);
});

test('full jitter takes a random part of each pause', async () => {
  expect(await attempts({ JitterStrategy: 'FULL', MaxAttempts: 2 })).toEqual([0, 500, 1_500]);
});

test('no attempts means none', async () => {
  expect(await attempts({ MaxAttempts: 0 })).toEqual([0]);
});

test('each retrier counts its own attempts', async () => {
  const errors = ['A', 'B', 'A', 'B', 'A'];
  const seen: unknown[] = [];
  const { error } = await execute(
    machineOf({
      ...task,
      Parameters: { 'count.$': '$$.State.RetryCount' },
      Retry: [
        { ErrorEquals: ['A'], MaxAttempts: 2 },
        { ErrorEquals: ['B'], MaxAttempts: 5 },
      ],
    }),
    {},
    {
      First: (parameters) => {
        seen.push((parameters as JsonObject).count);
        throw new StatesError(errors[seen.length - 1]);
      },
    },
  );
  expect(error).toBe('A');
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

test('what a retry brings in the end is the result', async () => {
  let calls = 0;
  const { output, types } = await execute(
    machineOf({ ...task, Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }] }),
    {},
    { First: () => (++calls < 3 ? throttled() : 'packed') },
  );
  expect(output).toBe('packed');
  expect(types.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(2);
});

/** Whether a catcher with these names takes an error. */
async function isCaught(errorEquals: string[], error: string): Promise<boolean> {
  const { status } = await execute(
    machineOf({ ...task, Catch: [{ ErrorEquals: errorEquals, Next: 'Other' }] }, end),
    {},
    {
      First: () => {
        throw new StatesError(error);
      },
    },
  );
  return status === 'SUCCEEDED';
}

test.each([
  [['States.ALL'], 'Lambda.Unknown', true],
  [['States.TaskFailed'], 'Lambda.Unknown', true],
  [['States.TaskFailed'], 'States.Timeout', false],
  [['States.ALL'], 'States.Timeout', true],
  [['States.ALL'], 'States.DataLimitExceeded', true],
  [['States.ALL'], 'States.Runtime', false],
  [['States.Runtime'], 'States.Runtime', false],
  [['Other', 'Lambda.Unknown'], 'Lambda.Unknown', true],
  [['Lambda'], 'Lambda.Unknown', false],
])('%j takes %s: %s', async (names, error, expected) => {
  expect(await isCaught(names, error)).toBe(expected);
});

test('a caught error is placed in the input of the state, not in the parameters', async () => {
  const catcher = { ErrorEquals: ['States.ALL'], Next: 'Other', ResultPath: '$.error' };
  const { output } = await execute(
    machineOf({ ...task, InputPath: '$.inner', Catch: [catcher] }, end),
    {
      inner: { id: 1 },
    },
    { First: throttled },
  );
  expect(output).toEqual({
    inner: { id: 1 },
    error: { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate exceeded' },
  });
});

test('retries come before catchers', async () => {
  const { output, types } = await execute(
    machineOf(
      {
        ...task,
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Other', ResultPath: null }],
      },
      end,
    ),
    { id: 1 },
    { First: throttled },
  );
  expect(output).toEqual({ id: 1 });
  expect(types.filter((type) => type === 'TaskScheduled')).toHaveLength(2);
});

test('a task without a heartbeat in time fails with States.Timeout, which HeartbeatTimeout names, too', async () => {
  const state = {
    ...task,
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Parameters: { 'token.$': '$$.Task.Token' },
    HeartbeatSeconds: 10,
    Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Other' }],
  };
  const tokens: string[] = [];
  const world = createWorld({ First: (_, { token }) => tokens.push(token ?? '') && {} });
  const execution = world.start(machineOf(state, end));
  await world.clock.advance(9_000);
  await world.host.tokens.sendTaskHeartbeat(tokens[0] ?? '');
  await world.clock.advance(9_000);
  expect(execution.progress.status).toBe('RUNNING');
  await world.clock.advance(1_000);
  await settle();
  expect(execution.progress).toMatchObject({
    status: 'SUCCEEDED',
    output: { Error: 'States.Timeout', Cause: '' },
  });
});
