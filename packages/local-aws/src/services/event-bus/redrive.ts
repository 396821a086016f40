import type { Context } from '../../context.ts';
import { isObject, type JsonObject } from '../../json.ts';
import type { BusEvent, RuleQueue, WaitingMessage } from '../../target.ts';
import { originOf } from './dead-letter.ts';
import type { Rule } from './rule.ts';

/** What came of a dead letter that was sent again. */
export interface Redriven {
  /** The id of the message in the queue. */
  messageId: string;
  rule?: string;
  /** The kind and the name of the target, `function orders-persister`. */
  target?: string;
  /** The id of the event. */
  eventId?: string;
  detailType?: string;
  status: 'delivered' | 'failed';
  /** Why it stays in the queue. */
  error?: string;
}

/** A dead letter to send again. */
export interface ChosenLetter {
  /** The id of the message. */
  id: string;
  /** The event that goes in place of the one in the message. */
  event?: JsonObject;
}

/**
 * Sends messages that wait in a dead-letter queue to the target that gave them up, once. What the target takes leaves
 * the queue, and anything else stays as it is. SQS can't do that for the dead letters of EventBridge.
 *
 * @param chosen all messages if left out
 * @returns what came of each. Chosen messages that don't wait in the queue are left out
 */
export async function redrive(
  queue: RuleQueue,
  rules: readonly Rule[],
  context: Pick<Context, 'trace' | 'clock'>,
  chosen?: readonly ChosenLetter[],
): Promise<Redriven[]> {
  const results: Redriven[] = [];
  for (const message of queue.waiting()) {
    const choice = chosen?.find(({ id }) => id === message.id);
    if (chosen && !choice) continue;
    const sent = choice?.event ? { ...message, body: JSON.stringify(choice.event) } : message;
    const result = await redriveMessage(sent, queue.name, rules, context);
    if (result.status === 'delivered') queue.remove(message.id);
    results.push(result);
  }
  return results;
}

async function redriveMessage(
  message: WaitingMessage,
  queueName: string,
  rules: readonly Rule[],
  { trace, clock }: Pick<Context, 'trace' | 'clock'>,
): Promise<Redriven> {
  const stays = (error: string, of: Partial<Redriven> = {}): Redriven => ({
    messageId: message.id,
    ...of,
    status: 'failed',
    error,
  });
  const origin = originOf(message.attributes);
  if (!origin) {
    return stays("It has no RULE_ARN and TARGET_ARN among its attributes, so it isn't a rule's dead letter");
  }
  const event = readEvent(message.body);
  if (!event) return stays("Its body isn't an event");
  const of = { eventId: event.id, detailType: event['detail-type'] };
  const rule = rules.find(({ arn }) => arn === origin.ruleArn);
  const targets = rule?.targets.filter(({ arn }) => arn === origin.targetArn) ?? [];
  const [target, another] = targets.filter(({ deadLetters }) => deadLetters?.name === queueName);
  if (!rule || !target) {
    return stays(
      `The stack has no rule ${origin.ruleArn} with the target ${origin.targetArn} and this queue`,
      of,
    );
  }
  if (another) {
    // A dead letter says the ARN of its target only, and each of these gets another input.
    return stays(
      `The rule has several targets ${origin.targetArn} with this queue: ${target.id}, ${another.id}`,
      of,
    );
  }

  const flowId = trace.newFlow();
  const whole = trace.begin(flowId, { kind: 'event', bus: rule.busName, event });
  const span = trace.begin(flowId, { kind: 'delivery', rule: rule.name, target: target.description }, whole);
  whole.end();
  const named = { ...of, rule: rule.name, target: target.description };
  try {
    const names = { ruleName: rule.name, ruleArn: rule.arn, receivedAt: clock.now() };
    await target.deliver(event, flowId, target.input(event, names));
    span.end();
    return { messageId: message.id, ...named, status: 'delivered' };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    span.fail(problem);
    return stays(problem, named);
  }
}

function readEvent(body: string): BusEvent | undefined {
  try {
    const event: unknown = JSON.parse(body);
    return isObject(event) && isObject(event.detail) ? (event as unknown as BusEvent) : undefined;
  } catch {
    return undefined;
  }
}
