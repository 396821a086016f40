import { setTimeout } from 'node:timers/promises';
import type { OrderClient, Place } from './order-client.ts';

/** Milliseconds, of many measurements. */
export interface Distribution {
  p50: number;
  p99: number;
}

export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

export interface Latencies {
  orders: number;
  /** From the request to its answer, to its row, to its Order Dispatched: milliseconds. */
  answer: Distribution;
  row: Distribution;
  dispatched: Distribution;
}

/** One order after the other, each until it is dispatched. */
export async function measureLatency(client: OrderClient, orders: number): Promise<Latencies> {
  const times: Record<'answer' | Place, number[]> = { answer: [], row: [], dispatched: [] };
  for (let order = 0; order < orders; order += 1) {
    const begunAt = performance.now();
    const orderId = await client.place();
    times.answer.push(performance.now() - begunAt);
    for (const place of ['row', 'dispatched'] as const) {
      while (!(await client.isAt(place, orderId))) await setTimeout(1);
      times[place].push(performance.now() - begunAt);
    }
  }
  return {
    orders,
    answer: distributionOf(times.answer),
    row: distributionOf(times.row),
    dispatched: distributionOf(times.dispatched),
  };
}

export interface Throughput {
  orders: number;
  /** How many orders are sent at once. */
  clients: number;
  /** Orders a second, from the first request on: until the last is accepted, stored, dispatched. */
  accepted: number;
  stored: number;
  dispatched: number;
  /** From the request to its answer: milliseconds. */
  answer: Distribution;
}

/** How long no order may come before those that were accepted are called lost. */
const patienceMs = 60_000;

/**
 * Many orders, some of them at a time.
 *
 * @throws an Error for an order that isn't accepted, or isn't dispatched in the end
 */
export async function measureThroughput(
  client: OrderClient,
  orders: number,
  clients: number,
): Promise<Throughput> {
  const begunAt = performance.now();
  const perSecond = () => (1_000 * orders) / (performance.now() - begunAt);
  const answers: number[] = [];
  const ids: string[] = [];
  const worker = async () => {
    while (answers.length + working < orders) {
      working += 1;
      const sentAt = performance.now();
      ids.push(await client.place());
      answers.push(performance.now() - sentAt);
      working -= 1;
    }
  };
  let working = 0;
  await Promise.all(Array.from({ length: clients }, worker));
  const accepted = perSecond();
  await waitFor(client, 'row', ids);
  const stored = perSecond();
  await waitFor(client, 'dispatched', ids);
  return { orders, clients, accepted, stored, dispatched: perSecond(), answer: distributionOf(answers) };
}

/**
 * Waits until all orders are at a place. It asks for the first missing order alone: asking for all of them, again and again,
 * would measure the questions.
 */
async function waitFor(client: OrderClient, place: Place, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  let until = performance.now() + patienceMs;
  for (let first = left[0]; first !== undefined; first = left[0]) {
    if (await client.isAt(place, first)) {
      const asked = left.splice(0, 100);
      const found = await client.areAt(place, asked);
      left.unshift(...asked.filter((id) => !found.has(id)));
      until = performance.now() + patienceMs;
    } else if (performance.now() > until) {
      throw new Error(
        `${left.length} orders that were accepted aren't ${place}, and none came in ${patienceMs / 1_000} s: ${first}`,
      );
    } else {
      await setTimeout(10);
    }
  }
}
