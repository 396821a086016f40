import type { Iam } from '../../iam.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import type { BindTarget, FindRuleQueue } from '../event-bus/event-bus.ts';
import { Queue } from './queue.ts';

export interface Queues {
  /** Every queue. */
  list: readonly Queue[];
  /** The queue with this ARN, or undefined. */
  find(arn: string): Queue | undefined;
  forRule: FindRuleQueue;
  /** A target that sends each event to the queue with this ARN. */
  target: BindTarget;
  /** Ends what waits for a message. */
  close(): void;
}

/** The SQS queues of the stack, in memory. */
export function createQueues(plan: Plan, iam: Iam): Queues {
  const list = plan
    .resources('aws_sqs_queue')
    .map(
      (queue) => new Queue({ name: text(queue, 'name'), arn: text(queue, 'arn'), url: text(queue, 'url') }),
    );
  const find = (arn: string) => list.find((queue) => queue.arn === arn);
  const forRule: FindRuleQueue = (queueArn, ruleArn) => {
    const queue = find(queueArn);
    if (!queue) return undefined;
    return {
      name: queue.name,
      send(body, attributes) {
        iam.authorizeQueue('events.amazonaws.com', 'sqs:SendMessage', queueArn, ruleArn);
        queue.send(body, attributes);
      },
    };
  };

  return {
    list,
    find,
    forRule,
    target(arn, rule) {
      const queue = forRule(arn, rule.arn);
      if (!queue) return undefined;
      return {
        description: `queue ${queue.name}`,
        async deliver(event) {
          queue.send(JSON.stringify(event));
        },
      };
    },
    close() {
      for (const queue of list) queue.close();
    },
  };
}
