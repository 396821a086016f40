import type { Context, Service } from '../../context.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import type { BindTarget, FindRuleQueue } from '../../target.ts';
import { stringAttribute } from './message-attributes.ts';
import { type Message, Queue } from './queue.ts';
import { sqsOperations } from './sqs-operations.ts';

export interface Queues extends Service {
  readonly target: BindTarget;
  close(): void;
  /** The queue with this ARN, or undefined. */
  find(arn: string): Queue | undefined;
  forRule: FindRuleQueue;
}

/** The SQS queues of the stack. */
export function createQueues(plan: Plan, { iam, state, clock, ids }: Context): Queues {
  const list = plan.resources('aws_sqs_queue').map((queue) => {
    const arn = text(queue, 'arn');
    return new Queue(
      { name: text(queue, 'name'), arn, url: text(queue, 'url') },
      { messages: state.collection<Message>(`messages of ${arn}`), clock, ids },
    );
  });
  const find = (arn: string) => list.find((queue) => queue.arn === arn);
  const forRule: FindRuleQueue = (queueArn, ruleArn) => {
    const queue = find(queueArn);
    if (!queue) return undefined;
    return {
      name: queue.name,
      send(body, attributes = {}) {
        iam.authorizeService('events.amazonaws.com', 'sqs:SendMessage', queueArn, ruleArn);
        queue.send(
          body,
          Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [name, stringAttribute(value)]),
          ),
        );
      },
    };
  };

  return {
    find,
    forRule,
    operations: sqsOperations(list),
    /** Sends each event to a queue. */
    target(arn, { ruleArn }) {
      const queue = forRule(arn, ruleArn);
      if (!queue) return undefined;
      return {
        description: `queue ${queue.name}`,
        async deliver(event) {
          queue.send(JSON.stringify(event));
        },
      };
    },
    /** Ends what waits for a message. */
    close() {
      for (const queue of list) queue.close();
    },
  };
}
