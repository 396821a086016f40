import type { FindSourceLine } from '@orders/stack-trace';
import type { LocalResponse, LocalRoutes } from '../../local-api.ts';
import { readFailure } from '../function/read-failure.ts';
import { textsOf } from './message-attributes.ts';
import type { Queue } from './queue.ts';

/** How many messages of a queue are listed. */
const maxListed = 200;

/** What waits in the queues, for people: they see it without receiving it, and can drop a message by its id. */
export function queueRoutes(queues: readonly Queue[], findSourceLine: FindSourceLine): LocalRoutes {
  const inQueue = (name = '', answer: (queue: Queue) => LocalResponse): LocalResponse => {
    const queue = queues.find((known) => known.name === name);
    if (queue) return answer(queue);
    const known = queues.map((other) => other.name).join(', ') || 'none';
    return { status: 404, body: { message: `There is no queue ${name}. The stack has ${known}.` } };
  };
  return {
    'GET /_local/queues': () => ({
      status: 200,
      body: {
        queues: queues.map(({ name, counts }) => ({
          queue: name,
          waiting: counts.visible,
          // Somebody received them and may delete them, or they are delayed.
          hidden: counts.notVisible + counts.delayed,
        })),
      },
    }),

    'GET /_local/queues/<name>/messages': ({ parameters }) =>
      inQueue(parameters.name, (queue) => {
        const waiting = queue.waiting();
        const messages = waiting.slice(0, maxListed).map(({ id, body, attributes, sentAt }) => ({
          id,
          sentAt: new Date(sentAt).toISOString(),
          body,
          attributes: textsOf(attributes),
          // Left out of the answer for a message that isn't about a function's failure.
          error: readFailure(body, findSourceLine),
        }));
        return { status: 200, body: { queue: queue.name, waiting: waiting.length, messages } };
      }),

    'DELETE /_local/queues/<name>/messages/<id>': ({ parameters: { name, id = '' } }) =>
      inQueue(name, (queue) => {
        const isThere = queue.waiting().some((message) => message.id === id);
        if (isThere) queue.remove({ id });
        return isThere
          ? { status: 200, body: { queue: queue.name, removed: id } }
          : { status: 404, body: { message: `No message ${id} waits in ${queue.name}.` } };
      }),
  };
}
