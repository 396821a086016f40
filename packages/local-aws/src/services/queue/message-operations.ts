import { isObject, type JsonObject } from '../../json.ts';
import type { Call, Input, Operation } from '../../operation.ts';
import { queueRanges } from '../../plan/limits.ts';
import { serviceLimits } from '../../service-limits.ts';
import { batch } from './batch.ts';
import { type SystemAttributes, senderIdOf } from './message.ts';
import { md5, md5OfAttributes } from './message-attributes.ts';
import { messageSize, type Queue } from './queue.ts';
import { readMessageAttributes } from './read-message-attributes.ts';
import { checkSystemNames, toReceived } from './received-message.ts';
import { invalidParameter, simpleQueueError } from './sqs-error.ts';
import type { OnQueue } from './sqs-request.ts';

const range = ({ min, max }: { min: number; max: number }) => ({ type: 'integer', min, max }) as const;
const VisibilityTimeout = range(queueRanges.visibility_timeout_seconds);

export const sendMessageParameters = {
  MessageBody: { type: 'text', required: true },
  DelaySeconds: range(queueRanges.delay_seconds),
  MessageAttributes: { type: 'object' },
  MessageSystemAttributes: { type: 'object' },
  MessageGroupId: { type: 'text' },
} as const;
const receipt = { ReceiptHandle: { type: 'text', required: true } } as const;
const visibility = { ...receipt, VisibilityTimeout: { ...VisibilityTimeout, required: true } } as const;

/** The operations of SQS on messages, one at a time and in batches. */
export const messageOperations = (onQueue: OnQueue): Record<string, Operation> => ({
  SendMessage: onQueue(sendMessageParameters, send),
  SendMessageBatch: batch(onQueue, {
    action: 'SendMessage',
    entry: sendMessageParameters,
    check: checkBatchSize,
    act: send,
  }),

  ReceiveMessage: onQueue(
    {
      MaxNumberOfMessages: { type: 'integer', min: 1, max: 10 },
      VisibilityTimeout,
      WaitTimeSeconds: range(queueRanges.receive_wait_time_seconds),
      MessageAttributeNames: { type: 'texts' },
      MessageSystemAttributeNames: { type: 'texts' },
      // What `MessageSystemAttributeNames` was called first.
      AttributeNames: { type: 'texts' },
    },
    async (queue, input) => {
      const { MessageAttributeNames = [], MessageSystemAttributeNames = [], AttributeNames = [] } = input;
      const systemNames = [...MessageSystemAttributeNames, ...AttributeNames];
      // Before a message is hidden by a receiver that gets nothing except this error.
      checkSystemNames(systemNames);
      const messages = await queue.receive({
        max: input.MaxNumberOfMessages ?? 1,
        visibilityTimeoutMs: toMs(input.VisibilityTimeout),
        waitMs: toMs(input.WaitTimeSeconds),
      });
      if (messages.length === 0) return {};
      return {
        Messages: messages.map((received) => toReceived(received, MessageAttributeNames, systemNames)),
      };
    },
  ),

  DeleteMessage: onQueue(receipt, remove),
  DeleteMessageBatch: batch(onQueue, { action: 'DeleteMessage', entry: receipt, act: remove }),

  ChangeMessageVisibility: onQueue(visibility, changeVisibility),
  ChangeMessageVisibilityBatch: batch(onQueue, {
    action: 'ChangeMessageVisibility',
    entry: visibility,
    act: changeVisibility,
  }),
});

const toMs = (seconds: number | undefined) => (seconds === undefined ? undefined : 1000 * seconds);

function send(queue: Queue, input: Input<typeof sendMessageParameters>, call: Call): object {
  const attributes = readMessageAttributes(input.MessageAttributes ?? {});
  const given = readSystemAttributes(input.MessageSystemAttributes ?? {});
  const trace = given.AWSTraceHeader?.StringValue ?? call.request.headers['x-amzn-trace-id']?.toString();
  const groupId = readGroupId(input.MessageGroupId);
  const system: SystemAttributes = {
    SenderId: senderIdOf(call.roleArn),
    ...(trace !== undefined && { AWSTraceHeader: trace }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
  };
  const { id, body } = queue.send(input.MessageBody, {
    attributes,
    system,
    delaySeconds: input.DelaySeconds,
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5(body),
    ...(Object.keys(attributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(attributes) }),
    ...(Object.keys(given).length > 0 && { MD5OfMessageSystemAttributes: md5OfAttributes(given) }),
  };
}

function remove(queue: Queue, { ReceiptHandle }: Input<typeof receipt>): object {
  queue.delete(ReceiptHandle);
  return {};
}

function changeVisibility(queue: Queue, input: Input<typeof visibility>): object {
  queue.changeVisibility(input.ReceiptHandle, 1000 * input.VisibilityTimeout);
  return {};
}

function checkBatchSize(entries: readonly Input<typeof sendMessageParameters>[]): void {
  const bytes = entries
    .map(({ MessageBody, MessageAttributes = {} }) => messageSize(MessageBody, asSent(MessageAttributes)))
    .reduce((sum, size) => sum + size, 0);
  if (bytes <= serviceLimits.messageBatchBytes) return;
  throw simpleQueueError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${serviceLimits.messageBatchBytes} bytes. You have sent ${bytes} bytes.`,
  );
}

/** Attributes as they came, whatever SQS says to them: for their size. */
const asSent = (attributes: JsonObject) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const { DataType = '', StringValue = '', BinaryValue = '' } = isObject(attribute) ? attribute : {};
      const texts = {
        DataType: String(DataType),
        StringValue: String(StringValue),
        BinaryValue: String(BinaryValue),
      };
      return [name, texts];
    }),
  );

/** The one system attribute that a sender may give: the header of a trace, as text. */
function readSystemAttributes(given: JsonObject): {
  AWSTraceHeader?: { DataType: 'String'; StringValue: string };
} {
  const { AWSTraceHeader: header, ...others } = given;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw invalidParameter(
      `Message system attributes: only AWSTraceHeader is allowed. Received ${unknown.join(', ')}.`,
    );
  }
  if (header === undefined) return {};
  const { DataType, StringValue } = isObject(header) ? header : {};
  if (DataType === 'String' && typeof StringValue === 'string' && StringValue !== '') {
    return { AWSTraceHeader: { DataType, StringValue } };
  }
  throw invalidParameter(
    `Message system attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'. Received ${JSON.stringify(header)}.`,
  );
}

/** A standard queue with groups is a fair queue, since July 2025. The group only changes whose turn it is. */
function readGroupId(groupId: string | undefined): string | undefined {
  if (groupId === undefined || /^[!-~]{1,128}$/.test(groupId)) return groupId;
  throw invalidParameter(
    `Value ${groupId} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and ` +
      'punctuation characters. 1 to 128 in length.',
  );
}
