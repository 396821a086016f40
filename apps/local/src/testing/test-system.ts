import { resolve } from 'node:path';
import type { BusEvent, LocalAws, Story } from '@orders/local-aws';
import { type OrderSystemOptions, orderIdOf, startOrderSystem } from '../order-system.ts';
import { type AwsReader, createAwsReader, type DeadLetter } from './aws-reader.ts';
import { type StateOutcome, type StateTest, testState } from './state-test.ts';

/** The folder that `pnpm synth` leaves. */
export const synthesized = resolve(import.meta.dirname, '../../../../infra/cdktf.out');

export interface TestSystemOptions
  extends Pick<OrderSystemOptions, 'dataDir' | 'chaos' | 'onLog' | 'findSourceLine'> {
  /** The folder with the synthesized stack; `infra/cdktf.out` if left out. */
  outDir?: string;
  /** The port; a free one if left out. */
  port?: number;
}

/** An order as a client sends it. What is left out is that of {@link someOrder}. */
export interface Order {
  /** A region or its beginning: `eu-west` goes to the workflow, `us-east-1` to the partner, `aq-south` to neither. */
  location?: string;
  /** Lower-case words joined by hyphens. */
  category?: string;
  /** A number above 0. */
  value?: number;
}

const someOrder = { location: 'eu-west', category: 'office-supplies', value: 300 };

/** An order that was accepted. */
export interface PlacedOrder extends Required<Order> {
  /** A UUID. */
  orderId: string;
}

/** The API didn't accept an order. */
export class OrderNotAcceptedError extends Error {
  override readonly name = 'OrderNotAcceptedError';
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(order: Order, status: number, body: string) {
    super(
      `The order ${JSON.stringify(order)} got ${status} instead of 202: ${body.trim()}. Use sendOrder to look at an answer ` +
        'that should be another one',
    );
    this.status = status;
  }
}

/** The order system, running in this process, with a state of its own. */
export interface TestSystem extends Omit<LocalAws, 'advance' | 'settle'>, Pick<AwsReader, 'messages'> {
  /** What failed and no request reported, a sentence each: lost events, functions that gave up. */
  readonly failures: readonly string[];
  /**
   * Places an order.
   *
   * @param headers further headers of the request: `{ 'idempotency-key': … }`
   * @throws {OrderNotAcceptedError} for an answer other than 202
   */
  placeOrder(order?: Order, headers?: Record<string, string>): Promise<PlacedOrder>;
  /** Sends an order, valid or not, and gives the API's answer as it is. */
  sendOrder(order: Record<string, string | number>, headers?: Record<string, string>): Promise<Response>;
  /**
   * Lets everything happen that is under way or scheduled. Time is moved to each retry, so nobody waits for it.
   *
   * @throws {UnsettledError} for what time alone doesn't end
   */
  settled(): Promise<void>;
  /** Moves the time ahead by some hours; 0.5 is half an hour. What becomes due on the way happens, in order. */
  advance(hours: number): Promise<void>;
  /** What happened to an order so far. @throws {Error} for an order that never came to the bus */
  story(orderId: string): Story;
  /** The events that were on the bus, the oldest first; with an order's id, those of that order. */
  events(orderId?: string): BusEvent[];
  /** The row of an order in `OrderDetails`, or undefined. */
  row(orderId: string): Promise<Record<string, unknown> | undefined>;
  /** The events that the partner has received, the oldest first. */
  partnerOrders(): Promise<BusEvent[]>;
  /** Makes the partner answer with another status, or slowly; as usual again with `{}`. */
  partnerBehaves(behaviour: { status?: number; delayMs?: number }): Promise<void>;
  /** What waits in the queues for what failed; with a queue's name, in that one. They stay there. */
  deadLetters(queue?: string): Promise<DeadLetter[]>;
  /**
   * Tests one state of a workflow: its result, or what follows an error. With `result` or `error`, nothing is called.
   *
   * @example
   * const outcome = await system.testState('PublishOrderProcessed', { error: 'EventBridge.InternalException' });
   * expect(outcome).toMatchObject({ status: 'RETRIABLE', retrySeconds: 1 });
   */
  testState(stateName: string, test?: StateTest): Promise<StateOutcome>;
}

/**
 * Starts the order system on this machine, with a state in memory unless `dataDir` names a folder for it. Close it when the test
 * ends.
 *
 * @throws {UnsupportedError} for a stack that would run otherwise here than on AWS
 * @example
 * const system = await startTestSystem();
 * const { orderId } = await system.placeOrder({ location: 'eu-west' });
 * await system.settled();
 * expect(await system.row(orderId)).toMatchObject({ location: 'eu-west' });
 * await system.close();
 */
export async function startTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const failures: string[] = [];
  const { advance, settle, ...system } = await startOrderSystem({
    outDir: synthesized,
    port: 0,
    ...options,
    onFailure: (failure) => failures.push(failure),
  });
  const { endpoint, apiUrl, stories, trace, deadLetterQueues } = system;
  const reader = createAwsReader(system);
  const sendOrder: TestSystem['sendOrder'] = (order, headers = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(order)) query.set(name, String(value));
    return fetch(`${apiUrl}?${query}`, { headers });
  };

  return {
    ...system,
    failures,
    sendOrder,
    async placeOrder(given = {}, headers = {}) {
      const order = { ...someOrder, ...given };
      const response = await sendOrder(order, headers);
      const body = await response.text();
      if (response.status !== 202) throw new OrderNotAcceptedError(order, response.status, body);
      const { orderId } = JSON.parse(body) as { orderId: string };
      return { ...order, orderId };
    },
    settled: settle,
    advance(hours) {
      if (Number.isFinite(hours) && hours >= 0) return advance(hours * 3_600_000);
      throw new RangeError(`advance takes a number of hours from 0 on; received ${hours}`);
    },
    story(orderId) {
      const story = stories.story(orderId);
      if (story) return story;
      const known = stories.subjects();
      throw new Error(
        `No event on the bus is about the order ${orderId}; ${known.length} other orders are known`,
      );
    },
    events(orderId) {
      const events = [...trace.entries()]
        .sort((a, b) => a.sequence - b.sequence)
        .flatMap((entry) =>
          entry.type === 'begun' && entry.activity.kind === 'event' ? [entry.activity.event] : [],
        );
      return orderId === undefined ? events : events.filter((event) => orderIdOf(event) === orderId);
    },
    row: (orderId) => reader.row('OrderDetails', { orderId }),
    messages: reader.messages,
    async partnerOrders() {
      const { received } = (await ask(`${endpoint}/_local/partner/orders`)) as { received: BusEvent[] };
      return received;
    },
    async partnerBehaves(behaviour) {
      await ask(`${endpoint}/_local/partner`, { method: 'POST', body: JSON.stringify(behaviour) });
    },
    async deadLetters(queue) {
      if (queue !== undefined && !deadLetterQueues.includes(queue)) {
        throw new Error(`${queue} isn't a queue for what failed; those are ${deadLetterQueues.join(', ')}`);
      }
      const names = queue === undefined ? deadLetterQueues : [queue];
      const letters: DeadLetter[] = [];
      for (const name of names) {
        for (const message of await reader.messages(name)) letters.push({ queue: name, ...message });
      }
      return letters;
    },
    testState: (stateName, test = {}) => testState(system, stateName, test),
    async close() {
      reader.close();
      await system.close();
    },
  };
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const body = await response.text();
  const answer: unknown = JSON.parse(body);
  if (response.ok) return answer;
  const { message = body } = Object(answer) as { message?: string };
  throw new Error(`${url} answered ${response.status}: ${message}`);
}
