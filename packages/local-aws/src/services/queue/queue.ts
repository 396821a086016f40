import type { Clock } from '../../clock.ts';
import type { Ids } from '../../ids.ts';
import { SizedCollection } from '../../state/sized-collection.ts';
import type { Collection } from '../../state/state.ts';
import { type Message, type SystemAttributes, serviceSenderId } from './message.ts';
import { attributesSize, type MessageAttributes } from './message-attributes.ts';
import { checkBody } from './message-text.ts';
import type { QueueConfig } from './queue-config.ts';
import { noteConfig, type QueueFacts } from './queue-facts.ts';
import { invalidParameter, simpleQueueError, sqsError } from './sqs-error.ts';
import { WaitingReceivers } from './waiting-receivers.ts';

export interface SendOptions {
  attributes?: MessageAttributes;
  /** Left out, it is the queue's own. */
  delaySeconds?: number | undefined;
  system?: SystemAttributes;
}

export interface ReceiveOptions {
  /** How many messages, at most. */
  max: number;
  /** How long nobody else receives them. Left out, it is the queue's own. */
  visibilityTimeoutMs?: number | undefined;
  /** How long to wait for a message when there is none. Left out, it is the queue's own. */
  waitMs?: number | undefined;
}

/** What a queue works with. */
export interface QueueParts {
  /** By id, the oldest first. */
  messages: Collection<Message>;
  /** By the queue's ARN. */
  facts: Collection<QueueFacts>;
  clock: Clock;
  ids: Ids;
  /** Finds the other queues, for a dead-letter queue. */
  find: (arn: string) => Queue | undefined;
}

/** The most messages, and bytes, that a queue keeps. SQS has no such limits, but the memory of this process has. */
const maxMessages = 100_000;
const maxBytes = 128 * 1024 * 1024;
const purgePauseMs = 60_000;

export const messageSize = (body: string, attributes: MessageAttributes): number =>
  Buffer.byteLength(body) + attributesSize(attributes);

/** A standard SQS queue. Messages are received in the order of their sending, which SQS doesn't promise. */
export class Queue {
  readonly config: QueueConfig;
  readonly #parts: QueueParts;
  readonly #clock: Clock;
  readonly #messages: SizedCollection<Message>;
  readonly #receivers: WaitingReceivers;
  /** No message expires before this. */
  #nextExpiryAt = 0;
  #closed = false;

