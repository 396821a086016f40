import { expect, test } from '@jest/globals';
import { StatesError } from '../src/index.ts';
import { createWorld, execute, machineOf, settle } from './world.ts';

const pass = { Type: 'Pass', End: true };

test('a Pass state passes its input on, or what it says instead', async () => {
  expect(await execute(machineOf({ Type: 'Pass' }), { id: 1 })).toMatchObject({ output: { id: 1 } });
  const machine = machineOf({ Type: 'Pass', Result: { total: 5 }, ResultPath: '$.sum' });
  expect(await execute(machine, { id: 1 })).toMatchObject({ output: { id: 1, sum: { total: 5 } } });
});

test('a path selects, parameters shape, and the output path cuts out', async () => {
  const state = {
    Type: 'Pass',
    InputPath: '$.order',
    Parameters: {
      'number.$': '$.id',
      note: 'fixed',
      nested: { 'name.$': "States.Format('order {}', $.id)" },
    },
    OutputPath: '$.nested',
  };
  expect(await execute(machineOf(state), { order: { id: 7 } })).toMatchObject({
    output: { name: 'order 7' },
  });
});

test('a path that leads nowhere ends the execution with the words of AWS', async () => {
  const { status, error, cause } = await execute(machineOf({ Type: 'Pass', InputPath: '$.order.id' }), {});
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
  expect(cause).toBe(
    "An error occurred while executing the state 'First' (entered at the event id #2). " +
      "Invalid path '$.order.id' : Missing property in path $['order']",
  );
});

test('a Wait state waits for its time on the clock that it is given', async () => {
  const world = createWorld();
  const execution = world.start(machineOf({ Type: 'Wait', Seconds: 86_400 }));
  await world.clock.advance(86_399_000);
  expect(execution.progress.status).toBe('RUNNING');
  await world.clock.advance(1_000);
  expect(execution.progress.status).toBe('SUCCEEDED');
});

test('a Wait state waits until a timestamp, and not at all for one that is past', async () => {
  const machine = machineOf({ Type: 'Wait', TimestampPath: '$.at' });
  const { clock } = await execute(machine, { at: '2026-01-31T13:00:00Z' });
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-31T13:00:00.000Z');
  expect(await execute(machine, { at: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 'SUCCEEDED' });
});

test('a Wait state of more than 2^31 - 1 seconds fails', async () => {
  const { cause } = await execute(machineOf({ Type: 'Wait', SecondsPath: '$.s' }), { s: 2_147_483_648 });
  expect(cause).toContain('Wait state delay is too long.');
});

test('a Fail state without Error and Cause has neither', async () => {
  const { status, error, cause } = await execute(machineOf({ Type: 'Fail' }));
  expect({ status, error, cause }).toEqual({ status: 'FAILED', error: undefined, cause: undefined });
});

test('a Choice state without a matching rule and a default fails', async () => {
  const machine = machineOf(
    { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Other' }] },
    { Other: pass },
  );
  expect(await execute(machine, { n: 2 })).toMatchObject({ error: 'States.NoChoiceMatched' });
});

test('a comparison of a value that is missing fails, except for IsPresent', async () => {
  const choice = (rule: object) =>
    machineOf(
      { Type: 'Choice', Choices: [{ Variable: '$.n', ...rule, Next: 'Yes' }], Default: 'No' },
      { Yes: { ...pass, Result: 'yes' }, No: { ...pass, Result: 'no' } },
    );
  expect(await execute(choice({ IsPresent: false }), {})).toMatchObject({ output: 'yes' });
  expect(await execute(choice({ IsNull: true }), {})).toMatchObject({
    error: 'States.Runtime',
    cause: expect.stringContaining(
      "Invalid path '$.n': The choice state's condition path references an invalid value.",
    ),
  });
});

const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'pack' },
};

test('a Task state calls with its parameters, and its result is selected and placed', async () => {
  const state = { ...task, ResultSelector: { 'parcel.$': '$.Payload.id' }, ResultPath: '$.packed' };
  const { output } = await execute(
    machineOf(state),
    { id: 1 },
    {
      First: (parameters) => ({ Payload: { id: 'p', parameters } }),
    },
  );
  expect(output).toEqual({ id: 1, packed: { parcel: 'p' } });
});

test('a result that goes through a value which is not an object is a ResultPathMatchFailure, which can be caught', async () => {
  const state = { ...task, ResultPath: '$.id.parcel' };
  const tasks = { First: () => 'p' };
  expect(await execute(machineOf(state), { id: 1 }, tasks)).toMatchObject({
    error: 'States.ResultPathMatchFailure',
  });
  const caught = { ...state, Catch: [{ ErrorEquals: ['States.ResultPathMatchFailure'], Next: 'Other' }] };
  const { output } = await execute(machineOf(caught, { Other: pass }), { id: 1 }, tasks);
  expect(output).toMatchObject({ Error: 'States.ResultPathMatchFailure' });
});

