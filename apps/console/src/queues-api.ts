import { ask, messageOf, post } from './ask.ts';

export interface QueueState {
  queue: string;
  waiting: number;
  /** Somebody received them and may delete them, or they are delayed. */
  hidden: number;
}

/** A message that waits. */
export interface Letter {
  id: string;
  sentAt: string;
  body: string;
  /** Message attributes of type String. EventBridge says in them why it gave up. */
  attributes: Record<string, string>;
  /** The error of the function that failed for it, and its stack. */
  error?: string;
}

/** What came of a message that was sent again. */
export interface Sent {
  messageId: string;
  status: 'delivered' | 'failed';
  error?: string;
}

/** The record that Lambda leaves of an event that a function failed for every time. */
interface FailureRecord {
  requestContext: { functionArn: string; condition?: string };
  requestPayload: unknown;
}

const queuePath = (queue: string) => `/_local/queues/${encodeURIComponent(queue)}`;

export const readQueues = async () => (await ask<{ queues: QueueState[] }>('/_local/queues')).queues;

export const readLetters = (queue: string) =>
  ask<{ waiting: number; messages: Letter[] }>(`${queuePath(queue)}/messages`);

/** Sends dead letters of a rule to the rule's target. @param messages all of them if left out */
export const redrive = async (queue: string, messages?: { id: string; event?: object }[]) =>
  (await post<{ messages: Sent[] }>(`${queuePath(queue)}/redrive`, messages ? { messages } : {})).messages;

/** The record in a message; undefined for a message that has none. */
export function failureRecordOf({ body }: Letter): FailureRecord | undefined {
  try {
    const record = Object(JSON.parse(body)) as Partial<FailureRecord>;
    return typeof record.requestContext?.functionArn === 'string' && 'requestPayload' in record
      ? (record as FailureRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Gives a function an event again that it failed for, as EventBridge does: it runs later, and is tried again. Of several
 * messages, one that can't be sent keeps no other from being sent.
 */
export async function invokeAgain(queue: string, letter: Letter, payload: unknown): Promise<Sent> {
  const stays = (error: string): Sent => ({ messageId: letter.id, status: 'failed', error });
  const record = failureRecordOf(letter);
  if (!record) return stays("It isn't the record of a failed invocation");
  const name = record.requestContext.functionArn.split(':')[6] ?? '';
  try {
    await ask(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: JSON.stringify(payload),
    });
    await dropLetter(queue, letter.id);
    return { messageId: letter.id, status: 'delivered' };
  } catch (error) {
    return stays(messageOf(error));
  }
}

/**
 * Gives a function again every event that waits in its queue now. The local run lists some messages at a time, so the next
 * ones are read when those are sent. What fails again comes back as another message, and isn't sent once more.
 */
export async function invokeAllAgain(queue: string): Promise<Sent[]> {
  const sent = new Map<string, Sent>();
  let { waiting: most, messages } = await readLetters(queue);
  for (;;) {
    const next = messages.filter(({ id }) => !sent.has(id)).slice(0, most - sent.size);
    if (next.length === 0) return [...sent.values()];
    for (const letter of next)
      sent.set(letter.id, await invokeAgain(queue, letter, failureRecordOf(letter)?.requestPayload));
    ({ messages } = await readLetters(queue));
  }
}

export const dropLetter = (queue: string, id: string) =>
  ask(`${queuePath(queue)}/messages/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** Why a message is in its queue: what EventBridge or Lambda left with it. */
export function reasonOf(letter: Letter): string {
  const { ERROR_CODE: code, ERROR_MESSAGE: message, RETRY_ATTEMPTS: retries } = letter.attributes;
  if (code !== undefined || message !== undefined) {
    return [code, message, Number(retries) > 0 ? `after ${retries} retries` : ''].filter(Boolean).join(': ');
  }
  const record = failureRecordOf(letter);
  if (!record) return 'It is here because a rule or a function sent it';
  return [record.requestContext.condition, letter.error?.split('\n')[0]].filter(Boolean).join(': ');
}
