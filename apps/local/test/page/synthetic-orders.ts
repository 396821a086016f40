import type { LocalAws } from '@orders/local-aws';
import { startTestSystem, type TestSystem } from '../../src/testing/index.ts';

type Entry = LocalAws['trace'] extends { entries(): Iterable<infer Each> } ? Each : never;

/** A system whose trace can be given orders that never were: the page shows them as it shows any others. */
export interface SyntheticOrders {
  system: TestSystem;
  /** Appends what a real order appended, under another id. */
  add(orderId: string): void;
}

/** Starts a system, and takes the trace of one order of it as the model of all others. */
export async function startSyntheticOrders(): Promise<SyntheticOrders> {
  const system = await startTestSystem();
  const { orderId } = await system.placeOrder();
  await system.settled();
  const { trace } = system;
  const entries = [...trace.entries()].sort((a, b) => a.sequence - b.sequence);
  const text = JSON.stringify(entries);
  return {
    system,
    add(id) {
      const flowId = trace.newFlow();
      const spans = new Map<number, ReturnType<typeof trace.begin>>();
      for (const entry of JSON.parse(text.replaceAll(orderId, id)) as Entry[]) {
        if (entry.type === 'begun') {
          spans.set(entry.spanId, trace.begin(flowId, entry.activity, spans.get(entry.parentId ?? 0)));
        } else if (entry.type === 'ended') spans.get(entry.spanId)?.end(entry.outcome);
        else if (entry.type === 'failed') spans.get(entry.spanId)?.fail(entry.error, entry.outcome);
      }
    },
  };
}
