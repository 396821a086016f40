import type { Context } from '../../context.ts';
import type { BusEvent } from '../../target.ts';

/** How many events of one flow are delivered. AWS has no such limit, and a bill instead. */
const maxEvents = 1_000;
/** How many of the last ones a sentence names. */
const named = 6;

export interface LoopGuard {
  /** Takes each event of a flow; says why one isn't delivered any more, and undefined for one that is. */
  stopsAt(flowId: string, event: BusEvent): string | undefined;
  close(): void;
}

/** Notices a flow that never ends: an event whose target publishes an event whose target publishes the first one again. */
export function createLoopGuard({ trace, onFailure }: Pick<Context, 'trace' | 'onFailure'>): LoopGuard {
  const flows = new Map<string, { count: number; last: string[] }>();
  const close = trace.onForget((flowId) => flows.delete(flowId));

  const stopsAt: LoopGuard['stopsAt'] = (flowId, event) => {
    const flow = flows.get(flowId) ?? { count: 0, last: [] };
    flows.set(flowId, flow);
    flow.count += 1;
    flow.last = [...flow.last, event['detail-type']].slice(-named);
    if (flow.count <= maxEvents) return undefined;
    const sentence =
      `The flow ${flowId} has published ${maxEvents} events, which looks like a loop: its further events are not ` +
      `delivered. The last ones were ${flow.last.join(', ')}`;
    if (flow.count === maxEvents + 1) onFailure(sentence);
    return sentence;
  };
  return { stopsAt, close };
}
