import type { StreamedEntry, SystemMap } from '@orders/local-aws';

/** What the local run answered with an error status, in its own words. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  const text = await response.text();
  let answer: unknown = text;
  try {
    answer = JSON.parse(text);
  } catch {
    // It is text.
  }
  if (response.ok) return answer as T;
  const said = answer as { message?: string; detail?: string };
  throw new AnswerError(`${response.status}: ${said.message ?? said.detail ?? text.slice(0, 300)}`);
}

const post = <T>(path: string, body: object) => ask<T>(path, { method: 'POST', body: JSON.stringify(body) });

/** Calls an AWS operation as an SDK would. The local run takes anybody on this machine for its developer. */
const aws = <T>(target: string, input: object) =>
  ask<T>('/', {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });

export interface ClockState {
  now: string;
  scheduled: { at: string; what: string }[];
}

/** Why a rule matches an event, or doesn't. */
export interface RuleAnswer {
  matches: boolean;
  sentence: string;
}

export interface Letters {
  queue: string;
  url: string;
  waiting: number;
}

export const readMap = () => ask<SystemMap>('/_local/map');
export const readClock = () => ask<ClockState>('/_local/clock');
export const advance = (advanceMs: number) => post('/_local/clock', { advanceMs });
export const setPartner = (behaviour: { status?: number; delayMs?: number }) =>
  post('/_local/partner', behaviour);
export const explain = (rule: string, event: object) =>
  post<RuleAnswer>(`/_local/rules/${encodeURIComponent(rule)}/explain`, event);
export const placeOrder = (stage: string, order: object) =>
  ask<{ orderId: string }>(`${stage}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
export const redrive = (queue: string) =>
  post<{ message?: string }>(`/_local/queues/${encodeURIComponent(queue)}/redrive`, {});

export async function putEvent(
  bus: string,
  source: string,
  detailType: string,
  detail: object,
): Promise<string> {
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await aws<{ Entries: { EventId?: string; ErrorMessage?: string }[] }>(
    'AWSEvents.PutEvents',
    {
      Entries: [entry],
    },
  );
  const [result] = Entries;
  if (result?.EventId !== undefined) return result.EventId;
  throw new AnswerError(result?.ErrorMessage ?? 'The bus gave no answer for the event');
}

/** The queues, and how many messages wait in each. */
export async function readQueues(): Promise<Letters[]> {
  const { QueueUrls = [] } = await aws<{ QueueUrls?: string[] }>('AmazonSQS.ListQueues', {});
  return Promise.all(
    QueueUrls.map(async (url) => {
      const { Attributes } = await aws<{ Attributes: Record<string, string> }>(
        'AmazonSQS.GetQueueAttributes',
        {
          QueueUrl: url,
          AttributeNames: ['All'],
        },
      );
      const { ApproximateNumberOfMessages = '0', ApproximateNumberOfMessagesNotVisible = '0' } = Attributes;
      const waiting = Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
      return { queue: url.split('/').at(-1) ?? url, url, waiting };
    }),
  );
}

export interface Listener {
  /** Another run than before: whatever was seen is of the past. */
  onRun(): void;
  onEntries(entries: StreamedEntry[]): void;
  onConnection(isConnected: boolean): void;
}

/** Follows the trace. The browser comes back by itself when the connection is lost. */
export function follow({ onRun, onEntries, onConnection }: Listener): void {
  const source = new EventSource('/_local/trace');
  let run: string | undefined;
  source.addEventListener('run', ({ data }) => {
    if (run !== undefined && run !== data) onRun();
    run = data;
    onConnection(true);
  });
  source.onmessage = ({ data }) => onEntries(JSON.parse(data) as StreamedEntry[]);
  source.onerror = () => onConnection(false);
}
