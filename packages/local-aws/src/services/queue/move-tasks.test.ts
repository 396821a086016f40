import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClock } from '../../clock.ts';
import { arnOf, makeContext, makePlan } from '../../testing.ts';
import { createQueues } from './queues.ts';
import { redriveTo, startSqs, type TestSqs } from './testing.ts';

const queues = {
  dead: { name: 'Dead' },
  a: { name: 'A', redrive_policy: redriveTo('dead', 1), visibility_timeout_seconds: 0 },
  b: { name: 'B', redrive_policy: redriveTo('dead', '1'), visibility_timeout_seconds: 0 },
  other: { name: 'Other' },
};
const dead = arnOf('sqs', 'Dead');
const other = arnOf('sqs', 'Other');

let system: TestSqs;
beforeEach(async () => {
  system = await startSqs(queues);
});
afterEach(() => system.close());

const start = (
  more: { SourceArn?: string; DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number } = {},
) => system.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead, ...more }));
const list = async (MaxResults?: number) =>
  (await system.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead, MaxResults }))).Results;
const cancel = (TaskHandle: string | undefined) =>
  system.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
const visible = (name: string) => system.queueOf(name).counts.visible;
/** Sends messages to a queue, and receives them too often. */
const giveUp = async (name: string, ...bodies: string[]) => {
  for (const body of bodies) await system.send(name, body);
  for (let times = 0; times < 2; times += 1) await system.receive(name, { MaxNumberOfMessages: 10 });
};
const handle = (taskId: string, sourceArn: string) =>
  Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');

describe('a task without a destination', () => {
  test('sends each message back to the queue that gave it up, as a new one', async () => {
    await giveUp('A', 'a1', 'a2');
    await giveUp('B', 'b1');
    system.clock.advance(1_000);
    await start();
    expect(await list()).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: dead,
        ApproximateNumberOfMessagesMoved: 3,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: system.clock.now(),
      },
    ]);
    expect([visible('Dead'), visible('A'), visible('B')]).toEqual([0, 2, 1]);
    const { Attributes } = await system.receiveOne('A', { MessageSystemAttributeNames: ['All'] });
    expect(Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(system.clock.now()),
    });
    expect(Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
  });

  test('fails at a message that no queue gave up', async () => {
    await system.send('Dead', 'sent here');
    await start();
    expect(await list()).toMatchObject([
      { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
    ]);
    expect(visible('Dead')).toBe(1);
  });
});

