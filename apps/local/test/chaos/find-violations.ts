import { orderIdOf } from '../../src/order-system.ts';
import type { BusEvent, DeadLetter, PlacedOrder, TestSystem } from '../../src/testing/index.ts';
import type { Watch } from './watch.ts';

/** Where a run has left its orders. */
export interface Ends {
  /** The orders at the partner. */
  partner: ReadonlySet<string>;
  /** The orders in the queue `UnroutedOrders`. */
  unrouted: ReadonlySet<string>;
  /** What was given up, by the order's id. */
  letters: ReadonlyMap<string, readonly DeadLetter[]>;
}

/** The parts that an order passes, by its location, and the queue of each for what failed. */
const routes = {
  eu: {
    'EUOrdertoStepFunctions-dead-letters': /EUOrdertoStepFunctions/,
    'ProcessedOrderstoLambda-dead-letters': /ProcessedOrderstoLambda/,
    'orders-persister-failures': /orders-persister/,
  },
  us: { 'USOrdertoAPI-dead-letters': /USOrdertoAPI|API destination/ },
  elsewhere: { 'UnroutedOrders-dead-letters': /UnroutedOrders/ },
} as const satisfies Record<string, Record<string, RegExp>>;

const routeOf = ({ location }: PlacedOrder): keyof typeof routes => {
  if (location.startsWith('eu-west')) return 'eu';
  return location.startsWith('us-') ? 'us' : 'elsewhere';
};

/** Reads where the orders are, the partner's aside. */
export async function readEnds(system: TestSystem, partner: ReadonlySet<string>): Promise<Ends> {
  const unrouted = new Set(
    (await system.messages('UnroutedOrders')).flatMap(({ body }) => orderIn(body) ?? []),
  );
  const letters = new Map<string, DeadLetter[]>();
  for (const letter of await system.deadLetters()) {
    const orderId = orderIn(letter.body);
    if (orderId !== undefined) letters.set(orderId, [...(letters.get(orderId) ?? []), letter]);
  }
  return { partner, unrouted, letters };
}

/** The order of an event, or of the record of an invocation. */
function orderIn(body: object): string | undefined {
  const { requestPayload = body } = body as { requestPayload?: object };
  return orderIdOf(requestPayload as BusEvent);
}

/** The dead letters of an order that are of its own route, and not of what else follows its events. */
export function ownLetters(order: PlacedOrder, { letters }: Ends): DeadLetter[] {
  const queues = routes[routeOf(order)];
  return (letters.get(order.orderId) ?? []).filter(({ queue }) => Object.hasOwn(queues, queue));
}

/** What is wrong with the end of an order that was accepted, a sentence each. */
export async function findViolations(
  order: PlacedOrder,
  system: Pick<TestSystem, 'row'>,
  seen: Watch,
  ends: Ends,
): Promise<string[]> {
  const { orderId } = order;
  const { partner, unrouted } = ends;
  const route = routeOf(order);
  const found: string[] = [];
  const say = (what: string) => found.push(`The order ${orderId} (${order.location}) ${what}`);

  const queues: Record<string, RegExp> = routes[route];
  const own = ownLetters(order, ends);
  for (const letter of own) {
    const attempts = attemptsOf(letter);
    const faults = seen.faults(orderId).filter((fault) => queues[letter.queue]?.test(fault));
    if (faults.length < attempts) {
      say(`is in ${letter.queue} after ${attempts} attempts, and ${faults.length} faults explain that`);
    }
  }

  const row = await system.row(orderId);
  const writes = seen.writes(orderId);
  if (route === 'eu') {
    if (writes > 1) say(`was written ${writes} times; it must be written once`);
    if (row && (row.value !== order.value || row.location !== order.location)) {
      say(`has the row of another order: ${JSON.stringify(row)}`);
    }
    if (own.length === 0) {
      if (!row) say('has no row, and is in no dead-letter queue');
      if (seen.dispatches(orderId) === 0) say('was never dispatched, and is in no dead-letter queue');
    }
  } else if (row) say('has a row in OrderDetails');

  if (partner.has(orderId) !== (route === 'us') && !(route === 'us' && own.length > 0)) {
    say(
      partner.has(orderId) ? 'is at the US partner' : "isn't at the US partner, nor in a dead-letter queue",
    );
  }
  if (unrouted.has(orderId) !== (route === 'elsewhere') && !(route === 'elsewhere' && own.length > 0)) {
    say(
      unrouted.has(orderId) ? 'is in UnroutedOrders' : "isn't in UnroutedOrders, nor in a dead-letter queue",
    );
  }
  return found;
}

/** How often something was tried before it was given up. */
function attemptsOf({ body, attributes }: DeadLetter): number {
  const { requestContext } = body as { requestContext?: { approximateInvokeCount: number } };
  return requestContext?.approximateInvokeCount ?? Number(attributes.RETRY_ATTEMPTS) + 1;
}
