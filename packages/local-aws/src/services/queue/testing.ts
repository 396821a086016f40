/** What the tests of this folder share: queues of a stack, and the AWS SDK before them. */
import {
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { listen } from '../../server.ts';
import { account, arnOf, FakeClock, makeContext, makePlan, sdkConfig, serveAws } from '../../testing.ts';
import type { Queue } from './queue.ts';
import { createQueues } from './queues.ts';

/** A `redrive_policy` to the queue that has this id in the stack. */
export const redriveTo = (id: string, maxReceiveCount: number | string): string =>
  JSON.stringify({ deadLetterTargetArn: `\${aws_sqs_queue.${id}.arn}`, maxReceiveCount });

/** Serves queues on a clock that stands still. */
export async function startSqs(queues: JsonObject, changes: Partial<Context> = {}) {
  const server = await listen(0, (error) => {
    throw error;
  });
  const clock = new FakeClock();
  const context = makeContext({ clock, ...changes });
  const service = createQueues(makePlan({ aws_sqs_queue: queues }, '/', server.endpoint), context);
  serveAws(server, [service], context);
  const sqs = new SQSClient({ ...sdkConfig(server), maxAttempts: 1 });
  const urlOf = (name: string) => `${server.endpoint}/${account}/${name}`;

  const receive = async (name: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(name), ...more }))).Messages ?? [];
  return {
    server,
    clock,
    service,
    sqs,
    urlOf,
    queueOf(name: string): Queue {
      const queue = service.find(arnOf('sqs', name));
      if (!queue) throw new Error(`There is no queue ${name}`);
      return queue;
    },
    send: (name: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody, ...more })),
    receive,
    async receiveOne(name: string, more?: Partial<ReceiveMessageCommandInput>) {
      const [message] = await receive(name, more);
      if (!message) throw new Error('There was no message to receive');
      return message;
    },
    bodies: async (name: string, more?: Partial<ReceiveMessageCommandInput>) =>
      (await receive(name, more)).map(({ Body }) => Body),
    async close() {
      service.close();
      sqs.destroy();
      await server.close();
    },
  };
}
export type TestSqs = Awaited<ReturnType<typeof startSqs>>;
