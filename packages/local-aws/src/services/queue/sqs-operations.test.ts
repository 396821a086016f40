import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { account, arnOf, makeCaller, makeContext, makeIam, makePlan, until } from '../../testing.ts';
import { createQueues } from './queues.ts';
import { startSqs, type TestSqs } from './testing.ts';

/** The AWS SDK calls the operations over HTTP. The clock of the queues stands still until a test moves it. */
let system: TestSqs;
let sqs: SQSClient;
let clock: TestSqs['clock'];
let queue: ReturnType<TestSqs['queueOf']>;
let QueueUrl: string;
const queues = { a: { name: 'A' }, other: { name: 'Other' } };
beforeEach(async () => {
  system = await startSqs(queues);
  ({ sqs, clock } = system);
  queue = system.queueOf('A');
  QueueUrl = queue.url;
});
afterEach(() => system.close());

const send = (body: string, more?: Partial<SendMessageCommandInput>) => system.send('A', body, more);
const receiveOne = (more?: Partial<ReceiveMessageCommandInput>) => system.receiveOne('A', more);
const bodies = (more?: Partial<ReceiveMessageCommandInput>) => system.bodies('A', more);
const attributesOf = async (...AttributeNames: QueueAttributeName[]) =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;

/** Posts an input that the SDK wouldn't send. */
async function post(
  operation: string,
  input: object,
): Promise<{ status: number; type: string; message: string }> {
  const response = await fetch(system.server.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });
  const { __type: type = '', message = '' } = (await response.json()) as Record<string, string>;
  return { status: response.status, type, message };
}

describe('SendMessage and ReceiveMessage', () => {
  test('delay a message for as long as the sender says', async () => {
    await send('a', { DelaySeconds: 5 });
    clock.advance(4_999);
    expect(await bodies()).toEqual([]);
    clock.advance(1);
    expect(await bodies()).toEqual(['a']);
  });

  test('carry the header of a trace and the group of a message', async () => {
    const StringValue = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const AWSTraceHeader = { DataType: 'String', StringValue };
    const sent = await send('a', { MessageSystemAttributes: { AWSTraceHeader }, MessageGroupId: 'g' });
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    expect((await receiveOne({ MessageSystemAttributeNames: ['All'] })).Attributes).toMatchObject({
      AWSTraceHeader: StringValue,
      MessageGroupId: 'g',
    });
  });

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
    // The dot isn't a part of the prefix.
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
        SenderId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/),
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

  test('answer a receiver that waits as soon as there is a message', async () => {
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await until(() => clock.timers === 1, 'the receiver waits');
    clock.advance(19_999);
    await send('a');
    expect(await waiting).toEqual(['a']);
  });

  test('answer a receiver without a message when its time is up', async () => {
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

  test('refuses anything except a receipt handle', async () => {
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

  test('takes a message whose time has expired', async () => {
    await send('a');
    const { ReceiptHandle } = await receiveOne({ VisibilityTimeout: 1 });
    clock.advance(1_000);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 }));
    expect(await bodies()).toEqual([]);
  });

  test('refuses a message that is gone', async () => {
    await send('a');
    const { ReceiptHandle } = await receiveOne();
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 });
    await expect(sqs.send(command)).rejects.toThrow(/Message does not exist or is not available/);
  });
});

describe('PurgeQueue', () => {
  test('empties this queue', async () => {
    await send('a');
    await system.send('Other', 'b');
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await bodies()).toEqual([]);
    expect(await system.bodies('Other')).toEqual(['b']);
  });

  test('is refused within 60 seconds of the last one', async () => {
    const purge = () => sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await purge();
    clock.advance(59_999);
    await expect(purge()).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
      Code: 'AWS.SimpleQueueService.PurgeQueueInProgress',
      $metadata: { httpStatusCode: 403 },
    });
    clock.advance(1);
    await purge();
  });
});

