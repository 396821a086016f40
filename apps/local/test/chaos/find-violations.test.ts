import { describe, expect, test } from '@jest/globals';
import type { DeadLetter, PlacedOrder } from '../../src/testing/index.ts';
import { findViolations } from './find-violations.ts';

/** What a run left of one order, and what it did; all is well unless it says otherwise. */
interface Left {
  location: string;
  row?: Record<string, unknown>;
  writes?: number;
  dispatches?: number;
  atPartner?: boolean;
  unrouted?: boolean;
  letters?: DeadLetter[];
  faults?: string[];
}

const orderId = 'o-1';
const rowOf = (location: string) => ({ orderId, location, category: 'office-supplies', value: 300 });
const good = {
  eu: { location: 'eu-west', row: rowOf('eu-west'), writes: 1, dispatches: 2 },
  us: { location: 'us-east-1', atPartner: true },
  elsewhere: { location: 'aq-south', unrouted: true },
} as const satisfies Record<string, Left>;

function violations(left: Left): Promise<string[]> {
  const order: PlacedOrder = { orderId, location: left.location, category: 'office-supplies', value: 300 };
  const system = { row: async () => left.row };
  const seen = {
    writes: () => left.writes ?? 0,
    dispatches: () => left.dispatches ?? 0,
    faults: () => left.faults ?? [],
    writtenOrders: () => [],
  };
  return findViolations(order, system, seen, {
    partner: new Set(left.atPartner ? [orderId] : []),
    unrouted: new Set(left.unrouted ? [orderId] : []),
    letters: new Map([[orderId, left.letters ?? []]]),
  });
}

const failure = (attempts: number): DeadLetter => ({
  queue: 'orders-persister-failures',
  body: { requestContext: { approximateInvokeCount: attempts } },
  attributes: {},
});
const letter = (queue: string, retries: number): DeadLetter => ({
  queue,
  body: {},
  attributes: { RETRY_ATTEMPTS: String(retries) },
});
const crash = 'function-crash: the function orders-persister for Order Processed, after its handler';
const down = 'partner-down: the API destination us-fulfilment-partner';

describe('all is well with an order', () => {
  test.each<[string, Left]>([
    ['from the EU that is in one row and was dispatched', good.eu],
    ['from the US that is at the partner', good.us],
    ['from elsewhere that is in UnroutedOrders', good.elsewhere],
    [
      'that is a dead letter, if each attempt had its fault',
      { location: 'eu-west', letters: [failure(3)], faults: [crash, crash, crash] },
    ],
    [
      'whose partner was down, if each attempt had its fault',
      { location: 'us-east-1', letters: [letter('USOrdertoAPI-dead-letters', 1)], faults: [down, down] },
    ],
    [
      'of which the tracker has a dead letter',
      { ...good.us, letters: [letter('orders-tracker-failures', 0)] },
    ],
  ])('%s', async (_, left) => {
    expect(await violations(left)).toEqual([]);
  });
});

describe('something is wrong with an order', () => {
  test.each<[string, Left, string]>([
    ['that is nowhere', { location: 'eu-west' }, 'has no row, and is in no dead-letter queue'],
    ['that was not dispatched', { ...good.eu, dispatches: 0 }, 'was never dispatched, and is in no'],
    ['that was written twice', { ...good.eu, writes: 2 }, 'was written 2 times'],
    [
      'that has another row',
      { ...good.eu, row: { ...rowOf('eu-west'), value: 1 } },
      'has the row of another',
    ],
    [
      'from the US that is in the table',
      { ...good.us, row: rowOf('us-east-1') },
      'has a row in OrderDetails',
    ],
    ['that the partner lacks', { location: 'us-east-1' }, "isn't at the US partner, nor in a dead-letter"],
    ['that the partner should not have', { ...good.eu, atPartner: true }, 'is at the US partner'],
    ['that is not in its queue', { location: 'aq-south' }, "isn't in UnroutedOrders, nor in a dead-letter"],
    ['that is in a queue of others', { ...good.us, unrouted: true }, 'is in UnroutedOrders'],
    [
      'that is a dead letter of another route',
      { location: 'us-east-1', letters: [failure(1)], faults: [crash] },
      "isn't at the US partner",
    ],
    [
      'that is a dead letter without faults enough',
      { location: 'eu-west', letters: [failure(3)], faults: [crash, down, crash] },
      'is in orders-persister-failures after 3 attempts, and 2 faults explain that',
    ],
  ])('%s', async (_, left, sentence) => {
    expect(await violations(left)).toContainEqual(expect.stringContaining(sentence));
  });
});
