import type { Chaos, ChaosReport } from '@orders/local-aws';
import { orderIdOf } from '../../src/order-system.ts';
import { type PlacedOrder, startTestSystem } from '../../src/testing/index.ts';
import { findViolations, ownLetters, readEnds } from './find-violations.ts';
import { placeOrders } from './place-orders.ts';
import { redriveFailedExecutions } from './redrive.ts';
import { watch } from './watch.ts';

export interface ChaosRun {
  /** How many orders are sent. */
  orders: number;
  chaos: Chaos;
  /** How many clients send orders at once. */
  clients: number;
  /** The folder with the synthesized stack; `infra/cdktf.out` if left out. */
  outDir?: string;
  /** Gets the number of orders that were sent and are settled, after each batch. */
  onProgress?: (settled: number) => void;
}

export interface ChaosOutcome {
  /** How many orders got a 202. */
  accepted: number;
  /** How many of them needed more than one try. */
  triedAgain: number;
  /** Of those that got none, the last answer each. */
  refusals: string[];
  /** How many accepted orders are in a dead-letter queue of their own route. */
  deadLettered: number;
  /** How many failed executions were redriven. */
  redrives: number;
  /** What is wrong, a sentence each. */
  violations: string[];
  report: ChaosReport;
}

/** How many orders are under way at once. The partner keeps the last 1,000 events, which are read after each batch. */
const batchSize = 500;

/** Sends orders into a system with faults, lets everything settle, and looks where each order is. */
export async function runChaos({
  orders,
  chaos,
  clients,
  outDir,
  onProgress,
}: ChaosRun): Promise<ChaosOutcome> {
  const system = await startTestSystem({ chaos, ...(outDir !== undefined && { outDir }) });
  try {
    const seen = watch(system);
    const accepted: PlacedOrder[] = [];
    const refusals: string[] = [];
    const partner = new Set<string>();
    let [triedAgain, redrives] = [0, 0];
    for (let first = 0; first < orders; first += batchSize) {
      const count = Math.min(batchSize, orders - first);
      const sent = await placeOrders(
        system,
        Array.from({ length: count }, (_, index) => first + index),
        clients,
      );
      for (const each of sent) {
        if ('refusal' in each) refusals.push(each.refusal);
        else {
          accepted.push(each.order);
          if (each.tries > 1) triedAgain += 1;
        }
      }
      await system.settled();
      redrives += await redriveFailedExecutions(system);
      for (const event of await system.partnerOrders()) partner.add(orderIdOf(event) ?? '');
      onProgress?.(first + count);
    }

    const ends = await readEnds(system, partner);
    const violations: string[] = [];
    for (const order of accepted) violations.push(...(await findViolations(order, system, seen, ends)));
    if (accepted.length < orders / 2)
      violations.push(`Only ${accepted.length} of ${orders} orders were accepted`);
    // An order without a 202 may have gone through, or not: nobody claims it. But nobody else's order may be there.
    const known = new Set(accepted.map(({ orderId }) => orderId));
    const there = new Set([...seen.writtenOrders(), ...partner, ...ends.unrouted]);
    const others = [...there].filter((orderId) => !known.has(orderId));
    if (others.length > refusals.length) {
      violations.push(
        `${others.length} other orders are there, and ${refusals.length} had no 202: ${others}`,
      );
    }
    const open = system.trace.unsettled().size;
    if (open > 0) violations.push(`${open} flows are in flight at the end`);
    if (known.size < accepted.length) {
      violations.push('Two accepted orders have the same id');
    }
    const report = system.chaosReport();
    if (!report) throw new Error('The system ran without faults');
    const deadLettered = accepted.filter((order) => ownLetters(order, ends).length > 0).length;
    return { accepted: accepted.length, triedAgain, refusals, deadLettered, redrives, violations, report };
  } finally {
    await system.close();
  }
}
