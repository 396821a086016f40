import { describe, expect, test } from '@jest/globals';
import { AccessDeniedError, createIam } from '../../iam.ts';
import { systemIds } from '../../ids.ts';
import { createLocalApi } from '../../local-api.ts';
import {
  arnOf,
  deliverTo,
  makeCaller,
  makeContext,
  makeEvent,
  makeIam,
  makePlan,
  policy,
} from '../../testing.ts';
import { stringAttribute } from './message-attributes.ts';
import { createQueues } from './queues.ts';

const ruleArn = arnOf('events', 'rule/Orders/Every');
const plan = makePlan({
  aws_sqs_queue: { a: { name: 'A' }, b: { name: 'B' } },
  aws_sqs_queue_policy: {
    a: {
      queue_url: '${aws_sqs_queue.a.url}',
      policy: policy({
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: '${aws_sqs_queue.a.arn}',
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    },
  },
});
const makeQueues = (iam = createIam(plan, systemIds)) => createQueues(plan, makeContext({ iam }));
const receiveAll = (queues: ReturnType<typeof makeQueues>, name: string) =>
  queues.find(arnOf('sqs', name))?.receive({ max: 10, visibilityTimeoutMs: 0, waitMs: 0 });

describe('the queues of a stack', () => {
  test('are found by their ARN', () => {
    const queues = makeQueues();
    expect(queues.find(arnOf('sqs', 'A'))?.url).toBe('http://127.0.0.1:4000/000000000000/A');
    expect(queues.find(arnOf('sqs', 'B'))?.name).toBe('B');
    expect(queues.find(arnOf('sqs', 'C'))).toBeUndefined();
  });

  test('let those who wait go when they close', async () => {
    const queues = makeQueues();
    const waiting = ['A', 'B'].map((name) =>
      queues.find(arnOf('sqs', name))?.receive({ max: 1, visibilityTimeoutMs: 0, waitMs: 60_000 }),
    );
    queues.close();
    expect(await Promise.all(waiting)).toEqual([[], []]);
  });
});

test('messages outlive the wiring', async () => {
  const context = makeContext({ iam: createIam(plan, systemIds) });
  const before = createQueues(plan, context);
  before.forRule(arnOf('sqs', 'A'), ruleArn)?.send('kept');
  before.close();
  expect(await receiveAll(createQueues(plan, context), 'A')).toMatchObject([{ body: 'kept' }]);
});

test('SQS serves each queue of the stack by its name', async () => {
  const context = makeContext();
  const call = makeCaller([createQueues(plan, context)], context);
  expect((await call('AmazonSQS.ListQueues', {})).output).toEqual({
    QueueUrls: ['http://127.0.0.1:4000/000000000000/A', 'http://127.0.0.1:4000/000000000000/B'],
  });
});

describe('a rule', () => {
  test('sends to the queue that lets it in', async () => {
    const queues = makeQueues();
    queues.forRule(arnOf('sqs', 'A'), ruleArn)?.send('body', { a: '1' });
    expect(await receiveAll(queues, 'A')).toMatchObject([
      { body: 'body', attributes: { a: stringAttribute('1') } },
    ]);
  });

  test.each([
    ['a queue that lets another rule in', 'A', `${ruleArn}2`],
    ['a queue without a policy', 'B', ruleArn],
  ])('sends nothing to %s', async (_, name, arn) => {
    const queues = makeQueues();
    const queue = queues.forRule(arnOf('sqs', name), arn);
    expect(queue?.name).toBe(name);
    expect(() => queue?.send('body')).toThrow(AccessDeniedError);
    expect(await receiveAll(queues, name)).toEqual([]);
  });

  test('finds no queue that the stack does not have', () => {
    expect(makeQueues().forRule(arnOf('sqs', 'C'), ruleArn)).toBeUndefined();
  });
});

describe('a queue as a target', () => {
  const rule = { ruleArn, roleArn: undefined };

  test('gets the event as JSON, without attributes', async () => {
    const queues = makeQueues();
    const event = makeEvent();
    const target = queues.target(arnOf('sqs', 'A'), rule);
    expect(target?.description).toBe('queue A');
    await deliverTo(target, event, 'flow');
    const [message, ...others] = (await receiveAll(queues, 'A')) ?? [];
    expect(JSON.parse(message?.body ?? '')).toEqual(event);
    expect(message?.attributes).toEqual({});
    expect(others).toEqual([]);
  });

  test('gets nothing that its policy does not let in', async () => {
    const queues = makeQueues(makeIam('sqs:SendMessage'));
    const target = queues.target(arnOf('sqs', 'A'), rule);
    await expect(deliverTo(target, makeEvent(), 'flow')).rejects.toThrow(
      `denied: events.amazonaws.com sqs:SendMessage ${arnOf('sqs', 'A')} ${ruleArn}`,
    );
    expect(await receiveAll(queues, 'A')).toEqual([]);
  });

  test('of another ARN is no target here', () => {
    expect(makeQueues().target('arn:other', rule)).toBeUndefined();
  });
});

test('what waits in a queue is listed without being received, and can be dropped', async () => {
  const queues = makeQueues();
  const api = createLocalApi(queues.routes ?? {});
  const ask = async (method: string, path: string) => {
    const request = { method, path: `/_local/queues${path}`, rawQueryString: '', headers: {} };
    const response = await api({ ...request, sourceIp: '127.0.0.1', body: Buffer.from('') });
    return [response?.status, JSON.parse(response?.body.toString() ?? '')];
  };
  queues.find(arnOf('sqs', 'A'))?.send('text', { attributes: { WHY: stringAttribute('no') } });
  expect(await ask('GET', '')).toEqual([
    200,
    {
      queues: [
        { queue: 'A', waiting: 1, hidden: 0 },
        { queue: 'B', waiting: 0, hidden: 0 },
      ],
    },
  ]);
  const [, { messages }] = await ask('GET', '/A/messages');
  expect(messages).toMatchObject([{ body: 'text', attributes: { WHY: 'no' } }]);
  expect(await receiveAll(queues, 'A')).toMatchObject([{ body: 'text', receiveCount: 1 }]);
  const message = `/A/messages/${messages[0].id}`;
  expect(await ask('DELETE', message)).toEqual([200, { queue: 'A', removed: messages[0].id }]);
  expect(await ask('DELETE', message)).toMatchObject([
    404,
    { message: expect.stringContaining('waits in A') },
  ]);
  expect(await ask('GET', '/C/messages')).toEqual([
    404,
    { message: 'There is no queue C. The stack has A, B.' },
  ]);
});
