import { expect, test } from '@jest/globals';
import { ExecutionNotRedrivableError, type JsonObject, redriveExecution, StatesError } from '../src/index.ts';
import { createWorld, execute, identity, machineOf, parsed, settle, type Tasks } from './world.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
const callback = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' };

/** Everything that takes time or nests. */
const machine: JsonObject = {
  StartAt: 'Set',
  States: {
    Set: { Type: 'Pass', Assign: { 'ids.$': '$.ids' }, Next: 'Pause' },
    Pause: { Type: 'Wait', Seconds: 3_600, Next: 'Pack' },
    Pack: {
      ...task,
      Parameters: { 'n.$': '$$.State.RetryCount' },
      Retry: [{ ErrorEquals: ['States.ALL'] }],
      ResultPath: '$.parcel',
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemsPath: '$.ids',
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: 'Label',
        States: {
          Label: { ...task, Parameters: { 'id.$': '$', 'all.$': '$ids' }, Next: 'Rest' },
          Rest: { Type: 'Wait', Seconds: 5, End: true },
        },
      },
      ResultPath: '$.labels',
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Ask', States: { Ask: { ...callback, TimeoutSeconds: 90, End: true } } },
        { StartAt: 'Left', States: { Left: { Type: 'Pass', Result: 'left', End: true } } },
      ],
      ResultPath: '$.both',
      End: true,
    },
  },
};

function tasks(answer: (token: string) => void): Tasks {
  return {
    Pack: (parameters) => {
      if ((parameters as JsonObject).n === 0) throw new StatesError('Lambda.ServiceException');
      return 'p';
    },
    Label: (parameters) => `label ${JSON.stringify((parameters as JsonObject).id)}`,
    Ask: (_, { token = '' }) => {
      answer(token);
      return { MessageId: 'm' };
    },
  };
}

const input = { ids: [1, 2, 3] };
const expected = { ...input, parcel: 'p', labels: ['label 1', 'label 2', 'label 3'], both: ['yes', 'left'] };

test('an execution that is killed after any transition, and resumed from what was stored, ends the same', async () => {
  const whole = createWorld(
    tasks((token) => setImmediate(() => void whole.host.tokens.sendTaskSuccess(token, '"yes"'))),
  );
  expect(await whole.end(whole.start(machine, input))).toMatchObject({
    status: 'SUCCEEDED',
    output: expected,
  });
  expect(whole.stored.length).toBeGreaterThan(20);

  for (const [index, stored] of whole.stored.entries()) {
    const { lastEventId } = JSON.parse(stored) as { lastEventId: number };
    const later = createWorld(
      tasks((token) =>
        setImmediate(() => void later.host.tokens.sendTaskSuccess(token, '"yes"').catch(() => {})),
      ),
    );
    // The token's answer may have been asked for before the kill, and comes from outside.
    const pending = /"token":"([^"]+)"[^{}]*"submitted":true/.exec(stored)?.[1];
    const execution = later.resume(machine, stored);
    if (pending !== undefined) {
      await settle();
      await later.host.tokens.sendTaskSuccess(pending, '"yes"').catch(() => {});
    }
    if (execution.progress.status === 'RUNNING') await later.end(execution);
    expect([index, (await execution.ended).output]).toEqual([index, expected]);
    // The history goes on where the stored part of it ends.
    const events = [...whole.events.slice(0, lastEventId), ...later.events];
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    // No event is lost, and none comes twice.
    expect(events.map(({ type }) => type).sort()).toEqual(whole.types().sort());
  }
}, 120_000);

test('a wait goes on until its time, wherever the execution is resumed', async () => {
  const first = createWorld();
  const wait = machineOf({ Type: 'Wait', Seconds: 100 });
  const execution = first.start(wait);
  await first.clock.advance(60_000);
  execution.suspend();
  const second = createWorld();
  await second.clock.advance(60_000);
  const resumed = second.resume(wait, first.stored.at(-1) ?? '');
  await second.clock.advance(39_000);
  expect(resumed.progress.status).toBe('RUNNING');
  await second.clock.advance(1_000);
  expect(resumed.progress.status).toBe('SUCCEEDED');
});

test('the answer to a task token is stored before it is acknowledged', async () => {
  const tokens: string[] = [];
  const first = createWorld({ First: (_, { token = '' }) => tokens.push(token) && {} });
  const execution = first.start(machineOf(callback));
  await settle();
  const acknowledged = first.host.tokens.sendTaskSuccess(tokens[0] ?? '', '{"done":true}');
  execution.suspend();
  await acknowledged;
  const second = createWorld();
  const resumed = second.resume(machineOf(callback), first.stored.at(-1) ?? '');
  expect(await second.end(resumed)).toMatchObject({ status: 'SUCCEEDED', output: { done: true } });
});

