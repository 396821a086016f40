import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { type Alarm, type Metric, metricsOf } from './monitoring.ts';
import { type Allow, noteGrant, policyDocument, serviceMay } from './policy.ts';

const daySeconds = 24 * 60 * 60;
/** SQS's most. Every message in these queues waits for a person. */
const retentionDays = 14;
/** The age at which that person has to hurry. */
const oldDays = 10;

/** An SQS queue for events that nothing else could take. It is encrypted, and keeps a message for 14 days. */
export class Queue extends Construct {
  readonly name: string;
  readonly arn: string;
  /** The number of messages that wait in it. */
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
      // SQS's own keys: a KMS key would need a policy for EventBridge too.
      sqsManagedSseEnabled: true,
    });
    this.name = queue.name;
    this.arn = queue.arn;
    this.#url = queue.url;
    noteGrant(queue, 'sqs:SendMessage', 'allowSend()');
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
   * @returns a dependency of the rule's target
   */
  grantSendMessages(rule: { arn: string }): SqsQueuePolicy {
    this.#ruleArns.push(rule.arn);
    this.#policy ??= new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.#url,
      // Read at synth, after every grant: a queue has one policy.
      policy: Lazy.stringValue({
        produce: () =>
          policyDocument(
            ...this.#ruleArns.map((arn) => serviceMay('events.amazonaws.com', this.allowSend(), arn)),
          ),
      }),
    });
    return this.#policy;
  }

  /** Two alarms: one when messages wait, and one, named `<name>-expire`, before SQS deletes the oldest. */
  alarms({ name, meaning, runbook }: Pick<Alarm, 'name' | 'meaning' | 'runbook'>): Alarm[] {
    return [
      { name, metric: this.depth, meaning, runbook },
      {
        name: `${name}-expire`,
        metric: this.#oldest,
        above: oldDays * daySeconds,
        meaning: `A message has waited in the queue ${this.#label} for ${oldDays} days; after ${retentionDays}, SQS deletes it.`,
        runbook,
      },
    ];
  }
}
