import type { Clock } from '../../clock.ts';
import type { Ids } from '../../ids.ts';
import type { Collection } from '../../state/state.ts';
import { attributesSize, type MessageAttributes } from './message-attributes.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

/** A message in a queue. Times are milliseconds since 1970. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  /** Nobody receives it before this. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  /** What its last receiver deletes it by; empty before the first. */
  receiptHandle: string;
}

export interface ReceiveOptions {
  /** How many messages, at most. */
  max: number;
  /** How long nobody else receives them. */
  visibilityTimeoutMs: number;
  /** How long to wait for a message when there is none. */
  waitMs: number;
}

/** What a queue works with. */
export interface QueueParts {
  /** By id, the oldest first. */
  messages: Collection<Message>;
  clock: Clock;
  ids: Ids;
}

/**
 * The largest message, its attributes included: what the AWS provider of the stack sets on a queue that says
 * nothing of it. SQS itself takes 1 MiB by now.
 */
const maxMessageBytes = 256 * 1024;
/** How many messages a queue keeps; it takes no more. SQS has no such limit, but this process's memory has. */
const maxMessages = 100_000;
/** The characters that XML can't hold. XML was SQS's first format. */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** A standard SQS queue. Messages are received in the order in which they were sent, which SQS doesn't promise. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #messages: Collection<Message>;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(
    { name, arn, url }: { name: string; arn: string; url: string },
    { messages, clock, ids }: QueueParts,
  ) {
    this.name = name;
    this.arn = arn;
    this.url = url;
    this.#messages = messages;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @throws {AwsError} for a message that SQS doesn't take */
  send(body: string, attributes: MessageAttributes = {}): Message {
    const bytes = Buffer.byteLength(body) + attributesSize(attributes);
    if (bytes > maxMessageBytes) {
      throw invalidParameter(
        `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes, ` +
          `and it has ${bytes}.`,
      );
    }
    const forbidden = forbiddenCharacter.exec(body)?.[0].codePointAt(0);
    if (forbidden !== undefined) {
      throw sqsError(
        'InvalidMessageContents',
        `The message has the character U+${forbidden.toString(16).toUpperCase().padStart(4, '0')}, which SQS doesn't take.`,
      );
    }
    if (this.#messages.size >= maxMessages) {
      throw sqsError('OverLimit', `The queue ${this.name} is full: here it keeps ${maxMessages} messages.`);
    }
    const sentAt = this.#clock.now();
    const message: Message = {
      id: this.#ids.uuid(),
      body,
      attributes,
      sentAt,
      visibleAt: sentAt,
      receiveCount: 0,
      firstReceivedAt: 0,
      receiptHandle: '',
    };
    this.#messages.set(message.id, message);
    this.#wake();
    return message;
  }

  /** Receives messages, each under a new receipt handle, and hides them from others for a while. */
  async receive({ max, visibilityTimeoutMs, waitMs }: ReceiveOptions): Promise<readonly Message[]> {
    const deadline = this.#clock.now() + waitMs;
    for (;;) {
      const received = this.#take(max, visibilityTimeoutMs);
      const leftMs = deadline - this.#clock.now();
      if (received.length > 0 || leftMs <= 0 || this.#closed) return received;
      await this.#changed(leftMs);
    }
  }

  /**
   * Deletes the message that was received under a handle. Deleting one that is gone isn't an error, and one that was
   * received again since then is left to its new receiver.
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
   * @throws {AwsError} for what isn't a receipt handle of this queue, and for a message that isn't hidden any more
   */
  changeVisibility(receiptHandle: string, visibilityTimeoutMs: number): void {
    const message = this.#received(receiptHandle);
    const now = this.#clock.now();
    if (!message || message.visibleAt <= now) {
      throw invalidParameter(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not ` +
          'available for visibility timeout change.',
      );
    }
    message.visibleAt = now + visibilityTimeoutMs;
    this.#messages.set(message.id, message);
    this.#wake();
  }

  /** Deletes all messages. */
  purge(): void {
    this.#messages.clear();
  }

  /** How many messages wait, and how many are hidden by a receiver. */
  get counts(): { visible: number; notVisible: number } {
    const now = this.#clock.now();
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now).length;
    return { visible, notVisible: this.#messages.size - visible };
  }

  /** Ends the waiting of all receivers, who get nothing, now and from now on. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #take(max: number, visibilityTimeoutMs: number): Message[] {
    const now = this.#clock.now();
    const taken: Message[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length === max) break;
      if (message.visibleAt > now) continue;
      message.visibleAt = now + visibilityTimeoutMs;
      message.receiveCount += 1;
      message.firstReceivedAt ||= now;
      message.receiptHandle = Buffer.from(`${this.arn} ${message.id} ${this.#ids.uuid()}`).toString('base64');
      this.#messages.set(message.id, message);
      // A copy: what one receiver got doesn't change when the next one receives it.
      taken.push({ ...message });
    }
    return taken;
  }

  #received(receiptHandle: string): Message | undefined {
    const [arn, id = ''] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
    if (arn !== this.arn) {
      throw sqsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle of ${this.name}.`,
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
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