test('an execution that is redriven runs what failed again, and nothing else', async () => {
  const calls: string[] = [];
  let broken = true;
  const world = createWorld({
    A: () => calls.push('A') && 'a',
    B: () => {
      calls.push('B');
      if (broken) throw new StatesError('Broken');
      return 'b';
    },
  });
  const both = machineOf({
    Type: 'Parallel',
    Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { ...task, End: true } } })),
  });
  const failed = await world.end(world.start(both));
  expect(failed).toMatchObject({ status: 'FAILED', error: 'Broken' });
  broken = false;
  const again = redriveExecution(parsed(both), failed, world.host);
  const ended = await world.end(again);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: ['a', 'b'], redriveCount: 1 });
  expect(ended.error).toBeUndefined();
  expect(calls).toEqual(['A', 'B', 'B']);
  expect(world.types()).toContain('ExecutionRedriven');
  expect(world.events.map(({ id }) => id)).toEqual(world.events.map((_, at) => at + 1));
});

test('iterations that have succeeded are not run again, whether the execution is redriven or resumed', async () => {
  const calls: unknown[] = [];
  let broken = true;
  const world = createWorld({
    Label: (item) => {
      calls.push(item);
      if (item === 2 && broken) throw new StatesError('Broken');
      return `label ${item}`;
    },
  });
  const each = machineOf({
    Type: 'Map',
    MaxConcurrency: 1,
    ItemProcessor: { StartAt: 'Label', States: { Label: { ...task, End: true } } },
  });
  const failed = await world.end(world.start(each, [1, 2, 3]));
  expect(calls).toEqual([1, 2]);
  broken = false;
  const ended = await world.end(redriveExecution(parsed(each), failed, world.host));
  expect(ended.output).toEqual(['label 1', 'label 2', 'label 3']);
  expect(calls).toEqual([1, 2, 2, 3]);

  const firstEnded =
    world.stored.find((stored) => stored.includes('"iterations":[{"output":"label 1"}')) ?? '';
  calls.length = 0;
  await world.end(world.resume(each, firstEnded));
  expect(calls).toEqual([2, 3]);
});

test('a redriven task has all its attempts again, and sees that it was redriven', async () => {
  let calls = 0;
  const world = createWorld({
    First: () => {
      calls++;
      throw new StatesError('Broken');
    },
  });
  const retried = machineOf({ ...task, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }] });
  const failed = await world.end(world.start(retried));
  expect(calls).toBe(3);
  await world.end(redriveExecution(parsed(retried), failed, world.host));
  expect(calls).toBe(6);
});

test('an execution that was stopped or timed out is redriven from where it was', async () => {
  const world = createWorld();
  const wait = machineOf({ Type: 'Wait', Seconds: 60 }, {}, { TimeoutSeconds: 100 });
  const execution = world.start(wait);
  await world.clock.advance(50_000);
  execution.stop();
  const stopped = await execution.ended;
  await world.clock.advance(200_000);
  const again = redriveExecution(parsed(wait), stopped, world.host);
  expect(await world.end(again)).toMatchObject({ status: 'SUCCEEDED' });
});

test('what has succeeded, runs, or ended more than 14 days ago is not redriven', async () => {
  const world = createWorld();
  const pass = machineOf({ Type: 'Pass' });
  const succeeded = await world.end(world.start(pass));
  expect(() => redriveExecution(parsed(pass), succeeded, world.host)).toThrow(ExecutionNotRedrivableError);
  const fail = machineOf({ Type: 'Fail' });
  const failed = await world.end(world.start(fail));
  await world.clock.advance(15 * 86_400_000);
  expect(() => redriveExecution(parsed(fail), failed, world.host)).toThrow('14 days');
});

test('progress is plain JSON and says what the execution belongs to', async () => {
  const { events } = await execute(machineOf({ Type: 'Pass' }));
  expect(events[0]).toMatchObject({ id: 1, previousEventId: 0, type: 'ExecutionStarted' });
  const world = createWorld();
  const progress = await world.end(world.start(machineOf({ Type: 'Pass' })));
  expect(JSON.parse(JSON.stringify(progress))).toEqual(progress);
  expect(progress).toMatchObject(identity);
});
