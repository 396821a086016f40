import { orderIdOf } from '../../src/order-system.ts';
import type { TestSystem } from '../../src/testing/index.ts';

/** What a run did, seen in its trace. */
export interface Watch {
  /** How many times the row of an order was written. */
  writes(orderId: string): number;
  /** How many times an order was dispatched. */
  dispatches(orderId: string): number;
  /** Where faults happened to an order, each as `throttle: AWSEvents.PutEvents in the role …`. */
  faults(orderId: string): string[];
  /** The orders whose rows were written. */
  writtenOrders(): Iterable<string>;
}

/** Counts while a system runs: its trace forgets flows that are settled. */
export function watch(system: TestSystem): Watch {
  const writes = new Map<string, number>();
  const dispatches = new Map<string, number>();
  const faultsOf = new Map<string, string[]>();
  const flowsOf = new Map<string, Set<string>>();
  const count = (counts: Map<string, number>, id: string) => counts.set(id, (counts.get(id) ?? 0) + 1);

  system.trace.subscribe((entry) => {
    if (entry.type !== 'begun') return;
    const { flowId, activity } = entry;
    if (activity.kind === 'write' && activity.table === 'OrderDetails') {
      const { orderId } = activity.item as { orderId?: unknown };
      count(writes, String(orderId));
    }
    if (activity.kind === 'fault') {
      faultsOf.set(flowId, [...(faultsOf.get(flowId) ?? []), `${activity.fault}: ${activity.place}`]);
    }
    if (activity.kind === 'event') {
      const orderId = orderIdOf(activity.event);
      if (orderId === undefined) return;
      flowsOf.set(orderId, (flowsOf.get(orderId) ?? new Set()).add(flowId));
      if (activity.event['detail-type'] === 'Order Dispatched') count(dispatches, orderId);
    }
  });
  return {
    writes: (orderId) => writes.get(orderId) ?? 0,
    dispatches: (orderId) => dispatches.get(orderId) ?? 0,
    faults: (orderId) => [...(flowsOf.get(orderId) ?? [])].flatMap((flowId) => faultsOf.get(flowId) ?? []),
    writtenOrders: () => writes.keys(),
  };
}
