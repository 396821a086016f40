import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import {
  type Input,
  type Operation,
  operation,
  type ParameterErrors,
  type Parameters,
  type ServiceOperations,
} from '../../operation.ts';
import { type MessageAttribute, type MessageAttributes, md5, md5OfAttributes } from './message-attributes.ts';
import type { Message, Queue } from './queue.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

/** SQS's own defaults, which the stack's queues leave as they are. */
const defaultVisibilityTimeoutSeconds = 30;
const maxVisibilityTimeoutSeconds = 12 * 60 * 60;
const maxAttributes = 10;

const errors: ParameterErrors = {
  missing: (name) =>
    new AwsError(
      'com.amazon.coral.service#MissingRequiredParameterException',
      `The request must contain the parameter ${name}.`,
      'MissingParameter',
    ),
  invalid: (name, value, allowed, { min, max }) =>
    invalidParameter(
      `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be ` +
        `${min === undefined ? allowed : `between ${min} and ${max}`}, if provided.`,
    ),
  unknown: (names, known) =>
    sqsError(
      'UnsupportedOperation',
      `The local run doesn't know the parameter ${names.join(', ')} of this operation. It knows ${known.join(', ')}`,
      'AWS.SimpleQueueService.UnsupportedOperation',
    ),
};

const QueueUrl = { type: 'text', required: true } as const;
const ReceiptHandle = { type: 'text', required: true } as const;
const visibilityTimeout = { type: 'integer', min: 0, max: maxVisibilityTimeoutSeconds } as const;

/** The operations of SQS on these queues. */
export function sqsOperations(queues: readonly Queue[]): ServiceOperations {
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
  const onQueue = <const P extends Parameters>(
    parameters: P,
    act: (queue: Queue, input: Input<P>) => object | Promise<object>,
  ): Operation =>
    operation({ QueueUrl, ...parameters }, (received, { authorize }) => {
      const input = received as { QueueUrl: string } & Input<P>;
      // By account and name: this process has another name, `localhost`, that a client may have used.
      const queue = theOne(({ url }) => input.QueueUrl.endsWith(new URL(url).pathname), input.QueueUrl);
      authorize(queue.arn);
      return act(queue, input);
    });

  return {
    target: 'AmazonSQS',
    action: 'sqs',
    errors,
    operations: {
      GetQueueUrl: operation(
        { QueueName: { type: 'text', required: true } },
        ({ QueueName }, { authorize }) => {
          const queue = theOne(({ name }) => name === QueueName, QueueName);
          authorize(queue.arn);
          return { QueueUrl: queue.url };
        },
      ),

      ListQueues: operation(
        { QueueNamePrefix: { type: 'text' } },
        ({ QueueNamePrefix = '' }, { authorize }) => {
          authorize('*');
          const found = queues.filter(({ name }) => name.startsWith(QueueNamePrefix));
          return { QueueUrls: found.map(({ url }) => url) };
        },
      ),

      GetQueueAttributes: onQueue({ AttributeNames: { type: 'texts' } }, (queue, { AttributeNames = [] }) => {
        const { visible, notVisible } = queue.counts;
        const known = {
          QueueArn: queue.arn,
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(notVisible),
        };
        refuseUnknownNames(AttributeNames, Object.keys(known));
        return { Attributes: chosen(known, AttributeNames) };
      }),

      SendMessage: onQueue(
        { MessageBody: { type: 'text', required: true }, MessageAttributes: { type: 'object' } },
        (queue, { MessageBody, MessageAttributes = {} }) => {
          const attributes = readAttributes(MessageAttributes);
          const { id, body } = queue.send(MessageBody, attributes);
          return {
            MessageId: id,
            MD5OfMessageBody: md5(body),
            ...(Object.keys(attributes).length > 0 && {
              MD5OfMessageAttributes: md5OfAttributes(attributes),
            }),
          };
        },
      ),

      ReceiveMessage: onQueue(
        {
          MaxNumberOfMessages: { type: 'integer', min: 1, max: 10 },
          VisibilityTimeout: visibilityTimeout,
          WaitTimeSeconds: { type: 'integer', min: 0, max: 20 },
          MessageAttributeNames: { type: 'texts' },
          MessageSystemAttributeNames: { type: 'texts' },
          // What `MessageSystemAttributeNames` was called first.
          AttributeNames: { type: 'texts' },
        },
        async (queue, input) => {
          const { MessageAttributeNames = [], MessageSystemAttributeNames = [], AttributeNames = [] } = input;
          const systemNames = [...MessageSystemAttributeNames, ...AttributeNames];
          // Before a message is hidden by a receiver that gets nothing except this error.
          refuseUnknownNames(systemNames, Object.keys(systemAttributes));
          const messages = await queue.receive({
            max: input.MaxNumberOfMessages ?? 1,
            visibilityTimeoutMs: 1000 * (input.VisibilityTimeout ?? defaultVisibilityTimeoutSeconds),
            waitMs: 1000 * (input.WaitTimeSeconds ?? 0),
          });
          if (messages.length === 0) return {};
          return {
            Messages: messages.map((message) => toReceived(message, MessageAttributeNames, systemNames)),
          };
        },
      ),

      DeleteMessage: onQueue({ ReceiptHandle }, (queue, input) => {
        queue.delete(input.ReceiptHandle);
        return {};
      }),

      ChangeMessageVisibility: onQueue(
        { ReceiptHandle, VisibilityTimeout: { ...visibilityTimeout, required: true } },
        (queue, input) => {
          queue.changeVisibility(input.ReceiptHandle, input.VisibilityTimeout * 1000);
          return {};
        },
      ),

      PurgeQueue: onQueue({}, (queue) => {
        queue.purge();
        return {};
      }),
    },
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

/** Whether a requested name selects an attribute. `All`, `.*` and prefixes such as `orders.*` select several. */
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

function readAttributes(given: JsonObject): MessageAttributes {
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
