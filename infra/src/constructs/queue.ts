import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { type Alarm, type Metric, metricsOf } from './monitoring.ts';
import { type Allow, policyDocument, serviceMay } from './policy.ts';

const daySeconds = 24 * 60 * 60;
/** The longest that SQS keeps a message: whatever lands in a queue here waits for a person. */
const retentionDays = 14;
/** When that person has to hurry. */
const oldDays = 10;

/** An SQS queue that keeps what nothing else could take: encrypted, for 14 days. */
export class Queue extends Construct {
  readonly name: string;
  readonly arn: string;
  /** How many messages wait in it. */
  readonly depth: Metric;
  readonly #url: string;
  readonly #label: string;
  readonly #oldest: Metric;
  readonly #ruleArns: string[] = [];
  #policy: SqsQueuePolicy | undefined;

  constructor(scope: Construct, id: string, { name }: { name: string }) {
    super(scope, id);
    const queue = new SqsQueue(this, 'queue', {
      name,
      messageRetentionSeconds: retentionDays * daySeconds,
      // SQS's own keys: with one of KMS, EventBridge would have to be let in to that as well.
      sqsManagedSseEnabled: true,
    });
    this.name = queue.name;
    this.arn = queue.arn;
    this.#url = queue.url;
    this.#label = name;
    const metric = metricsOf('AWS/SQS', { QueueName: this.name });
    this.depth = metric('ApproximateNumberOfMessagesVisible', 'Maximum');
    this.#oldest = metric('ApproximateAgeOfOldestMessage', 'Maximum');
  }

  /** The permission to send to this queue. */
  allowSend(): Allow {
    return { actions: ['sqs:SendMessage'], resources: [this.arn] };
  }

  /**
   * Lets EventBridge send to this queue for a rule.
   *
   * @returns what must be there before the first event is sent
   */
  grantSendMessages(rule: { arn: string }): SqsQueuePolicy {
    this.#ruleArns.push(rule.arn);
    this.#policy ??= new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.#url,
      // Written at the end, when all the rules are known: a queue has one policy.
      policy: Lazy.stringValue({
        produce: () =>
          policyDocument(
            ...this.#ruleArns.map((arn) => serviceMay('events.amazonaws.com', this.allowSend(), arn)),
          ),
      }),
    });
    return this.#policy;
  }

  /** What has to wake somebody: that messages wait, and, under the name with `-expire`, that time runs out for one. */
  alarms({ name, meaning, runbook }: Pick<Alarm, 'name' | 'meaning' | 'runbook'>): Alarm[] {
    return [
      { name, metric: this.depth, meaning, runbook },
      {
        name: `${name}-expire`,
        metric: this.#oldest,
        above: oldDays * daySeconds,
        meaning: `A message waits in the queue ${this.#label} for more than ${oldDays} days; after ${retentionDays}, SQS deletes it.`,
        runbook,
      },
    ];
  }
}