test('a task that takes longer than its timeout fails with States.Timeout, and its call is aborted', async () => {
  const signals: AbortSignal[] = [];
  const { error, cause, types } = await execute(
    machineOf({ ...task, TimeoutSeconds: 5 }),
    {},
    {
      First: (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    },
  );
  expect({ error, cause }).toEqual({ error: 'States.Timeout', cause: undefined });
  expect(types.slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('a result of more than 256 KiB is a DataLimitExceeded, which States.ALL catches', async () => {
  const tasks = { First: () => 'x'.repeat(262_143) };
  expect(await execute(machineOf(task), {}, tasks)).toMatchObject({
    error: 'States.DataLimitExceeded',
    cause:
      "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
  });
  const caught = { ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Other' }] };
  expect(await execute(machineOf(caught, { Other: pass }), {}, tasks)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await execute(machineOf(task), {}, { First: () => 'x'.repeat(262_142) })).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('an output of more than 256 KiB fails, whatever state it is of', async () => {
  const twice = machineOf({ Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' } });
  expect(await execute(twice, 'x'.repeat(131_100))).toMatchObject({
    error: 'States.DataLimitExceeded',
    cause:
      "The state/task 'First' returned a result with a size exceeding the maximum number of bytes service limit.",
  });
  expect(await execute(twice, 'x'.repeat(131_000))).toMatchObject({ status: 'SUCCEEDED' });
});

test('an integration that fails with an error of its own ends the execution, which says why', async () => {
  const { error, cause } = await execute(
    machineOf({ ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Other' }] }, { Other: pass }),
    {},
    {
      First: () => {
        throw new TypeError('a bug');
      },
    },
  );
  expect(error).toBe('States.Runtime');
  expect(cause).toContain('a bug');
});

test('the context object has what AWS puts there', async () => {
  const { output } = await execute(machineOf({ Type: 'Pass', Parameters: { 'context.$': '$$' } }), { id: 1 });
  expect(output).toEqual({
    context: {
      Execution: {
        Id: 'arn:aws:states:eu-west-1:111111111111:execution:Orders:first',
        Input: { id: 1 },
        Name: 'first',
        RoleArn: 'arn:aws:iam::111111111111:role/orders',
        StartTime: '2026-01-31T12:00:00.000Z',
        RedriveCount: 0,
      },
      State: { Name: 'First', EnteredTime: '2026-01-31T12:00:00.000Z' },
      StateMachine: { Id: 'arn:aws:states:eu-west-1:111111111111:stateMachine:Orders', Name: 'Orders' },
    },
  });
});

test('a machine whose time is up is TIMED_OUT, and what it waited for is given up', async () => {
  const world = createWorld({ First: () => new Promise(() => {}) });
  const execution = world.start(machineOf(task, {}, { TimeoutSeconds: 60 }));
  await world.clock.advance(60_000);
  expect(execution.progress).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(world.types().at(-1)).toBe('ExecutionTimedOut');
  expect(world.clock.nextMs).toBeUndefined();
});

test('an execution that is stopped is ABORTED at once, with the error and cause that it is given', async () => {
  const world = createWorld();
  const execution = world.start(machineOf({ Type: 'Wait', Seconds: 60 }));
  await settle();
  execution.stop('Operator', 'not needed');
  expect(await execution.ended).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'not needed' });
  expect(world.clock.nextMs).toBeUndefined();
});

test('a loop of states that wait for nothing ends at 25,000 events, and lets the process work meanwhile', async () => {
  const world = createWorld();
  const machine = machineOf({ Type: 'Pass', Next: 'Second' }, { Second: { Type: 'Pass', Next: 'First' } });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { status, error, cause } = await world.start(machine).ended;
  clearInterval(timer);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
  expect(cause).toContain('maximum number of history events (25000)');
  expect(world.events).toHaveLength(25_000);
  expect(turns).toBeGreaterThan(0);
});

test('errors by name reach the execution when nothing handles them', async () => {
  const { error, cause } = await execute(
    machineOf(task),
    {},
    {
      First: () => {
        throw new StatesError('Lambda.TooManyRequestsException', 'Rate exceeded');
      },
    },
  );
  expect({ error, cause }).toEqual({ error: 'Lambda.TooManyRequestsException', cause: 'Rate exceeded' });
});
