import { createHash } from 'node:crypto';
import type { MessageAttributes } from './message-attributes.ts';

/** A message in a queue. Times are milliseconds since 1970. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly system: SystemAttributes;
  readonly sentAt: number;
  /** Nobody receives it before this. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  /** What its last receiver deletes it by; empty before the first. */
  readonly receiptHandle: string;
}

/** What SQS keeps of how a message came, under SQS's names. */
export interface SystemAttributes {
  /** The unique id of who sent it. */
  readonly SenderId: string;
  readonly AWSTraceHeader?: string;
  readonly MessageGroupId?: string;
  /** The queue that gave it up, for a message in a dead-letter queue. */
  readonly DeadLetterQueueSourceArn?: string;
}

/** An id in IAM's form, the same one for the same name: a prefix and 17 capitals and digits. */
const uniqueId = (prefix: string, name: string) =>
  prefix +
  BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 17);

/**
 * The unique id of who sends: a user's for a developer, a role's with its session for a role. The session is called
 * what the role is.
 */
export const senderIdOf = (roleArn: string | undefined): string =>
  roleArn === undefined
    ? uniqueId('AIDA', 'developer')
    : `${uniqueId('AROA', roleArn)}:${roleArn.slice(roleArn.lastIndexOf('/') + 1)}`;

/** The sender of what an AWS service sends by itself. */
export const serviceSenderId = uniqueId('AIDA', 'service');
