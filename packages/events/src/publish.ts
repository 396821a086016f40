import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { parseDetail, source } from './index.ts';
import type { OutgoingEvent } from './outgoing-event.ts';
import { describe } from './validate.ts';

export type { OutgoingEvent } from './outgoing-event.ts';

/** An event that isn't on the bus, and why. */
export interface FailedEvent {
  event: OutgoingEvent;
  /** EventBridge's error code (`ThrottlingException`, …), or the name of the error that ended the request. */
  code: string;
  message: string;
}

/** Some of the events are not on the bus: `failed` has them, and all the others are on it. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly failed: readonly FailedEvent[];

  constructor(busName: string, total: number, failed: readonly FailedEvent[], options?: ErrorOptions) {
    const [first] = failed;
    super(
      `${failed.length} of ${total} events are not on the bus "${busName}". ` +
        `The first: "${first?.event.detailType}", ${first?.code}: ${first?.message}`,
      options,
    );
    this.failed = failed;
  }
}

export interface PublishOptions {
  /** How often an entry is sent, at most, while the bus refuses it with an error that may pass: 1 or more, 3 by default. */
  maxAttempts?: number;
  /**
   * Ends the work when it aborts: the request that is under way, the waits, and the attempts that would follow. The
   * events that the bus hasn't confirmed by then are in `failed`, with the reason of the signal.
   */
  abortSignal?: AbortSignal;
  /** Waits between attempts, until the signal aborts at most; for tests. `setTimeout` by default. */
  sleep?: (ms: number, abortSignal?: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1, spreads the waits; for tests. `Math.random` by default. */
  random?: () => number;
}

/** PutEvents takes at most 10 entries a request (EventBridge quotas). */
const maxEntries = 10;
/** The largest request and entry, in bytes: 1 MiB since January 2026 (EventBridge quotas). */
const maxBytes = 1024 * 1024;
const firstDelayMs = 100;

/**
 * Puts events on a bus: in requests of at most 10 entries and 1 MiB, sending again, with growing pauses, the
 * entries that the bus refused for a reason that may pass (throttling, internal errors).
 *
 * @param client an EventBridge client
 * @param busName name or ARN of the bus, as PutEvents takes it
 * @param events the events; none is sent unless all of them are valid
 * @returns the ids that EventBridge gave the events, in their order
 * @throws {InvalidEventError} for a detail that breaks the contract; nothing was sent.
 * @throws {TypeError} for a detail that JSON can't hold (a circle, a bigint, too deep); nothing was sent.
 * @throws {RangeError} for an event of more than 1 MiB, or a `maxAttempts` that isn't a whole number above 0; nothing
 *   was sent.
 * @throws {TypeError} for a bus name that PutEvents doesn't take, such as that of an unset variable; nothing was sent.
 * @throws {PublishError} when events are left that are not on the bus; it has them in `failed`.
 * @example
 * await publish(new EventBridgeClient(), 'Orders', [{ detailType: 'Order Placed', detail: order }]);
 */
export async function publish(
  client: Pick<EventBridgeClient, 'send'>,
  busName: string,
  events: readonly OutgoingEvent[],
  options: PublishOptions = {},
): Promise<string[]> {
  checkBusName(busName);
  checkMaxAttempts(options.maxAttempts);
  const outgoing = events.map((event, index) => prepare(busName, event, index));
  for (const chunk of chunks(outgoing)) await sendChunk(client, chunk, options);

  const failed = outgoing.flatMap(({ event, failure }) => (failure ? [{ event, ...failure }] : []));
  if (failed.length > 0) {
    const cause = outgoing.find(({ failure }) => failure?.cause)?.failure?.cause;
    throw new PublishError(
      busName,
      events.length,
      failed.map(({ event, code, message }) => ({ event, code, message })),
      { cause },
    );
  }
  return outgoing.map(({ eventId }) => eventId ?? '');
}

/** A name, or the ARN of a bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const busNameForm = /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/;

/** Without a name, PutEvents puts the events on the account's default bus, where no rule of ours sees them. */
function checkBusName(busName: unknown): void {
  if (typeof busName === 'string' && busNameForm.test(busName)) return;
  throw new TypeError(
    `The name of the bus is ${describe(busName)}; allowed is the name or the ARN of an event bus, such as "Orders". ` +
      'Nothing was published. Check the variable that the name comes from',
  );
}

