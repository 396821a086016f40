import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { type MessageAttribute, type MessageAttributes, md5, md5OfAttributes } from './message-attributes.ts';
import type { Message, Queue } from './queue.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

interface Call {
  input: JsonObject;
  /** Throws unless the caller may do this. */
  authorize: (action: string, resource: string) => void;
}

type Operation = (call: Call) => object | Promise<object>;

/** SQS's own defaults, which the stack's queues leave as they are. */
const defaultVisibilityTimeoutSeconds = 30;
const maxVisibilityTimeoutSeconds = 12 * 60 * 60;
const maxAttributes = 10;

/** The operations of SQS on these queues, by the name that `x-amz-target` has them under. */
export function sqsOperations(queues: readonly Queue[]): Readonly<Record<string, Operation>> {
  const theOne = (matches: (queue: Queue) => boolean, named: string): Queue => {
    const queue = queues.find(matches);
    if (queue) return queue;
    throw sqsError(
      'QueueDoesNotExist',
      `The specified queue does not exist: ${named}. The stack has ${queues.map(({ name }) => name).join(', ')}`,
      'AWS.SimpleQueueService.NonExistentQueue',
    );
  };
  /** An operation on the queue of its `QueueUrl`, with further parameters. */
  const onQueue =
    (
      name: string,
      parameters: readonly string[],
      act: (queue: Queue, input: JsonObject) => object | Promise<object>,
    ): Operation =>
    ({ input, authorize }) => {
      refuseUnknown(input, ['QueueUrl', ...parameters]);
      const url = requiredText(input, 'QueueUrl');
      // By account and name: this process has another name, `localhost`, that a client may have used.
      const queue = theOne((candidate) => url.endsWith(new URL(candidate.url).pathname), url);
      authorize(`sqs:${name}`, queue.arn);
      return act(queue, input);
    };

  return {
    'AmazonSQS.GetQueueUrl': ({ input, authorize }) => {
      refuseUnknown(input, ['QueueName']);
      const named = requiredText(input, 'QueueName');
      const queue = theOne(({ name }) => name === named, named);
      authorize('sqs:GetQueueUrl', queue.arn);
      return { QueueUrl: queue.url };
    },

    'AmazonSQS.ListQueues': ({ input, authorize }) => {
      refuseUnknown(input, ['QueueNamePrefix']);
      authorize('sqs:ListQueues', '*');
      const prefix = String(input.QueueNamePrefix ?? '');
      return { QueueUrls: queues.filter(({ name }) => name.startsWith(prefix)).map(({ url }) => url) };
    },

    'AmazonSQS.GetQueueAttributes': onQueue('GetQueueAttributes', ['AttributeNames'], (queue, input) => {
      const { visible, notVisible } = queue.counts;
      const known = {
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(notVisible),
      };
      const asked = names(input, 'AttributeNames');
      refuseUnknownNames(asked, Object.keys(known));
      return { Attributes: chosen(known, asked) };
    }),

    'AmazonSQS.SendMessage': onQueue('SendMessage', ['MessageBody', 'MessageAttributes'], (queue, input) => {
      const attributes = readAttributes(input.MessageAttributes ?? {});
      const { id, body } = queue.send(requiredText(input, 'MessageBody'), attributes);
      return {
        MessageId: id,
        MD5OfMessageBody: md5(body),
        ...(Object.keys(attributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(attributes) }),
      };
    }),

    'AmazonSQS.ReceiveMessage': onQueue(
      'ReceiveMessage',
      [
        'MaxNumberOfMessages',
        'VisibilityTimeout',
        'WaitTimeSeconds',
        'MessageAttributeNames',
        'MessageSystemAttributeNames',
        'AttributeNames',
      ],
      async (queue, input) => {
        const attributeNames = names(input, 'MessageAttributeNames');
        // `AttributeNames` is what `MessageSystemAttributeNames` was called first.
        const systemNames = [
          ...names(input, 'MessageSystemAttributeNames'),
          ...names(input, 'AttributeNames'),
        ];
        const options = {
          max: wholeNumber(input, 'MaxNumberOfMessages', 1, 10) ?? 1,
          visibilityTimeoutMs: 1000 * (visibilityTimeout(input) ?? defaultVisibilityTimeoutSeconds),
          waitMs: 1000 * (wholeNumber(input, 'WaitTimeSeconds', 0, 20) ?? 0),
        };
        // Before a message is hidden by a receiver that gets nothing but this error.
        refuseUnknownNames(systemNames, Object.keys(systemAttributes));
        const messages = await queue.receive(options);
        if (messages.length === 0) return {};
        return { Messages: messages.map((message) => toReceived(message, attributeNames, systemNames)) };
      },
    ),

    'AmazonSQS.DeleteMessage': onQueue('DeleteMessage', ['ReceiptHandle'], (queue, input) => {
      queue.delete(requiredText(input, 'ReceiptHandle'));
      return {};
    }),

    'AmazonSQS.ChangeMessageVisibility': onQueue(
      'ChangeMessageVisibility',
      ['ReceiptHandle', 'VisibilityTimeout'],
      (queue, input) => {
        const seconds = visibilityTimeout(input);
        if (seconds === undefined) throw missing('VisibilityTimeout');
        queue.changeVisibility(requiredText(input, 'ReceiptHandle'), seconds * 1000);
        return {};
      },
    ),

    'AmazonSQS.PurgeQueue': onQueue('PurgeQueue', [], (queue) => {
      queue.purge();
      return {};
    }),
  };
}