describe('GetQueueAttributes', () => {
  test('gives all of All', async () => {
    for (const body of ['a', 'b', 'c']) await send(body);
    await send('d', { DelaySeconds: 900 });
    await receiveOne();
    const since = String(Math.floor(clock.now() / 1_000));
    expect(await attributesOf('All')).toEqual({
      QueueArn: arnOf('sqs', 'A'),
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      CreatedTimestamp: since,
      LastModifiedTimestamp: since,
      VisibilityTimeout: '30',
      // What the AWS provider of the stack sets.
      MaximumMessageSize: '262144',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
    });
  });

  test('gives what it was asked for, and nothing for what the queue does not have', async () => {
    expect(await attributesOf('QueueArn')).toEqual({ QueueArn: arnOf('sqs', 'A') });
    expect(await attributesOf('RedrivePolicy', 'KmsMasterKeyId')).toBeUndefined();
    expect(await attributesOf()).toBeUndefined();
  });

  test('refuses an attribute that a standard queue does not have', async () => {
    await expect(attributesOf('QueueArn', 'FifoQueue')).rejects.toMatchObject({
      name: 'InvalidAttributeName',
      message: expect.stringMatching(/^Unknown Attribute FifoQueue\. Known are All, QueueArn/),
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
    expect(await list('ther')).toBeUndefined();
  });

  test('is listed by pages for a client that asks for so many', async () => {
    const list = async (NextToken?: string) => sqs.send(new ListQueuesCommand({ MaxResults: 1, NextToken }));
    const first = await list();
    expect(first).toMatchObject({ QueueUrls: [QueueUrl], NextToken: expect.any(String) });
    const second = await list(first.NextToken);
    expect(second.QueueUrls).toEqual([QueueUrl.replace('/A', '/Other')]);
    expect(second.NextToken).toBeUndefined();
    await expect(list('nonsense')).rejects.toThrow('Value nonsense for parameter NextToken is invalid');
  });

  test("goes by its URL under this process's other name, too", async () => {
    await send('a', { QueueUrl: QueueUrl.replace('127.0.0.1', 'localhost') });
    expect(await bodies()).toEqual(['a']);
  });

  test.each([
    ['by its URL', () => sqs.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}2` }))],
    [
      'by a URL of another account',
      () => sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrl.replace(account, '123456789012') })),
    ],
    ['by its name', () => sqs.send(new GetQueueUrlCommand({ QueueName: 'a' }))],
  ])('that the stack does not have is refused, %s, with the name of each protocol', async (_, act) => {
    await expect(act()).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
      message: expect.stringMatching(
        /^The specified queue does not exist\. The stack has A, Other; received/,
      ),
    });
  });
});

/** Whether an operation is one on a queue. */
const onQueue = (operation: string) => !/^(GetQueueUrl|ListQueues)$|MoveTasks?$/.test(operation);
const invalid = 'com.amazon.coral.service#InvalidParameterValueException';
const missing = 'com.amazon.coral.service#MissingRequiredParameterException';
const unsupported = 'com.amazonaws.sqs#UnsupportedOperation';
const attributes = (MessageAttributes: unknown) => ({ MessageBody: 'a', MessageAttributes });
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
  ['ListQueues', 'a page of no queue', { MaxResults: 0 }, invalid, 'between 1 and 1000'],
  ['SendMessage', 'no body', {}, missing, 'MessageBody'],
  ['SendMessage', 'an empty body', { MessageBody: '' }, missing, 'MessageBody'],
  ['SendMessage', "a body that isn't text", { MessageBody: { a: 1 } }, invalid, 'MessageBody'],
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
    'a delay of more than 15 minutes',
    { MessageBody: 'a', DelaySeconds: 901 },
    invalid,
    'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  ],
  ...['', 'a'.repeat(129), 'group 123'].map((MessageGroupId): [string, string, object, string, string] => [
    'SendMessage',
    `the group ${JSON.stringify(MessageGroupId)}`,
    { MessageBody: 'a', MessageGroupId },
    invalid,
    `Value ${MessageGroupId} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include`,
  ]),
  [
    'SendMessage',
    'a parameter of FIFO queues',
    { MessageBody: 'a', MessageDeduplicationId: 'd' },
    unsupported,
    'It knows QueueUrl, MessageBody, DelaySeconds, MessageAttributes',
  ],
  [
    'SendMessage',
    'a system attribute that is unknown',
    { MessageBody: 'a', MessageSystemAttributes: { SenderId: { DataType: 'String', StringValue: 'me' } } },
    invalid,
    'only AWSTraceHeader is allowed. Received SenderId',
  ],
  ['SendMessage', 'attributes in a list', attributes([text]), invalid, 'MessageAttributes'],
  [
    'SendMessage',
    'eleven attributes',
    attributes(Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, text]))),
    invalid,
    '[11] exceeds the allowed maximum [10]',
  ],
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
  [
    'ReceiveMessage',
    'a wait of 21 seconds',
    { WaitTimeSeconds: 21 },
    invalid,
    'Must be >= 0 and <= 20, if provided.',
  ],
  [
    'ReceiveMessage',
    'a negative wait',
    { WaitTimeSeconds: -1 },
    invalid,
    'Must be >= 0 and <= 20, if provided.',
  ],
  [
    'ReceiveMessage',
    'more than 12 hours hidden',
    { VisibilityTimeout: 43_201 },
    invalid,
    'between 0 and 43200',
  ],
  [
    'ReceiveMessage',
    "names that aren't a list",
    { MessageAttributeNames: 'All' },
    invalid,
    'MessageAttributeNames',
  ],
  ['ReceiveMessage', "names that aren't text", { AttributeNames: [1] }, invalid, 'AttributeNames'],
  [
    'ReceiveMessage',
    'a system attribute that is unknown',
    { AttributeNames: ['Sender'] },
    'com.amazonaws.sqs#InvalidAttributeName',
    'Unknown Attribute Sender.',
  ],
  [
    'ReceiveMessage',
    'a system attribute that is unknown by its new name',
    { MessageSystemAttributeNames: ['Sender'] },
    'com.amazonaws.sqs#InvalidAttributeName',
    'Unknown Attribute Sender.',
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
  expect(queue.counts).toEqual({ visible: 1, notVisible: 0, delayed: 0 });
});

const operationNames = Object.keys(createQueues(makePlan({}), makeContext()).operations?.operations ?? {});

test('every operation on a queue asks for its queue', async () => {
  expect(operationNames.filter(onQueue).length).toBeGreaterThan(5);
  for (const operation of operationNames.filter(onQueue)) {
    expect(await post(operation, {})).toMatchObject({
      type: missing,
      message: expect.stringContaining('QueueUrl'),
    });
  }
});

const entries = (entry: object) => ({ Entries: [{ Id: 'a', ...entry }] });
const task = (SourceArn: string) =>
  Buffer.from(JSON.stringify({ taskId: 'x', sourceArn: SourceArn })).toString('base64');
const permissions: [operation: string, input: object, permission: string, resource: string][] = [
  ['GetQueueUrl', { QueueName: 'A' }, 'GetQueueUrl', 'A'],
  ['ListQueues', {}, 'ListQueues', '*'],
  ['ListDeadLetterSourceQueues', {}, 'ListDeadLetterSourceQueues', 'A'],
  ['GetQueueAttributes', {}, 'GetQueueAttributes', 'A'],
  ['SendMessage', { MessageBody: 'a' }, 'SendMessage', 'A'],
  ['SendMessageBatch', entries({ MessageBody: 'a' }), 'SendMessage', 'A'],
  ['ReceiveMessage', {}, 'ReceiveMessage', 'A'],
  ['DeleteMessage', { ReceiptHandle: 'x' }, 'DeleteMessage', 'A'],
  ['DeleteMessageBatch', entries({ ReceiptHandle: 'x' }), 'DeleteMessage', 'A'],
  ['ChangeMessageVisibility', { ReceiptHandle: 'x', VisibilityTimeout: 1 }, 'ChangeMessageVisibility', 'A'],
  [
    'ChangeMessageVisibilityBatch',
    entries({ ReceiptHandle: 'x', VisibilityTimeout: 1 }),
    'ChangeMessageVisibility',
    'A',
  ],
  ['PurgeQueue', {}, 'PurgeQueue', 'A'],
  ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map(
    (permission): [string, object, string, string] => [
      'StartMessageMoveTask',
      { SourceArn: arnOf('sqs', 'A') },
      permission,
      'A',
    ],
  ),
  ['ListMessageMoveTasks', { SourceArn: arnOf('sqs', 'A') }, 'ListMessageMoveTasks', 'A'],
  ['CancelMessageMoveTask', { TaskHandle: task(arnOf('sqs', 'A')) }, 'CancelMessageMoveTask', 'A'],
];

test('the permission of every operation is tested', () => {
  expect(new Set(permissions.map(([operation]) => operation))).toEqual(new Set(operationNames));
});

test.each(permissions)(
  '%s with %j needs the permission %s, before it does anything',
  async (name, input, permission, resource) => {
    const context = makeContext({ iam: makeIam(`sqs:${permission}`), clock });
    const service = createQueues(makePlan({ aws_sqs_queue: queues }), context);
    const there = service.find(arnOf('sqs', 'A'));
    there?.send('there');
    const authorization = `AWS4-HMAC-SHA256 Credential=${context.iam.openSession('arn:role')}/…`;
    const given = onQueue(name) ? { QueueUrl: there?.url, ...input } : input;
    expect(await makeCaller([service], context)(`AmazonSQS.${name}`, given, { authorization })).toMatchObject(
      {
        status: 400,
        output: {
          __type: 'AccessDeniedException',
          message: `denied: arn:role sqs:${permission} ${resource === '*' ? '*' : arnOf('sqs', resource)}`,
        },
      },
    );
    expect(there?.counts).toEqual({ visible: 1, notVisible: 0, delayed: 0 });
  },
);
