/**
 * Takes events out of what other services wrap them in: SQS, SNS, Kinesis, Firehose, dead-letter queues, and Lambda's records of
 * failed invocations.
 *
 * @packageDocumentation
 */
export { type BatchResponse, onBatch } from './batch.ts';
export { unwrap } from './unwrap.ts';
