import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { Construct } from 'constructs';
import { type Metric, metricsOf } from './monitoring.ts';
import { type Allow, policyDocument, serviceMay } from './policy.ts';

/** The longest that SQS keeps a message: whatever lands in a queue here waits for a person. */
const retentionSeconds = 14 * 24 * 60 * 60;

/** An SQS queue that keeps what nothing else could take: encrypted, for 14 days. */
export class Queue extends Construct {
  readonly name: string;
  readonly arn: string;
  /** How many messages wait in it. */
  readonly depth: Metric;
  readonly #url: string;

  constructor(scope: Construct, id: string, { name }: { name: string }) {
    super(scope, id);
    const queue = new SqsQueue(this, 'queue', {
      name,
      messageRetentionSeconds: retentionSeconds,
      // SQS's own keys: with one of KMS, EventBridge would have to be let in to that as well.
      sqsManagedSseEnabled: true,
    });
    this.name = queue.name;
    this.arn = queue.arn;
    this.#url = queue.url;
    this.depth = metricsOf('AWS/SQS', { QueueName: this.name })(
      'ApproximateNumberOfMessagesVisible',
      'Maximum',
    );
  }

  /** The permission to send to this queue. */
  allowSend(): Allow {
    return { actions: ['sqs:SendMessage'], resources: [this.arn] };
  }

  /**
   * Lets EventBridge send to this queue for one rule, the only one that may.
   *
   * @returns what must be there before the first event is sent
   */
  letIn(rule: { arn: string }): SqsQueuePolicy {
    return new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.#url,
      policy: policyDocument(serviceMay('events.amazonaws.com', this.allowSend(), rule.arn)),
    });
  }
}
