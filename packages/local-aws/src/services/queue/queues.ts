import type { Context, Service } from '../../context.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import type { Plan } from '../../plan/read-plan.ts';
import type { BindTarget, FindRuleQueue } from '../../target.ts';
import type { Message } from './message.ts';
import { stringAttribute, textsOf } from './message-attributes.ts';
import { createMoveTasks } from './move-tasks.ts';
import { Queue } from './queue.ts';
import { readQueueConfigs } from './queue-config.ts';
import type { QueueFacts } from './queue-facts.ts';
import { createQueueLevels } from './queue-levels.ts';
import { queueRoutes } from './queue-routes.ts';
import { sqsOperations } from './sqs-operations.ts';

export interface Queues extends Service {
  readonly target: BindTarget;
  close(): void;
  /** The queue with this ARN, or undefined. */
  find(arn: string): Queue | undefined;
  forRule: FindRuleQueue;
}

/**
 * The SQS queues of the stack.
 *
 * @throws {UnsupportedError} for a queue that SQS refuses
 */
export function createQueues(
  plan: Plan,
  { iam, state, clock, ids, metrics, findSourceLine }: Context,
): Queues {
  const find = (arn: string): Queue | undefined => list.find((queue) => queue.arn === arn);
  const ends: (() => void)[] = [];
  const facts = state.collection<QueueFacts>('queues');
  const list = readQueueConfigs(plan).map((config) => {
    const kept = state.collection<Message>(`messages of ${config.arn}`);
    const levels = createQueueLevels({ ...config, messages: kept }, { metrics, clock });
    ends.push(metrics.beforeRead('AWS/SQS', dimensionsOf('AWS/SQS', { name: config.name }), levels.catchUp));
    return new Queue(config, { messages: levels.messages, facts, clock, ids, find });
  });
  const tasks = createMoveTasks(find, { state, clock, ids });
  tasks.resume();

  const authorizeSend = (queueArn: string, ruleArn: string) =>
    iam.authorizeService('events.amazonaws.com', 'sqs:SendMessage', queueArn, ruleArn);
  const forRule: FindRuleQueue = (queueArn, ruleArn) => {
    const queue = find(queueArn);
    if (!queue) return undefined;
    return {
      name: queue.name,
      send(body, texts = {}) {
        authorizeSend(queueArn, ruleArn);
        const attributes = Object.entries(texts).map(([name, value]) => [name, stringAttribute(value)]);
        queue.send(body, { attributes: Object.fromEntries(attributes) });
      },
      waiting: () =>
        queue.waiting().map(({ id, body, attributes }) => ({ id, body, attributes: textsOf(attributes) })),
      remove: (id) => queue.remove({ id }),
    };
  };

  return {
    find,
    forRule,
    operations: sqsOperations(list, tasks),
    routes: queueRoutes(list, findSourceLine),
    /** Sends each event to a queue. */
    target(arn, { ruleArn }) {
      const queue = forRule(arn, ruleArn);
      if (!queue) return undefined;
      return {
        description: `queue ${queue.name}`,
        authorize: () => [authorizeSend(arn, ruleArn)],
        async deliver(_, __, input) {
          queue.send(input);
        },
      };
    },
    /** Ends the waiting for messages, and the timers of move tasks. */
    close() {
      for (const end of ends) end();
      tasks.close();
      for (const queue of list) queue.close();
    },
  };
}