/** What SQS itself says of a message, to a receiver that asks for it. */
const systemAttributes: Readonly<Record<string, (message: Message) => number>> = {
  SentTimestamp: ({ sentAt }) => sentAt,
  ApproximateReceiveCount: ({ receiveCount }) => receiveCount,
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => firstReceivedAt,
};

function toReceived(message: Message, attributeNames: string[], systemNames: string[]): object {
  const { id, receiptHandle, body, attributes } = message;
  const system = Object.entries(systemAttributes).map(([name, read]) => [name, String(read(message))]);
  const own = Object.fromEntries(
    Object.entries(attributes).filter(([name]) => attributeNames.some((asked) => asksFor(asked, name))),
  );
  return {
    MessageId: id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(body),
    Body: body,
    ...(systemNames.length > 0 && { Attributes: chosen(Object.fromEntries(system), systemNames) }),
    ...(Object.keys(own).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(own),
      MessageAttributes: own,
    }),
  };
}

/** Whether a name that a receiver asks for is that of an attribute: `All`, `.*` and `orders.*` are of many. */
const asksFor = (asked: string, name: string): boolean =>
  asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2)));

const chosen = (attributes: Readonly<Record<string, string>>, asked: readonly string[]) =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name]) => asked.includes('All') || asked.includes(name)),
  );

function refuseUnknownNames(asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.find((name) => name !== 'All' && !known.includes(name));
  if (unknown === undefined) return;
  throw sqsError(
    'InvalidAttributeName',
    `Unknown Attribute ${unknown}. The local run knows All, ${known.join(', ')}`,
  );
}

const missing = (name: string) =>
  new AwsError(
    'com.amazon.coral.service#MissingRequiredParameterException',
    `The request must contain the parameter ${name}.`,
    'MissingParameter',
  );

function refuseUnknown(input: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(input).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw sqsError(
    'UnsupportedOperation',
    `The local run doesn't know the parameter ${unknown.join(', ')} of this operation. It knows ${known.join(', ')}`,
    'AWS.SimpleQueueService.UnsupportedOperation',
  );
}

function requiredText(input: JsonObject, name: string): string {
  const value = input[name];
  if (value === undefined || value === '') throw missing(name);
  if (typeof value === 'string') return value;
  throw invalidParameter(
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be text.`,
  );
}

function names(input: JsonObject, name: string): string[] {
  const value = input[name] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalidParameter(
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be a list of text.`,
  );
}

function wholeNumber(input: JsonObject, name: string, from: number, to: number): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
  throw invalidParameter(
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be between ${from} and ${to}, if provided.`,
  );
}

const visibilityTimeout = (input: JsonObject) =>
  wholeNumber(input, 'VisibilityTimeout', 0, maxVisibilityTimeoutSeconds);

function readAttributes(given: JsonValue): MessageAttributes {
  if (!isObject(given)) {
    throw invalidParameter(
      `Value ${JSON.stringify(given)} for parameter MessageAttributes is invalid. Reason: Must be attributes by name.`,
    );
  }
  const attributes = Object.entries(given);
  if (attributes.length > maxAttributes) {
    throw invalidParameter(
      `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  }
  return Object.fromEntries(attributes.map(([name, attribute]) => [name, readAttribute(name, attribute)]));
}

function readAttribute(name: string, attribute: JsonValue): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = isObject(attribute) ? attribute : {};
  if (typeof DataType === 'string' && /^(String|Number|Binary)(\..+)?$/.test(DataType)) {
    if (DataType.startsWith('Binary')) {
      if (typeof BinaryValue === 'string' && BinaryValue !== '') return { DataType, BinaryValue };
    } else if (typeof StringValue === 'string' && StringValue !== '') return { DataType, StringValue };
  }
  throw invalidParameter(
    `The message attribute '${name}' must have a DataType of String, Number or Binary, and a value of that type ` +
      `that isn't empty; received ${JSON.stringify(attribute)}`,
  );
}
