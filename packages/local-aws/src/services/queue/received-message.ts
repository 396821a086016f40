import { type AttributeReaders, checkAsked, readAsked } from './asked-attributes.ts';
import type { Message } from './message.ts';
import { md5, md5OfAttributes } from './message-attributes.ts';

/** What SQS itself says of a message, to a receiver that asks for it. */
const systemAttributes: AttributeReaders<Message> = {
  SenderId: ({ system }) => system.SenderId,
  SentTimestamp: ({ sentAt }) => sentAt,
  ApproximateReceiveCount: ({ receiveCount }) => receiveCount,
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => firstReceivedAt,
  AWSTraceHeader: ({ system }) => system.AWSTraceHeader,
  MessageGroupId: ({ system }) => system.MessageGroupId,
  DeadLetterQueueSourceArn: ({ system }) => system.DeadLetterQueueSourceArn,
  // FIFO queues give them, and the stack can't have one here.
  MessageDeduplicationId: () => undefined,
  SequenceNumber: () => undefined,
};

/** @throws {AwsError} for a name that isn't a system attribute's */
export const checkSystemNames = (asked: readonly string[]): void => checkAsked(asked, systemAttributes);

/** Whether a requested name selects an attribute. `All`, `.*` and prefixes such as `orders.*` select several. */
const selects = (asked: string, name: string): boolean =>
  asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2)));

/** A message as its receiver gets it, with the attributes that it asks for. */
export function toReceived(
  message: Message,
  attributeNames: readonly string[],
  systemNames: readonly string[],
): object {
  const { id, receiptHandle, body, attributes } = message;
  const system = readAsked(message, systemAttributes, systemNames);
  const own = Object.fromEntries(
    Object.entries(attributes).filter(([name]) => attributeNames.some((asked) => selects(asked, name))),
  );
  return {
    MessageId: id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(body),
    Body: body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(Object.keys(own).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(own),
      MessageAttributes: own,
    }),
  };
}
