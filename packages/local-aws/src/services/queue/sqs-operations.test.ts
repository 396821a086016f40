import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemIds } from '../../ids.ts';
import { type LocalServer, listen } from '../../server.ts';
import {
  account,
  arnOf,
  FakeClock,
  makeCaller,
  makeContext,
  makeIam,
  sdkConfig,
  serveAws,
  until,
} from '../../testing.ts';
import { Queue } from './queue.ts';
import { sqsOperations } from './sqs-operations.ts';

/** The operations as a client finds them: the AWS SDK before the server, and queues on a clock that stands still. */
let server: LocalServer;
let sqs: SQSClient;
let clock: FakeClock;
let queue: Queue;
let QueueUrl: string;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  clock = new FakeClock();
  const list = ['A', 'Other'].map(
    (name) =>
      new Queue(
        { name, arn: arnOf('sqs', name), url: `${server.endpoint}/${account}/${name}` },
        { messages: new Map(), clock, ids: systemIds },
      ),
  );
  [queue] = list as [Queue];
  QueueUrl = queue.url;
  serveAws(server, [{ operations: sqsOperations(list) }], makeContext());
  sqs = new SQSClient(sdkConfig(server));
});
afterEach(async () => {
  queue.close();
  sqs.destroy();
  await server.close();
});

const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? [];
const receiveOne = async (more?: Partial<ReceiveMessageCommandInput>) => {
  const [message] = await receive(more);
  if (!message) throw new Error('There was no message to receive');
  return message;
};
const bodies = async (more?: Partial<ReceiveMessageCommandInput>) =>
  (await receive(more)).map(({ Body }) => Body);
const attributesOf = async (...AttributeNames: ('All' | 'QueueArn' | 'ApproximateNumberOfMessages')[]) =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;

/** An operation with an input that the SDK would not send, as it came over the wire. */
async function post(
  operation: string,
  input: object,
): Promise<{ status: number; type: string; message: string }> {
  const response = await fetch(server.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });
  const { __type: type = '', message = '' } = (await response.json()) as Record<string, string>;
  return { status: response.status, type, message };
}

describe('SendMessage and ReceiveMessage', () => {
  test('carry text as it is, by digests that the SDK checks', async () => {
    const body = '{"a":"€ 😀"}\n\t';
    const { MessageId, MD5OfMessageAttributes } = await send(body);
    expect(MD5OfMessageAttributes).toBeUndefined();
    const message = await receiveOne();
    expect(message).toEqual({
      MessageId,
      Body: body,
      MD5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      ReceiptHandle: expect.any(String),
    });
  });

  const MessageAttributes = {
    'order.id': { DataType: 'String', StringValue: 'o-1' },
    'order.value': { DataType: 'Number.int', StringValue: '300' },
    picture: { DataType: 'Binary.gif', BinaryValue: new Uint8Array([0, 1, 255]) },
  };

  test('carry attributes to a receiver that asks for them', async () => {
    const { MD5OfMessageAttributes } = await send('a', { MessageAttributes });
    expect(await receiveOne({ MessageAttributeNames: ['All'] })).toMatchObject({
      MessageAttributes,
      MD5OfMessageAttributes,
    });
  });

  test.each<[string[], string[]]>([
    [[], []],
    [['picture'], ['picture']],
    [['order.id', 'nothing'], ['order.id']],
    [['order.*'], ['order.id', 'order.value']],
    // The dot is no part of the beginning.
    [['pic.*'], ['picture']],
    [['order*'], []],
    [['order'], []],
    [['.*'], ['order.id', 'order.value', 'picture']],
    [['All'], ['order.id', 'order.value', 'picture']],
  ])('give one that asks for the attributes %j: %j', async (MessageAttributeNames, expected) => {
    const { MD5OfMessageAttributes: ofAll } = await send('a', { MessageAttributes });
    const { MessageAttributes: given, MD5OfMessageAttributes: digest } = await receiveOne({
      MessageAttributeNames,
    });
    expect(Object.keys(given ?? {}).sort()).toEqual(expected);
    expect(digest === ofAll).toBe(expected.length === 3);
    expect(digest === undefined).toBe(expected.length === 0);
  });

  test.each(['MessageSystemAttributeNames', 'AttributeNames'] as const)(
    'tell when a message was sent and how often it was received, by %s',
    async (names) => {
      await send('a');
      const SentTimestamp = String(clock.now());
      clock.advance(5_000);
      const ApproximateFirstReceiveTimestamp = String(clock.now());
      expect((await receiveOne({ [names]: ['All'], VisibilityTimeout: 0 })).Attributes).toEqual({
        SentTimestamp,
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp,
      });
      clock.advance(5_000);
      expect(
        (await receiveOne({ [names]: ['ApproximateReceiveCount'], VisibilityTimeout: 0 })).Attributes,
      ).toEqual({
        ApproximateReceiveCount: '2',
      });
      expect((await receiveOne()).Attributes).toBeUndefined();
    },
  );

  test('give no list when there is no message', async () => {
    const { $metadata: _, ...output } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(output).toEqual({});
  });

  test('carry ten attributes, the most that there may be', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `a${index}`);
    const ten = names.map((name) => [name, { DataType: 'String', StringValue: 'x' }]);
    await send('a', { MessageAttributes: Object.fromEntries(ten) });
    const { MessageAttributes: given = {} } = await receiveOne({ MessageAttributeNames: ['All'] });
    expect(Object.keys(given).sort()).toEqual(names);
  });

  test('give one message unless the receiver takes more', async () => {
    for (const body of ['a', 'b', 'c']) await send(body);
    expect(await bodies()).toEqual(['a']);
    expect(await bodies({ MaxNumberOfMessages: 10 })).toEqual(['b', 'c']);
  });

  test('hide a message for 30 seconds, or for as long as the receiver says', async () => {
    await send('a');
    await receiveOne();
    clock.advance(29_999);
    expect(await bodies()).toEqual([]);
    clock.advance(1);
    expect(await bodies({ VisibilityTimeout: 60 })).toEqual(['a']);
    clock.advance(59_999);
    expect(await bodies()).toEqual([]);
    clock.advance(1);
    expect(await bodies({ VisibilityTimeout: 0 })).toEqual(['a']);
    expect(await bodies()).toEqual(['a']);
  });

  test('keep a receiver that waits until there is a message', async () => {
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await until(() => clock.timers === 1, 'the receiver waits');
    clock.advance(19_999);
    await send('a');
    expect(await waiting).toEqual(['a']);
  });

  test('let a receiver go with nothing when it has waited for its time', async () => {
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await until(() => clock.timers === 1, 'the receiver waits');
    clock.advance(20_000);
    expect(await waiting).toEqual([]);
  });
});

