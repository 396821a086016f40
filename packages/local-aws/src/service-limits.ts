import { maxDataBytes } from '@orders/states-language';

/**
 * What AWS takes of a call, in one place, with the month since when where it has changed lately. What it takes of an
 * argument in the stack is in `plan/limits.ts`.
 */
export const serviceLimits = {
  /** A request of PutEvents, in bytes: 1 MiB since January 2026. */
  putEventsBytes: 1_048_576,
  /** The characters of a detail-type. */
  detailTypeCharacters: 128,
  /** The payload of an asynchronous invocation, in bytes: 1 MiB since October 2025. */
  asynchronousPayloadBytes: 1_048_576,
  /** The payload of an invocation that is waited for, in bytes: 6 MiB. */
  synchronousPayloadBytes: 6_291_456,
  /** The answer of a function, in bytes: 6 MiB, and some room. */
  answerBytes: 6_291_556,
  /** A batch of messages, in bytes: 1 MiB since August 2025. What a message may have is the queue's to say. */
  messageBatchBytes: 1_048_576,
  /** The input of an execution, in bytes. */
  executionInputBytes: maxDataBytes,
} as const;
