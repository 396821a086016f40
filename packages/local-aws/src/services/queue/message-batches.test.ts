import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startSqs, type TestSqs } from './testing.ts';

let system: TestSqs;
let QueueUrl: string;
beforeEach(async () => {
  system = await startSqs({
    a: { name: 'A' },
    small: { name: 'Small', max_message_size: 1_024 },
  });
  QueueUrl = system.urlOf('A');
});
afterEach(() => system.close());

const sendAll = (Entries: SendMessageBatchRequestEntry[], name = 'A') =>
  system.sqs.send(new SendMessageBatchCommand({ QueueUrl: system.urlOf(name), Entries }));
const visible = () => system.queueOf('A').counts.visible;
const named = (Id: string, MessageBody = Id) => ({ Id, MessageBody });

describe('SendMessageBatch', () => {
  test('sends each message, with its own attributes and delay', async () => {
    const MessageAttributes = { a: { DataType: 'String', StringValue: '1' } };
    const { Successful, Failed } = await sendAll([
      { ...named('1', 'now'), MessageAttributes },
      { ...named('2', 'later'), DelaySeconds: 10 },
    ]);
    expect(Successful).toMatchObject([{ Id: '1', MD5OfMessageAttributes: expect.any(String) }, { Id: '2' }]);
    expect(Failed).toBeUndefined();
    const receiveAll = () => system.receive('A', { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] });
    expect(await receiveAll()).toMatchObject([
      { Body: 'now', MessageId: Successful?.[0]?.MessageId, MessageAttributes },
    ]);
    system.clock.advance(10_000);
    expect(await receiveAll()).toMatchObject([{ Body: 'later' }]);
  });

  test('sends the trace and the group of each message', async () => {
    const StringValue = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const MessageSystemAttributes = { AWSTraceHeader: { DataType: 'String', StringValue } };
    await sendAll([{ ...named('1'), MessageSystemAttributes, MessageGroupId: 'g' }]);
    expect(await system.receive('A', { MessageSystemAttributeNames: ['All'] })).toMatchObject([
      { Attributes: { AWSTraceHeader: StringValue, MessageGroupId: 'g' } },
    ]);
  });

  test.each<[string, SendMessageBatchRequestEntry, string, string]>([
    [
      'a message over the limit',
      named('bad', 'x'.repeat(1_025)),
      'InvalidParameterValue',
      'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
    ],
    ['a forbidden character', named('bad', '\u0001'), 'InvalidMessageContents', 'U+0001'],
    ['a delay over the limit', { ...named('bad'), DelaySeconds: 901 }, 'InvalidParameterValue', '<= 900'],
    [
      'an empty attribute',
      { ...named('bad'), MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValue',
      'non-empty',
    ],
  ])('fails only the entry with %s', async (_, bad, Code, message) => {
    const { Successful, Failed } = await sendAll([bad, named('good')], 'Small');
    expect(Successful).toMatchObject([{ Id: 'good' }]);
    expect(Failed).toEqual([
      { Id: 'bad', Code, Message: expect.stringContaining(message), SenderFault: true },
    ]);
    expect(await system.bodies('Small', { MaxNumberOfMessages: 10 })).toEqual(['good']);
  });

  const longest = 'a'.repeat(1_048_576);
  test.each<[string, SendMessageBatchRequestEntry[], string, string]>([
    ['no entry', [], 'EmptyBatchRequest', 'at least one'],
    [
      'eleven entries',
      Array.from({ length: 11 }, (__, n) => named(String(n))),
      'TooManyEntriesInBatchRequest',
      'Maximum number of entries per request are 10. You have sent 11.',
    ],
    [
      'an id with a colon',
      [named('a:b')],
      'InvalidBatchEntryId',
      'alphanumeric characters, hyphens and underscores',
    ],
    ['an empty id', [named('', 'x')], 'InvalidBatchEntryId', 'at most 80 letters long'],
    ['an id of 81 letters', [named('x'.repeat(81))], 'InvalidBatchEntryId', 'at most 80 letters long'],
    ['an id twice', [named('a'), named('a')], 'BatchEntryIdsNotDistinct', 'Id a repeated.'],
    [
      'more than 1 MiB',
      [named('1', longest), named('2')],
      'BatchRequestTooLong',
      'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    ],
  ])('refuses %s as a whole', async (_, Entries, name, message) => {
    const Code = `AWS.SimpleQueueService.${name}`;
    await expect(sendAll(Entries)).rejects.toMatchObject({
      name,
      Code,
      message: expect.stringContaining(message),
    });
    expect(visible()).toBe(0);
  });

  test('refuses an entry without a body, or with an unknown parameter, as a whole', async () => {
    await expect(sendAll([named('a'), named('b', '')])).rejects.toThrow(
      'must contain the parameter MessageBody',
    );
    await expect(sendAll([named('a'), { ...named('b'), MessageDeduplicationId: 'd' }])).rejects.toThrow(
      "doesn't know the parameter MessageDeduplicationId",
    );
    expect(visible()).toBe(0);
  });
});

describe('of several messages that were received', () => {
  const receiveTwo = async () => {
    await sendAll([named('1'), named('2')]);
    const received = await system.receive('A', { MaxNumberOfMessages: 10 });
    return received.map(({ Body: Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
  };
  const failed = [
    { Id: 'bad', Code: 'ReceiptHandleIsInvalid', Message: expect.any(String), SenderFault: true },
  ];
  const bad = { Id: 'bad', ReceiptHandle: 'nonsense' };

  test('DeleteMessageBatch deletes each one', async () => {
    const { Successful, Failed } = await system.sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [...(await receiveTwo()), bad] }),
    );
    expect(Successful).toEqual([{ Id: '1' }, { Id: '2' }]);
    expect(Failed).toEqual(failed);
    system.clock.advance(30_000);
    expect(visible()).toBe(0);
  });

  test('ChangeMessageVisibilityBatch changes each one by its own time', async () => {
    const [first, second] = await receiveTwo();
    const { Successful, Failed } = await system.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: '1', ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: '2', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 60 },
          { ...bad, VisibilityTimeout: 0 },
        ],
      }),
    );
    expect(Successful).toEqual([{ Id: '1' }, { Id: '2' }]);
    expect(Failed).toEqual(failed);
    expect(visible()).toBe(1);
    system.clock.advance(60_000);
    expect(visible()).toBe(2);
  });
});
