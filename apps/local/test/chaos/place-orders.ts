import type { PlacedOrder, TestSystem } from '../../src/testing/index.ts';

/** Where orders come from, and where that sends them. */
const locations = ['eu-west', 'us-east-1', 'aq-south'] as const;

/** How often a client sends an order, at most, until it gets an answer other than 5xx. */
const maxTries = 10;

/** What came of an order. */
export type Sent = { order: PlacedOrder; tries: number } | { refusal: string };

/** The key of an order, a UUID of version 4 in form. */
const keyOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/**
 * Sends the orders with these numbers, each with a key, again and again until it is accepted.
 *
 * @param clients how many send at once; each waits for an answer before it sends its next order
 */
export async function placeOrders(
  system: Pick<TestSystem, 'sendOrder'>,
  numbers: Iterable<number>,
  clients: number,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const left = numbers[Symbol.iterator]();
  const client = async () => {
    for (let next = left.next(); !next.done; next = left.next()) sent.push(await send(system, next.value));
  };
  await Promise.all(Array.from({ length: clients }, client));
  return sent;
}

async function send({ sendOrder }: Pick<TestSystem, 'sendOrder'>, number: number): Promise<Sent> {
  const order = {
    location: locations[number % locations.length] ?? 'eu-west',
    category: 'office-supplies',
    value: number + 1,
  };
  let refusal = '';
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const answer = await sendOrder(order, { 'idempotency-key': keyOf(number) }).then(
      async (response) => ({ status: response.status, body: await response.text() }),
      (error: unknown) => ({ status: 0, body: String(error) }),
    );
    if (answer.status === 202) {
      const { orderId } = JSON.parse(answer.body) as { orderId: string };
      return { order: { ...order, orderId }, tries };
    }
    refusal = `the order ${number} got ${answer.status} in try ${tries}: ${answer.body.trim()}`;
    if (answer.status >= 400 && answer.status < 500) break;
  }
  return { refusal };
}