test('a task with a destination moves everything that waits there, its attributes too', async () => {
  const MessageAttributes = { k: { DataType: 'String', StringValue: 'v' } };
  await system.send('Dead', 'sent here', { MessageAttributes });
  await giveUp('A', 'a1');
  await start({ DestinationArn: other });
  expect(await list()).toMatchObject([{ Status: 'COMPLETED', DestinationArn: other }]);
  expect(
    await system.receive('Other', { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  ).toMatchObject([{ Body: 'sent here', MessageAttributes }, { Body: 'a1' }]);
});

describe('a task with a rate', () => {
  test('moves the first message at once, and the others in their time', async () => {
    await giveUp('A', '1', '2', '3');
    await start({ DestinationArn: other, MaxNumberOfMessagesPerSecond: 2 });
    expect(visible('Other')).toBe(1);
    system.clock.advance(499);
    expect(visible('Other')).toBe(1);
    system.clock.advance(1);
    expect(visible('Other')).toBe(2);
    expect(await list()).toMatchObject([
      {
        Status: 'RUNNING',
        TaskHandle: expect.any(String),
        MaxNumberOfMessagesPerSecond: 2,
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 3,
      },
    ]);
    system.clock.advance(500);
    expect(visible('Other')).toBe(3);
    expect(await list()).toMatchObject([{ Status: 'COMPLETED' }]);
    expect(system.clock.timers).toBe(0);
  });

  test('is cancelled, and moves no more', async () => {
    await giveUp('A', '1', '2', '3');
    const { TaskHandle } = await start({ DestinationArn: other, MaxNumberOfMessagesPerSecond: 1 });
    expect(await cancel(TaskHandle)).toMatchObject({ ApproximateNumberOfMessagesMoved: 1 });
    system.clock.advance(60_000);
    expect([visible('Dead'), visible('Other')]).toEqual([2, 1]);
    expect(await list()).toMatchObject([{ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 1 }]);
    await expect(cancel(TaskHandle)).rejects.toThrow('This one is CANCELLED');
  });

  test('is the only one of its queue as long as it runs', async () => {
    await giveUp('A', '1', '2');
    await start({ DestinationArn: other, MaxNumberOfMessagesPerSecond: 1 });
    await expect(start()).rejects.toMatchObject({
      Code: 'InvalidParameterValue',
      message:
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    });
    system.clock.advance(1_000);
    await start();
  });

  test('happens when the clock of the system is moved, also after its wiring', async () => {
    const clock = createClock();
    const context = makeContext({ clock });
    const plan = makePlan({ aws_sqs_queue: queues });
    const before = createQueues(plan, context);
    for (let count = 0; count < 3; count += 1) before.find(dead)?.send('x');
    const { operations } = before;
    await operations?.operations.StartMessageMoveTask?.run(
      { SourceArn: dead, DestinationArn: other, MaxNumberOfMessagesPerSecond: 1 },
      { authorize() {}, roleArn: undefined, flowId: undefined, request: { headers: {}, body: Buffer.of() } },
    );
    before.close();
    const after = createQueues(plan, context);
    expect(clock.scheduled()).toMatchObject([{ what: `the next message of ${dead} is moved` }]);
    await clock.advance(5_000, async () => {});
    expect(after.find(other)?.counts.visible).toBe(3);
    expect(clock.scheduled()).toEqual([]);
    after.close();
    clock.close();
  });
});

test('the last tasks of a queue are listed, the newest first', async () => {
  for (const DestinationArn of [other, arnOf('sqs', 'A'), arnOf('sqs', 'B')]) await start({ DestinationArn });
  const destinations = async (max?: number) => (await list(max))?.map(({ DestinationArn }) => DestinationArn);
  expect(await destinations()).toEqual([arnOf('sqs', 'B')]);
  expect(await destinations(10)).toEqual([arnOf('sqs', 'B'), arnOf('sqs', 'A'), other]);
});

test.each<[string, () => Promise<unknown>, { Code: string; message: string; status: number }]>([
  [
    "a queue that is nobody's dead-letter queue",
    () => start({ SourceArn: other }),
    {
      Code: 'InvalidParameterValue',
      message: 'Source queue must be configured as a Dead Letter Queue.',
      status: 400,
    },
  ],
  [
    'a source that does not exist',
    () => start({ SourceArn: `${dead}2` }),
    { Code: 'ResourceNotFoundException', message: "SourceArn parameter doesn't exist.", status: 404 },
  ],
  [
    'a destination that does not exist',
    () => start({ DestinationArn: `${other}2` }),
    { Code: 'ResourceNotFoundException', message: "DestinationArn parameter doesn't exist.", status: 404 },
  ],
  [
    'the source as destination',
    () => start({ DestinationArn: dead }),
    { Code: 'InvalidParameterValue', message: 'must differ', status: 400 },
  ],
  [
    'more than 500 messages a second',
    () => start({ MaxNumberOfMessagesPerSecond: 501 }),
    { Code: 'InvalidParameterValue', message: 'between 1 and 500', status: 400 },
  ],
  [
    'a list of eleven',
    () => list(11),
    { Code: 'InvalidParameterValue', message: 'between 1 and 10', status: 400 },
  ],
  [
    'a handle that is none',
    () => cancel('foobared'),
    { Code: 'InvalidParameterValue', message: 'Value for parameter TaskHandle is invalid.', status: 400 },
  ],
  [
    'a handle of an unknown queue',
    () => cancel(handle('x', `${dead}2`)),
    { Code: 'ResourceNotFoundException', message: "SourceArn parameter doesn't exist.", status: 404 },
  ],
  [
    'a handle of an unknown task',
    () => cancel(handle('x', dead)),
    { Code: 'ResourceNotFoundException', message: 'Task does not exist.', status: 404 },
  ],
])('%s is refused', async (_, act, { Code, message, status }) => {
  await expect(act()).rejects.toMatchObject({
    Code,
    message: expect.stringContaining(message),
    $metadata: { httpStatusCode: status },
  });
});

test('the sources of a dead-letter queue are listed, in pages if asked', async () => {
  const sources = (name: string, more = {}) =>
    system.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: system.urlOf(name), ...more }));
  expect((await sources('Dead')).queueUrls).toEqual([system.urlOf('A'), system.urlOf('B')]);
  expect((await sources('Other')).queueUrls).toEqual([]);
  const first = await sources('Dead', { MaxResults: 1 });
  expect(first.queueUrls).toEqual([system.urlOf('A')]);
  expect((await sources('Dead', { MaxResults: 1, NextToken: first.NextToken })).queueUrls).toEqual([
    system.urlOf('B'),
  ]);
});
