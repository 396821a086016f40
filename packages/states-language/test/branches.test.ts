import { expect, test } from '@jest/globals';
import { type JsonObject, StatesError } from '../src/index.ts';
import { createWorld, execute, machineOf } from './world.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const pass = { Type: 'Pass', End: true };
const branch = (name: string, state: JsonObject, others: JsonObject = {}) => ({
  StartAt: name,
  States: { [name]: state, ...others },
});
const fails = { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' };

test('a Parallel state gives the outputs of its branches in their order, however long each takes', async () => {
  const machine = machineOf({
    Type: 'Parallel',
    Branches: [
      branch('Slow', { Type: 'Wait', Seconds: 9, Next: 'A' }, { A: { ...pass, Result: 'a' } }),
      branch('B', { ...pass, Result: 'b' }),
    ],
    ResultPath: '$.both',
  });
  expect(await execute(machine, { id: 1 })).toMatchObject({ output: { id: 1, both: ['a', 'b'] } });
});

test('the first branch that fails ends the others, and its error is that of the Parallel state', async () => {
  const world = createWorld({ Never: () => new Promise(() => {}) });
  const execution = world.start(
    machineOf({ Type: 'Parallel', Branches: [branch('Never', task), branch('Breaks', fails)] }),
  );
  expect(await world.end(execution)).toMatchObject({
    status: 'FAILED',
    error: 'Broken',
    cause: 'on purpose',
  });
  expect(world.types().slice(-3)).toEqual(['TaskStateAborted', 'ParallelStateFailed', 'ExecutionFailed']);
  expect(world.clock.nextMs).toBeUndefined();
});

test('a Parallel state that is retried runs all branches again', async () => {
  let calls = 0;
  const { output } = await execute(
    machineOf({
      Type: 'Parallel',
      Branches: [branch('Pack', task), branch('B', { ...pass, Result: 'b' })],
      Retry: [{ ErrorEquals: ['States.TaskFailed'] }],
    }),
    {},
    {
      Pack: () => {
        if (++calls < 2) throw new StatesError('Broken');
        return calls;
      },
    },
  );
  expect(output).toEqual([2, 'b']);
});

const map = (processor: JsonObject, fields: JsonObject = {}) =>
  machineOf({ Type: 'Map', ItemProcessor: processor, ...fields });

test('a Map state runs its machine for each item', async () => {
  const machine = map(branch('One', { ...pass, Parameters: { 'n.$': '$' } }), { ItemsPath: '$.items' });
  expect(await execute(machine, { items: [1, 2] })).toMatchObject({ output: [{ n: 1 }, { n: 2 }] });
  expect(await execute(machine, { items: [] })).toMatchObject({ output: [] });
});

test('an item selector sees the input of the state, and the item in the context object', async () => {
  const machine = map(branch('One', pass), {
    ItemsPath: '$.items',
    ItemSelector: { 'item.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index', 'all.$': '$.items' },
  });
  expect(await execute(machine, { items: ['a', 'b'] })).toMatchObject({
    output: [
      { item: 'a', at: 0, all: ['a', 'b'] },
      { item: 'b', at: 1, all: ['a', 'b'] },
    ],
  });
});

test('a state called Iterator is a state like any other', async () => {
  const machine = machineOf({ Type: 'Pass', Next: 'Iterator' }, { Iterator: { ...pass, Result: 'done' } });
  expect(await execute(machine)).toMatchObject({ output: 'done' });
  const old = machineOf({
    Type: 'Map',
    Iterator: branch('Iterator', pass),
    Parameters: { 'n.$': '$$.Map.Item.Value' },
  });
  expect(await execute(old, [1])).toMatchObject({ output: [{ n: 1 }] });
});

test.each([
  [1, 1],
  [3, 3],
  [0, 7],
])('with MaxConcurrency %s, at most %s of 7 iterations run at a time', async (maxConcurrency, most) => {
  let running = 0;
  let highest = 0;
  const { output } = await execute(
    map(branch('Pack', task), { MaxConcurrency: maxConcurrency }),
    [1, 2, 3, 4, 5, 6, 7],
    {
      Pack: async (item) => {
        running++;
        highest = Math.max(highest, running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return item;
      },
    },
  );
  expect(output).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(highest).toBe(most);
});

test('an iteration that fails ends the others, and no further one begins', async () => {
  const begun: unknown[] = [];
  const { error, types } = await execute(map(branch('Pack', task), { MaxConcurrency: 2 }), [1, 2, 3, 4], {
    Pack: (item) => {
      begun.push(item);
      if (item === 2) throw new StatesError('Broken');
      return new Promise(() => {});
    },
  });
  expect(error).toBe('Broken');
  expect(begun).toEqual([1, 2]);
  expect(types.slice(-6)).toEqual([
    'MapIterationAborted',
    'TaskStateAborted',
    'MapIterationFailed',
    'TaskStateAborted',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
});

test('items that are not an array fail with the words of AWS', async () => {
  const { error, cause } = await execute(map(branch('One', pass), { ItemsPath: '$.items' }), { items: 'a' });
  expect(error).toBe('States.Runtime');
  expect(cause).toContain('$.items');
});

test('branches see the variables around them, and keep their own', async () => {
  const machine = {
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { 'customer.$': '$.name' }, Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [
          branch(
            'SetInner',
            { Type: 'Pass', Assign: { inner: 1 }, Next: 'Read' },
            {
              Read: { ...pass, Parameters: { 'customer.$': '$customer', 'inner.$': '$inner' } },
            },
          ),
        ],
        Next: 'After',
      },
      After: { ...pass, Parameters: { 'inner.$': '$inner' } },
    },
  };
  const { error, cause, events } = await execute(machine, { name: 'Ann' });
  expect(events.find(({ type }) => type === 'ParallelStateExited')).toMatchObject({
    stateExitedEventDetails: { output: '[{"customer":"Ann","inner":1}]' },
  });
  expect(error).toBe('States.Runtime');
  expect(cause).toContain('$inner');
});