function checkMaxAttempts(maxAttempts: number | undefined): void {
  if (maxAttempts === undefined || (Number.isSafeInteger(maxAttempts) && maxAttempts > 0)) return;
  throw new RangeError(
    `maxAttempts is ${describe(maxAttempts)}; allowed is a whole number, 1 or more. Nothing was published`,
  );
}

/** An event on its way: what is sent, and how it went. */
interface Outgoing {
  event: OutgoingEvent;
  entry: PutEventsRequestEntry;
  bytes: number;
  eventId?: string;
  failure?: { code: string; message: string; cause?: unknown };
}

function prepare(busName: string, event: OutgoingEvent, index: number): Outgoing {
  const json = toJson(event, index);
  // What is sent is checked, and not what it was made of: a getter or a toJSON may say something else.
  parseDetail(event.detailType, json === undefined ? undefined : JSON.parse(json));
  const Detail = json as string;
  const entry = { EventBusName: busName, Source: source, DetailType: event.detailType, Detail };
  const bytes = byteLength(entry.Source) + byteLength(entry.DetailType) + byteLength(entry.Detail);
  if (bytes > maxBytes) {
    throw new RangeError(
      `events[${index}] ("${event.detailType}") has ${bytes} bytes, allowed are ${maxBytes}. ` +
        'Store what is large elsewhere and publish its address',
    );
  }
  return { event, entry, bytes };
}

/** @returns undefined for a detail that JSON has nothing of, such as one that is missing */
function toJson(event: OutgoingEvent, index: number): string | undefined {
  if (typeof event !== 'object' || event === null) {
    throw new TypeError(`events[${index}] is ${describe(event)}; allowed is { detailType, detail }`);
  }
  try {
    return JSON.stringify(event.detail);
  } catch (cause) {
    throw new TypeError(
      `events[${index}] ("${event.detailType}") has a detail that JSON can't hold: ${cause}`,
      { cause },
    );
  }
}

// `Buffer` would tie the package to Node.
const encoder = new TextEncoder();
const byteLength = (text: string) => encoder.encode(text).length;

function chunks(outgoing: readonly Outgoing[]): Outgoing[][] {
  const result: Outgoing[][] = [];
  let bytes = 0;
  for (const item of outgoing) {
    const last = result.at(-1);
    if (last && last.length < maxEntries && bytes + item.bytes <= maxBytes) {
      last.push(item);
      bytes += item.bytes;
    } else {
      result.push([item]);
      bytes = item.bytes;
    }
  }
  return result;
}

async function sendChunk(
  client: Pick<EventBridgeClient, 'send'>,
  chunk: Outgoing[],
  { maxAttempts = 3, abortSignal, sleep = wait, random = Math.random }: PublishOptions,
): Promise<void> {
  let left = chunk;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    await send(client, left, abortSignal);
    left = left.filter(({ failure }) => failure && !('cause' in failure) && mayPass(failure.code));
    if (attempt >= maxAttempts) return;
    if (left.length > 0) await sleep(firstDelayMs * 2 ** (attempt - 1) * (0.5 + random() / 2), abortSignal);
  }
}

async function send(
  client: Pick<EventBridgeClient, 'send'>,
  items: readonly Outgoing[],
  abortSignal: AbortSignal | undefined,
): Promise<void> {
  let results: readonly PutEventsResultEntry[];
  try {
    abortSignal?.throwIfAborted();
    const command = new PutEventsCommand({ Entries: items.map(({ entry }) => entry) });
    const output = await client.send(command, abortSignal && { abortSignal });
    results = output.Entries ?? [];
  } catch (error) {
    // The SDK has made its own attempts by now; another one here would only multiply them.
    const cause = abortSignal?.aborted ? abortSignal.reason : error;
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    for (const item of items) item.failure = { code: name, message, cause };
    return;
  }
  items.forEach((item, index) => {
    const { EventId, ErrorCode, ErrorMessage } = results[index] ?? {};
    delete item.failure;
    if (EventId) item.eventId = EventId;
    else item.failure = { code: ErrorCode ?? 'NoResult', message: ErrorMessage ?? 'the bus gave no answer' };
  });
}

/** PutEvents' own words for "try again": https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const mayPass = (code: string) => /^(Throttling|Internal|ServiceUnavailable)/.test(code);

const wait = (ms: number, abortSignal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      abortSignal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, abortSignal?.aborted ? 0 : ms);
    abortSignal?.addEventListener('abort', end);
  });