describe('DeleteMessage', () => {
  test('deletes what was received, once and for all', async () => {
    await send('a');
    const { ReceiptHandle } = await receiveOne({ VisibilityTimeout: 0 });
    for (const _ of ['first', 'again']) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(await bodies()).toEqual([]);
  });

  test('refuses what is no receipt handle', async () => {
    const command = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' });
    await expect(sqs.send(command)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });
});

describe('ChangeMessageVisibility', () => {
  test('hides a message from now on, or gives it back', async () => {
    await send('a');
    const { ReceiptHandle } = await receiveOne();
    const change = (VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    await change(60);
    clock.advance(59_999);
    expect(await bodies()).toEqual([]);
    await change(0);
    expect(await bodies()).toEqual(['a']);
  });

  test('refuses a message that nobody holds', async () => {
    await send('a');
    const { ReceiptHandle } = await receiveOne({ VisibilityTimeout: 0 });
    const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 });
    await expect(sqs.send(command)).rejects.toThrow(/Message does not exist or is not available/);
  });
});

test('PurgeQueue empties this queue', async () => {
  await send('a');
  await send('b', { QueueUrl: QueueUrl.replace('/A', '/Other') });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await bodies()).toEqual([]);
  expect(await bodies({ QueueUrl: QueueUrl.replace('/A', '/Other') })).toEqual(['b']);
});

describe('GetQueueAttributes', () => {
  test('tells how many messages wait, and how many are hidden', async () => {
    for (const body of ['a', 'b', 'c']) await send(body);
    await receiveOne();
    expect(await attributesOf('All')).toEqual({
      QueueArn: arnOf('sqs', 'A'),
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
  });

  test('gives what it was asked for', async () => {
    expect(await attributesOf('QueueArn')).toEqual({ QueueArn: arnOf('sqs', 'A') });
    expect(await attributesOf()).toEqual({});
  });

  test('refuses an attribute that it does not have', async () => {
    const command = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['QueueArn', 'RedrivePolicy'],
    });
    await expect(sqs.send(command)).rejects.toMatchObject({
      name: 'InvalidAttributeName',
      message: expect.stringMatching(/RedrivePolicy.*knows All, QueueArn/),
    });
  });
});