  constructor(config: QueueConfig, parts: QueueParts) {
    this.config = config;
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#messages = new SizedCollection(parts.messages, ({ body, attributes }) =>
      messageSize(body, attributes),
    );
    this.#receivers = new WaitingReceivers(parts.clock);
    noteConfig(parts.facts, config, parts.clock.now());
  }

  get name(): string {
    return this.config.name;
  }

  get arn(): string {
    return this.config.arn;
  }

  get url(): string {
    return this.config.url;
  }

  get facts(): QueueFacts {
    const facts = this.#parts.facts.get(this.arn);
    if (!facts) throw new Error(`The queue ${this.name} has lost what was kept of it`);
    return facts;
  }

  /** @throws {AwsError} for a message that SQS doesn't take, and when the queue is full */
  send(
    body: string,
    { attributes = {}, delaySeconds, system = { SenderId: serviceSenderId } }: SendOptions = {},
  ): Message {
    const bytes = messageSize(body, attributes);
    const { maxMessageBytes } = this.config;
    if (bytes > maxMessageBytes) {
      throw invalidParameter(
        `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes. ` +
          `It has ${bytes}.`,
      );
    }
    checkBody(body);
    const sentAt = this.#clock.now();
    const message: Message = {
      id: this.#parts.ids.uuid(),
      body,
      attributes,
      system,
      sentAt,
      visibleAt: sentAt + 1000 * (delaySeconds ?? this.config.delaySeconds),
      receiveCount: 0,
      firstReceivedAt: 0,
      receiptHandle: '',
    };
    this.#add(message);
    return message;
  }

  /**
   * Receives messages, each under a new receipt handle, and hides them from others for a while. A message that was
   * received as often as the redrive policy allows goes to the dead-letter queue instead.
   */
  async receive({ max, visibilityTimeoutMs, waitMs }: ReceiveOptions): Promise<readonly Message[]> {
    const { visibilityTimeoutSeconds, receiveWaitSeconds } = this.config;
    const hideMs = visibilityTimeoutMs ?? 1000 * visibilityTimeoutSeconds;
    const deadline = this.#clock.now() + (waitMs ?? 1000 * receiveWaitSeconds);
    for (;;) {
      const received = this.#take(max, hideMs);
      const leftMs = deadline - this.#clock.now();
      if (received.length > 0 || leftMs <= 0 || this.#closed) return received;
      await this.#changed(leftMs);
    }
  }

  /**
   * Deletes the message that was received under a handle. Deleting one that is gone isn't an error. A message that
   * was received again since then is left to its new receiver.
   *
   * @throws {AwsError} for what isn't a receipt handle of this queue
   */
  delete(receiptHandle: string): void {
    const message = this.#received(receiptHandle);
    if (message) this.#messages.delete(message.id);
  }

  /**
   * Hides a message that was received for another while, from now on.
   *
   * @throws {AwsError} for what isn't a receipt handle of this queue, and for a message that is gone or was received
   * again
   */
  changeVisibility(receiptHandle: string, visibilityTimeoutMs: number): void {
    const message = this.#received(receiptHandle);
    if (!message) {
      throw invalidParameter(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not ` +
          'available for visibility timeout change.',
      );
    }
    this.#messages.set(message.id, { ...message, visibleAt: this.#clock.now() + visibilityTimeoutMs });
    this.#receivers.wake();
  }

  /**
   * Deletes all messages.
   *
   * @throws {AwsError} within 60 seconds of the last time
   */
  purge(): void {
    const { facts } = this;
    const now = this.#clock.now();
    if (facts.purgedAt !== undefined && now < facts.purgedAt + purgePauseMs) {
      throw simpleQueueError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${this.name} is allowed every 60 seconds.`,
        403,
      );
    }
    this.#messages.clear();
    this.#parts.facts.set(this.arn, { ...facts, purgedAt: now });
  }

  /** How many messages wait, how many are hidden by a receiver, and how many by their delay. */
  get counts(): { visible: number; notVisible: number; delayed: number } {
    this.#expire();
    const now = this.#clock.now();
    const counts = { visible: 0, notVisible: 0, delayed: 0 };
    for (const { visibleAt, receiveCount } of this.#messages.values()) {
      if (visibleAt <= now) counts.visible += 1;
      else counts[receiveCount === 0 ? 'delayed' : 'notVisible'] += 1;
    }
    return counts;
  }

  /** The messages that wait, the oldest first. */
  waiting(): Message[] {
    this.#expire();
    const now = this.#clock.now();
    return [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now);
  }

  /** Takes a message away. */
  remove({ id }: Pick<Message, 'id'>): void {
    this.#messages.delete(id);
  }

  /** Ends the waiting of all receivers, who get nothing, now and from now on. */
  close(): void {
    this.#closed = true;
    this.#receivers.wake();
  }

  #add(message: Message): void {
    this.#expire();
    const { size, bytes } = this.#messages;
    if (size >= maxMessages || bytes + messageSize(message.body, message.attributes) > maxBytes) {
      throw sqsError(
        'OverLimit',
        `The queue ${this.name} is full with ${size} messages of ${bytes} bytes. Here it keeps ${maxMessages} messages ` +
          `and ${maxBytes} bytes. Receive and delete some, or purge it.`,
      );
    }
    this.#messages.set(message.id, message);
    this.#nextExpiryAt = Math.min(this.#nextExpiryAt, this.#expiryOf(message));
    this.#receivers.wake();
  }

  /** Deletes what is older than the retention. Every reader calls it first, so no timer is needed. */
  #expire(): void {
    const now = this.#clock.now();
    if (now < this.#nextExpiryAt) return;
    this.#nextExpiryAt = Number.POSITIVE_INFINITY;
    for (const message of this.#messages.values()) {
      if (this.#expiryOf(message) <= now) this.#messages.delete(message.id);
      else this.#nextExpiryAt = Math.min(this.#nextExpiryAt, this.#expiryOf(message));
    }
  }

  #expiryOf({ sentAt }: Message): number {
    return sentAt + 1000 * this.config.retentionSeconds;
  }

  #take(max: number, visibilityTimeoutMs: number): Message[] {
    this.#expire();
    const now = this.#clock.now();
    const { maxReceiveCount = Number.POSITIVE_INFINITY } = this.config.redrive ?? {};
    const taken: Message[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length === max) break;
      if (message.visibleAt > now) continue;
      if (message.receiveCount >= maxReceiveCount) {
        this.#giveUp(message);
        continue;
      }
      const received: Message = {
        ...message,
        visibleAt: now + visibilityTimeoutMs,
        receiveCount: message.receiveCount + 1,
        firstReceivedAt: message.firstReceivedAt || now,
        receiptHandle: Buffer.from(`${this.arn} ${message.id} ${this.#parts.ids.uuid()}`).toString('base64'),
      };
      this.#messages.set(message.id, received);
      taken.push(received);
    }
    return taken;
  }

  /** Moves a message to the dead-letter queue as it is: its id, age and count of receives stay. */
  #giveUp(message: Message): void {
    const { deadLetterTargetArn = '' } = this.config.redrive ?? {};
    const target = this.#parts.find(deadLetterTargetArn);
    if (!target) throw new Error(`${this.name}: the dead-letter queue ${deadLetterTargetArn} is gone`);
    const system = { ...message.system, DeadLetterQueueSourceArn: this.arn };
    target.#add({ ...message, system, visibleAt: this.#clock.now(), receiptHandle: '' });
    this.remove(message);
  }

  #received(receiptHandle: string): Message | undefined {
    this.#expire();
    const [arn, id = ''] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
    if (arn !== this.arn) {
      throw sqsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle. It isn't one of the queue ${this.name}.`,
      );
    }
    const message = this.#messages.get(id);
    return message?.receiptHandle === receiptHandle ? message : undefined;
  }

  /** Waits until something was sent or changed, a message is visible again, or the time is up. */
  #changed(timeoutMs: number): Promise<void> {
    const now = this.#clock.now();
    let ms = timeoutMs;
    for (const { visibleAt } of this.#messages.values()) ms = Math.min(ms, visibleAt - now);
    return this.#receivers.wait(ms);
  }
}
