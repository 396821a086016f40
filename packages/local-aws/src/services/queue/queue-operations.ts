import { type Operation, operation } from '../../operation.ts';
import { type AttributeReaders, checkAsked, readAsked } from './asked-attributes.ts';
import type { Queue } from './queue.ts';
import { noSuchQueue, type OnQueue, pageOfResults, pageParameters } from './sqs-request.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);

/** What a queue says of itself. */
const queueAttributes: AttributeReaders<Queue> = {
  QueueArn: ({ arn }) => arn,
  ApproximateNumberOfMessages: ({ counts }) => counts.visible,
  ApproximateNumberOfMessagesNotVisible: ({ counts }) => counts.notVisible,
  ApproximateNumberOfMessagesDelayed: ({ counts }) => counts.delayed,
  CreatedTimestamp: ({ facts }) => seconds(facts.createdAt),
  LastModifiedTimestamp: ({ facts }) => seconds(facts.modifiedAt),
  VisibilityTimeout: ({ config }) => config.visibilityTimeoutSeconds,
  MaximumMessageSize: ({ config }) => config.maxMessageBytes,
  MessageRetentionPeriod: ({ config }) => config.retentionSeconds,
  DelaySeconds: ({ config }) => config.delaySeconds,
  ReceiveMessageWaitTimeSeconds: ({ config }) => config.receiveWaitSeconds,
  SqsManagedSseEnabled: ({ config }) => config.sqsManagedSse,
  Policy: ({ config }) => config.policy,
  RedrivePolicy: ({ config }) => config.redrive && JSON.stringify(config.redrive),
  RedriveAllowPolicy: ({ config }) => config.redriveAllowPolicy,
  // The stack can't give a queue a key of KMS here.
  KmsMasterKeyId: () => undefined,
  KmsDataKeyReusePeriodSeconds: () => undefined,
};

/** The operations of SQS on queues. */
export const queueOperations = (queues: readonly Queue[], onQueue: OnQueue): Record<string, Operation> => ({
  GetQueueUrl: operation({ QueueName: { type: 'text', required: true } }, ({ QueueName }, { authorize }) => {
    const queue = queues.find(({ name }) => name === QueueName);
    if (!queue) throw noSuchQueue(QueueName, queues);
    authorize(queue.arn);
    return { QueueUrl: queue.url };
  }),

  ListQueues: operation({ QueueNamePrefix: { type: 'text' }, ...pageParameters }, (input, { authorize }) => {
    authorize('*');
    const { QueueNamePrefix = '' } = input;
    const { page, next } = pageOfResults(
      queues.filter(({ name }) => name.startsWith(QueueNamePrefix)),
      input,
    );
    return { ...(page.length > 0 && { QueueUrls: page.map(({ url }) => url) }), ...next };
  }),

  ListDeadLetterSourceQueues: onQueue(pageParameters, (queue, input) => {
    const { page, next } = pageOfResults(sourcesOf(queue, queues), input);
    return { queueUrls: page.map(({ url }) => url), ...next };
  }),

  GetQueueAttributes: onQueue({ AttributeNames: { type: 'texts' } }, (queue, { AttributeNames = [] }) => {
    checkAsked(AttributeNames, queueAttributes);
    const attributes = readAsked(queue, queueAttributes, AttributeNames);
    return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
  }),

  PurgeQueue: onQueue({}, (queue) => {
    queue.purge();
    return {};
  }),
});

/** The queues that a queue is the dead-letter queue of. */
export const sourcesOf = ({ arn }: Queue, queues: readonly Queue[]): Queue[] =>
  queues.filter(({ config }) => config.redrive?.deadLetterTargetArn === arn);