describe('a queue', () => {
  test('is found by its name', async () => {
    expect(await sqs.send(new GetQueueUrlCommand({ QueueName: 'A' }))).toMatchObject({ QueueUrl });
  });

  test('is listed with the others, or those whose names begin alike', async () => {
    const list = async (QueueNamePrefix?: string) =>
      (await sqs.send(new ListQueuesCommand({ QueueNamePrefix }))).QueueUrls;
    expect(await list()).toEqual([QueueUrl, QueueUrl.replace('/A', '/Other')]);
    expect(await list('Ot')).toEqual([QueueUrl.replace('/A', '/Other')]);
    expect(await list('ther')).toEqual([]);
  });

  test("goes by its URL under this process's other name, too", async () => {
    await send('a', { QueueUrl: QueueUrl.replace('127.0.0.1', 'localhost') });
    expect(await bodies()).toEqual(['a']);
  });

  test.each([
    ['by its URL', () => receive({ QueueUrl: `${QueueUrl}2` })],
    ['by a URL of another account', () => receive({ QueueUrl: QueueUrl.replace(account, '123456789012') })],
    ['by its name', () => sqs.send(new GetQueueUrlCommand({ QueueName: 'a' }))],
  ])('that the stack does not have is refused, %s, as clients of both protocols tell it', async (_, act) => {
    await expect(act()).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
      message: expect.stringMatching(/^The specified queue does not exist: .* The stack has A, Other$/),
    });
  });
});

/** Whether an operation is one on a queue. */
const onQueue = (operation: string) => !['GetQueueUrl', 'ListQueues'].includes(operation);
const invalid = 'com.amazon.coral.service#InvalidParameterValueException';
const missing = 'com.amazon.coral.service#MissingRequiredParameterException';
const unsupported = 'com.amazonaws.sqs#UnsupportedOperation';
const attributes = (MessageAttributes: unknown) => ({ MessageBody: 'a', MessageAttributes });
const attribute = (a: unknown) => attributes({ a });
const text = { DataType: 'String', StringValue: 'x' };

test.each<[string, string, object, string, string]>([
  ['GetQueueUrl', 'no name', {}, missing, 'QueueName'],
  [
    'GetQueueUrl',
    'a parameter that is unknown',
    { QueueName: 'A', QueueOwnerAWSAccountId: '1' },
    unsupported,
    'QueueOwnerAWSAccountId',
  ],
  ['ListQueues', 'a parameter that is unknown', { MaxResults: 1 }, unsupported, 'MaxResults'],
  ['SendMessage', 'no body', {}, missing, 'MessageBody'],
  ['SendMessage', 'an empty body', { MessageBody: '' }, missing, 'MessageBody'],
  ['SendMessage', 'a body that is no text', { MessageBody: { a: 1 } }, invalid, 'MessageBody'],
  [
    'SendMessage',
    'a body over the limit',
    { MessageBody: 'x'.repeat(262_145) },
    invalid,
    'shorter than 262144 bytes',
  ],
  [
    'SendMessage',
    'a forbidden character',
    { MessageBody: '\u0001' },
    'com.amazonaws.sqs#InvalidMessageContents',
    'U+0001',
  ],
  [
    'SendMessage',
    'a delay, which is unknown',
    { MessageBody: 'a', DelaySeconds: 1 },
    unsupported,
    'DelaySeconds',
  ],
  [
    'SendMessage',
    'a group, which is unknown',
    { MessageBody: 'a', MessageGroupId: 'g' },
    unsupported,
    'It knows QueueUrl, MessageBody, MessageAttributes',
  ],
  ['SendMessage', 'attributes in a list', attributes([text]), invalid, 'MessageAttributes'],
  [
    'SendMessage',
    'eleven attributes',
    attributes(Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, text]))),
    invalid,
    '[11] exceeds the allowed maximum [10]',
  ],
  ['SendMessage', 'an attribute without a type', attribute({ StringValue: 'x' }), invalid, "attribute 'a'"],
  [
    'SendMessage',
    'an attribute of an unknown type',
    attribute({ ...text, DataType: 'Strings' }),
    invalid,
    'String, Number or Binary',
  ],
  [
    'SendMessage',
    'an attribute of a type with an empty label',
    attribute({ ...text, DataType: 'String.' }),
    invalid,
    'String, Number or Binary',
  ],
  [
    'SendMessage',
    'an attribute without a value',
    attribute({ DataType: 'String' }),
    invalid,
    "attribute 'a'",
  ],
  [
    'SendMessage',
    'an attribute that is empty',
    attribute({ ...text, StringValue: '' }),
    invalid,
    "that isn't empty",
  ],
  [
    'SendMessage',
    'bytes that are empty',
    attribute({ DataType: 'Binary', BinaryValue: '' }),
    invalid,
    "that isn't empty",
  ],
  [
    'SendMessage',
    'an attribute with a value of another type',
    attribute({ DataType: 'Binary', StringValue: 'x' }),
    invalid,
    "attribute 'a'",
  ],
  ['SendMessage', 'an attribute that is null', attribute(null), invalid, 'received null'],
  [
    'ReceiveMessage',
    'no message at all',
    { MaxNumberOfMessages: 0 },
    invalid,
    'Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10',
  ],
  ['ReceiveMessage', 'eleven messages', { MaxNumberOfMessages: 11 }, invalid, 'between 1 and 10'],
  ['ReceiveMessage', 'half a message', { MaxNumberOfMessages: 1.5 }, invalid, 'between 1 and 10'],
  ['ReceiveMessage', 'a number as text', { MaxNumberOfMessages: '1' }, invalid, 'Value "1"'],
  ['ReceiveMessage', 'a wait of 21 seconds', { WaitTimeSeconds: 21 }, invalid, 'between 0 and 20'],
  ['ReceiveMessage', 'a negative wait', { WaitTimeSeconds: -1 }, invalid, 'between 0 and 20'],
  [
    'ReceiveMessage',
    'more than 12 hours hidden',
    { VisibilityTimeout: 43_201 },
    invalid,
    'between 0 and 43200',
  ],
  [
    'ReceiveMessage',
    'names that are no list',
    { MessageAttributeNames: 'All' },
    invalid,
    'MessageAttributeNames',
  ],
  ['ReceiveMessage', 'names that are no text', { AttributeNames: [1] }, invalid, 'AttributeNames'],
  [
    'ReceiveMessage',
    'a system attribute that is unknown',
    { AttributeNames: ['SenderId'] },
    'com.amazonaws.sqs#InvalidAttributeName',
    'SenderId',
  ],
  [
    'ReceiveMessage',
    'a system attribute that is unknown by its new name',
    { MessageSystemAttributeNames: ['SenderId'] },
    'com.amazonaws.sqs#InvalidAttributeName',
    'SenderId',
  ],
  [
    'ReceiveMessage',
    'a parameter that is unknown',
    { ReceiveRequestAttemptId: 'x' },
    unsupported,
    'ReceiveRequestAttemptId',
  ],
  ['DeleteMessage', 'no receipt handle', {}, missing, 'ReceiptHandle'],
  ['ChangeMessageVisibility', 'no time', { ReceiptHandle: 'x' }, missing, 'VisibilityTimeout'],
  [
    'ChangeMessageVisibility',
    'a negative time',
    { ReceiptHandle: 'x', VisibilityTimeout: -1 },
    invalid,
    'between 0 and 43200',
  ],
  ['PurgeQueue', 'a parameter that is unknown', { Force: true }, unsupported, 'Force'],
])('%s refuses %s, and no message is touched', async (operation, _, input, type, message) => {
  queue.send('there');
  expect(await post(operation, onQueue(operation) ? { QueueUrl, ...input } : input)).toEqual({
    status: 400,
    type,
    message: expect.stringContaining(message),
  });
  expect(queue.counts).toEqual({ visible: 1, notVisible: 0 });
});

