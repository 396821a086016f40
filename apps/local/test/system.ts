import { resolve } from 'node:path';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { JsonObject, LocalAws, Step, Story } from '@orders/local-aws';
import { sdkConfig } from '@orders/local-aws/testing';
import { startOrderSystem } from '../src/order-system.ts';

/** What the `synth` task left for the local run. */
export const outDir = resolve(import.meta.dirname, '../../../infra/cdktf.out');

/** The failures that a system reported, for a test to look at. */
export interface TestSystem extends LocalAws {
  failures: string[];
}

/** The synthesized system, running in this process on a free port. */
export async function startTestSystem(dir = outDir): Promise<TestSystem> {
  const failures: string[] = [];
  const system = await startOrderSystem({
    outDir: dir,
    port: 0,
    onFailure: (failure) => failures.push(failure),
  });
  return Object.assign(system, { failures });
}

export const eu = { location: 'eu-west', category: 'office-supplies', value: '300' };

/** Places an order by GET. */
export const placeByQuery = ({ apiUrl }: LocalAws, order: Record<string, string>, init?: RequestInit) =>
  fetch(`${apiUrl}?${new URLSearchParams(order)}`, init);

export type OrderStory = Pick<Story, 'settled' | 'steps'> & { orderId: string };

/** Moves the time of a system ahead. Retries that become due on the way are made. */
export async function advance({ endpoint }: LocalAws, advanceMs: number): Promise<void> {
  const body = JSON.stringify({ advanceMs });
  const response = await fetch(`${endpoint}/_local/clock`, { method: 'POST', body });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Places an order that has to be accepted, and waits for its story to end: for a day, at most, by the system's clock. */
export async function storyOf(system: LocalAws, order: Record<string, string>): Promise<OrderStory> {
  const response = await placeByQuery(system, order);
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  const { orderId } = (await response.json()) as { orderId: string };
  await advance(system, 25 * 60 * 60 * 1_000);
  const story = await fetch(`${system.endpoint}/_local/orders/${orderId}/trace`);
  return (await story.json()) as OrderStory;
}

/** What is in a queue, as the AWS SDK receives it; it stays there. */
export async function messagesIn(
  system: LocalAws,
  QueueName: string,
): Promise<{ body: JsonObject; attributes: Record<string, string | undefined> }[]> {
  const sqs = new SQSClient(sdkConfig(system));
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
      body: JSON.parse(Body) as JsonObject,
      attributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
      ),
    }));
  } finally {
    sqs.destroy();
  }
}

/** Where that is which failed. */
const kept = (queue: string | undefined) => (queue === undefined ? '' : ` → queue ${queue}`);

/** Whether a step or a delivery belongs to the flow of the order. The tracker follows every event beside it. */
const inFlow = (text: string) => !/orders-tracker|OrderStatus/.test(text);

/** The steps of a story as short text: `event Order Placed`, `PutItem OrderDetails`. */
export const shortSteps = ({ steps }: Pick<Story, 'steps'>): string[] => steps.map(shortStep).filter(inFlow);

function shortStep(step: Step): string {
  switch (step.kind) {
    case 'request':
      return `request ${step.status}`;
    case 'invocation':
      return `function ${step.function} ${step.status}${kept(step.failureQueue)}`;
    case 'event':
      return `event ${step.detailType}`;
    case 'execution':
      return `workflow ${step.stateMachine} ${step.status}`;
    case 'write':
      return `${step.operation} ${step.table}`;
  }
}

/** What was delivered where: `Order Placed: USOrdertoAPI → API destination us-fulfilment-partner delivered`. */
export const deliveries = ({ steps }: Pick<Story, 'steps'>): string[] =>
  steps
    .flatMap((step) =>
      step.kind === 'event'
        ? step.deliveries.map(
            ({ rule, target, status, deadLetterQueue }) =>
              `${step.detailType}: ${rule} → ${target} ${status}${kept(deadLetterQueue)}`,
          )
        : [],
    )
    .filter(inFlow);
