import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { orderIdOf } from '../../src/order-system.ts';
import { createAwsReader } from '../../src/testing/aws-reader.ts';
import type { BusEvent, PlacedOrder } from '../../src/testing/index.ts';
import { placeOrders } from '../chaos/place-orders.ts';
import { type StartedSystem, startSystem } from './started-system.ts';

export interface KillsRun {
  kills: number;
  seed: number;
  onKill?: (accepted: number, readyMs: number | undefined) => void;
}

export interface KillsOutcome {
  /** How many orders got a 202 before a kill. */
  accepted: number;
  /** How long each start took that wasn't killed before, in milliseconds. */
  readyMs: number[];
  /** What is wrong, a sentence each. */
  violations: string[];
}

/** How many orders are sent to one process, at most. */
const ordersOfAProcess = 30;
const clients = 4;
const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Sends orders to a system that keeps its state, kills it in the middle of them, and starts it again on the same state, again
 * and again. In the end, every order that was accepted has to be where it belongs.
 */
export async function runKills({ kills, seed, onKill }: KillsRun): Promise<KillsOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'orders-kills-'));
  const [dataDir, tmpDir] = [join(folder, 'data'), join(folder, 'tmp')];
  mkdirSync(tmpDir);
  /** A number from 0 up to 1, the same one for the same seed. */
  const random = (what: string) =>
    createHash('sha256').update(`${seed} ${what}`).digest().readUIntBE(0, 6) / 2 ** 48;
  const accepted: PlacedOrder[] = [];
  const readyMs: number[] = [];
  const systems: StartedSystem[] = [];
  const start = () => {
    const system = startSystem(dataDir, tmpDir);
    systems.push(system);
    return system;
  };

  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const system = start();
      const ofThisOne = await runUntilKilled(system, {
        first: kill * ordersOfAProcess,
        duringStart: random(`when ${kill}`) < 0.2,
        killAfter: 1 + Math.floor(random(`orders ${kill}`) * 12),
        killLaterMs: random(`moment ${kill}`) * 100,
      });
      accepted.push(...ofThisOne.accepted);
      if (ofThisOne.readyMs !== undefined) readyMs.push(ofThisOne.readyMs);
      onKill?.(ofThisOne.accepted.length, ofThisOne.readyMs);
    }
    const last = start();
    const ready = await last.ready;
    readyMs.push(ready.readyMs);
    const violations = await findLost(accepted, ready);
    if (accepted.length === 0) violations.push('No order was accepted');
    return { accepted: accepted.length, readyMs, violations };
  } finally {
    for (const system of systems) await system.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends orders until some were accepted, waits for a moment, and kills the system; or kills it while it starts. */
async function runUntilKilled(
  system: StartedSystem,
  moment: { first: number; duringStart: boolean; killAfter: number; killLaterMs: number },
): Promise<{ accepted: PlacedOrder[]; readyMs?: number }> {
  const { first, duringStart, killAfter, killLaterMs } = moment;
  if (duringStart) {
    await system.begun;
    await setTimeout(killLaterMs * 5);
    await system.kill();
    return { accepted: [] };
  }
  const { apiUrl, readyMs } = await system.ready;
  const killed = Promise.withResolvers<void>();
  let answers = 0;
  const sendOrder = async (order: Record<string, string | number>, headers = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(order)) query.set(name, String(value));
    const response = await fetch(`${apiUrl}?${query}`, { headers });
    if (response.status === 202) answers += 1;
    if (answers === killAfter) void setTimeout(killLaterMs).then(() => killed.resolve(system.kill()));
    return response;
  };
  const numbers = Array.from({ length: ordersOfAProcess }, (_, index) => first + index);
  const sent = await placeOrders({ sendOrder }, numbers, clients);
  // Fewer may have been accepted than it takes.
  if (answers < killAfter) killed.resolve(system.kill());
  await killed.promise;
  return { accepted: sent.flatMap((each) => ('order' in each ? each.order : [])), readyMs };
}

/** The orders that aren't where their location sends them, a sentence each, when a day has passed. */
async function findLost(
  accepted: readonly PlacedOrder[],
  { endpoint, apiUrl }: { endpoint: string; apiUrl: string },
): Promise<string[]> {
  const moved = await fetch(`${endpoint}/_local/clock`, {
    method: 'POST',
    body: JSON.stringify({ advanceMs: dayMs }),
  });
  const { scheduledCount } = (await moved.json()) as { scheduledCount: number };
  const lost = scheduledCount > 0 ? [`${scheduledCount} things are still scheduled after a day`] : [];

  const { received } = (await (await fetch(`${endpoint}/_local/partner/orders`)).json()) as {
    received: BusEvent[];
  };
  const partner = new Set(received.map(orderIdOf));
  const reader = createAwsReader({ endpoint, region: 'eu-west-1' });
  try {
    const waiting = await reader.messages('UnroutedOrders');
    const unrouted = new Set(waiting.map(({ body }) => orderIdOf(body as unknown as BusEvent)));
    for (const { orderId, location, value } of accepted) {
      if (location === 'us-east-1' && !partner.has(orderId)) lost.push(`${orderId} isn't at the US partner`);
      if (location === 'aq-south' && !unrouted.has(orderId)) lost.push(`${orderId} isn't in UnroutedOrders`);
      if (location !== 'eu-west') continue;
      const row = await reader.row('OrderDetails', { orderId });
      if (row?.value !== value) lost.push(`${orderId} has no row, or another one: ${JSON.stringify(row)}`);
      const answer = await fetch(`${apiUrl}/orders/${orderId}`);
      const { status } = (await answer.json()) as { status?: string };
      if (status !== 'dispatched') lost.push(`${orderId} has the status ${status}, and not dispatched`);
    }
  } finally {
    reader.close();
  }
  return lost;
}