test('every operation on a queue asks for its queue', async () => {
  const operations = Object.keys(sqsOperations([]).operations);
  expect(operations.filter(onQueue).length).toBeGreaterThan(5);
  for (const operation of operations.filter(onQueue)) {
    expect(await post(operation, {})).toMatchObject({
      type: missing,
      message: expect.stringContaining('QueueUrl'),
    });
  }
});

test.each<[string, object, string]>([
  ['GetQueueUrl', { QueueName: 'A' }, 'A'],
  ['ListQueues', {}, '*'],
  ['GetQueueAttributes', {}, 'A'],
  ['SendMessage', { MessageBody: 'a' }, 'A'],
  ['ReceiveMessage', {}, 'A'],
  ['DeleteMessage', { ReceiptHandle: 'x' }, 'A'],
  ['ChangeMessageVisibility', { ReceiptHandle: 'x', VisibilityTimeout: 1 }, 'A'],
  ['PurgeQueue', {}, 'A'],
])('%s asks for the permission of its own name, before it does anything', async (name, input, resource) => {
  queue.send('there');
  const context = makeContext({ iam: makeIam(`sqs:${name}`) });
  const call = makeCaller([{ operations: sqsOperations([queue]) }], context);
  const authorization = `AWS4-HMAC-SHA256 Credential=${context.iam.openSession('arn:role')}/…`;
  const given = onQueue(name) ? { QueueUrl, ...input } : input;
  expect(await call(`AmazonSQS.${name}`, given, { authorization })).toMatchObject({
    status: 400,
    output: {
      __type: 'AccessDeniedException',
      message: `denied: arn:role sqs:${name} ${resource === '*' ? '*' : arnOf('sqs', resource)}`,
    },
  });
  expect(queue.counts).toEqual({ visible: 1, notVisible: 0 });
});
