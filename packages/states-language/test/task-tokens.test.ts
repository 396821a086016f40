import { expect, test } from '@jest/globals';
import { TaskTokenError } from '../src/index.ts';
import { createWorld, machineOf, settle, type Tasks } from './world.ts';

const send = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { MessageBody: { 'token.$': '$$.Task.Token' } },
};

/** A machine that waits for its token. */
async function waiting(tasks?: Tasks, state = send) {
  const tokens: string[] = [];
  const world = createWorld(
    tasks ?? {
      First: (parameters, { token = '' }) => {
        expect(parameters).toEqual({ MessageBody: { token } });
        tokens.push(token);
        return { MessageId: 'm' };
      },
    },
  );
  const execution = world.start(machineOf(state));
  await settle();
  return { ...world, execution, token: tokens[0] ?? '', answers: world.host.tokens };
}

test('SendTaskSuccess ends the task with its output', async () => {
  const { answers, token, execution, types } = await waiting();
  expect(execution.progress.status).toBe('RUNNING');
  await answers.sendTaskSuccess(token, '{"packed":true}');
  expect(await execution.ended).toMatchObject({ status: 'SUCCEEDED', output: { packed: true } });
  expect(types()).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('SendTaskFailure ends it with an error and a cause, or without either', async () => {
  const first = await waiting();
  await first.answers.sendTaskFailure(first.token, 'Broken', 'why');
  expect(await first.execution.ended).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'why' });
  const second = await waiting();
  await second.answers.sendTaskFailure(second.token);
  const { error, cause } = await second.execution.ended;
  expect([error, cause]).toEqual([undefined, undefined]);
});

test('the answer may come before the call has returned', async () => {
  const world = createWorld({
    First: async (_, { token = '' }) => {
      await world.host.tokens.sendTaskSuccess(token, '1');
      return {};
    },
  });
  expect(await world.start(machineOf(send)).ended).toMatchObject({ output: 1 });
});

test('a token is answered once', async () => {
  const { answers, token, execution } = await waiting();
  const first = answers.sendTaskSuccess(token, '1');
  await expect(answers.sendTaskFailure(token, 'Late')).rejects.toMatchObject({ code: 'TaskTimedOut' });
  await first;
  expect(await execution.ended).toMatchObject({ output: 1 });
  await expect(answers.sendTaskSuccess(token, '2')).rejects.toMatchObject({ code: 'TaskTimedOut' });
  await expect(answers.sendTaskHeartbeat(token)).rejects.toMatchObject({ code: 'TaskTimedOut' });
});

test('a token of a task that timed out, was stopped or was never there is not taken', async () => {
  const timed = await waiting(undefined, { ...send, TimeoutSeconds: 5 } as typeof send);
  await timed.clock.advance(5_000);
  await expect(timed.answers.sendTaskSuccess(timed.token, '1')).rejects.toMatchObject({
    code: 'TaskTimedOut',
  });
  const stopped = await waiting();
  stopped.execution.stop();
  await stopped.execution.ended;
  await expect(stopped.answers.sendTaskFailure(stopped.token)).rejects.toBeInstanceOf(TaskTokenError);
  await expect(stopped.answers.sendTaskSuccess('made-up', '1')).rejects.toMatchObject({
    code: 'InvalidToken',
  });
});

test('an output that is not JSON, or too large, is not taken, and the task waits on', async () => {
  const { answers, token, execution } = await waiting();
  await expect(answers.sendTaskSuccess(token, '{')).rejects.toMatchObject({ code: 'InvalidOutput' });
  const large = JSON.stringify('x'.repeat(262_144));
  await expect(answers.sendTaskSuccess(token, large)).rejects.toMatchObject({ code: 'InvalidOutput' });
  expect(execution.progress.status).toBe('RUNNING');
  await answers.sendTaskSuccess(token, '1');
  expect(await execution.ended).toMatchObject({ output: 1 });
});

test('a retry has a token of its own', async () => {
  const tokens: string[] = [];
  const { answers, execution, clock } = await waiting(
    { First: (_, { token = '' }) => tokens.push(token) && {} },
    { ...send, Retry: [{ ErrorEquals: ['Broken'] }] } as typeof send,
  );
  await answers.sendTaskFailure(tokens[0] ?? '', 'Broken');
  await clock.advance(1_000);
  expect(new Set(tokens).size).toBe(2);
  await answers.sendTaskSuccess(tokens[1] ?? '', '1');
  expect(await execution.ended).toMatchObject({ output: 1 });
});

test('the token of a .sync call ends it, too; otherwise its own answer does', async () => {
  const sync = { ...send, Resource: 'arn:aws:states:::states:startExecution.sync:2' };
  const tokens: string[] = [];
  const first = await waiting(
    {
      First: async (_, { token = '', submitted }) => {
        tokens.push(token);
        await submitted({ ExecutionArn: 'inner' });
        return new Promise(() => {});
      },
    },
    sync,
  );
  expect(first.types()).toContain('TaskSubmitted');
  await first.answers.sendTaskSuccess(tokens[0] ?? '', '"by token"');
  expect(await first.execution.ended).toMatchObject({ output: 'by token' });
  const second = await waiting({ First: () => 'by itself' }, sync);
  expect(await second.execution.ended).toMatchObject({ output: 'by itself' });
});

test('a token tells the execution that it was made for', async () => {
  const { answers, token, execution } = await waiting();
  expect(answers.executionOf(token)).toBe(execution.progress.arn);
  expect(answers.executionOf('made-up')).toBeUndefined();
});
