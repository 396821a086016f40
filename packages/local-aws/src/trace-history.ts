import type { State } from './state/state.ts';
import type { Trace, TraceEntry } from './trace.ts';

/** How many flows are kept on disk. The oldest go first. */
const maxFlows = 1_000;
/** How long changes are gathered before they are written, in milliseconds of real time. */
const gatherMs = 500;

/** The trace on disk. */
export interface History {
  /** Ends what an earlier process left open and nothing goes on with. Call it once everything is wired. */
  begin(): void;
  /** Writes what isn't written yet. */
  close(): void;
}

/**
 * Restores the flows that earlier processes left in the state, and keeps those of this one there, each as a whole: as long
 * as it changes, twice a second. A process that is killed loses what happened to its flows since.
 */
export function keepHistory(trace: Trace, { collection }: Pick<State, 'collection'>): History {
  const kept = collection<readonly TraceEntry[]>('trace');
  for (const [flowId, entries] of [...kept.keys()].map((id) => [id, kept.get(id) ?? []] as const)) {
    trace.restore(flowId, entries);
  }

  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    timer = undefined;
    for (const flowId of changed) {
      const entries = trace.entriesOf(flowId);
      // None of a flow that isn't the trace's own.
      if (entries.length > 0) kept.set(flowId, entries);
    }
    changed.clear();
    for (const oldest of kept.keys()) {
      if (kept.size <= maxFlows) break;
      kept.delete(oldest);
    }
  };
  const unsubscribe = trace.subscribe(({ flowId }) => {
    changed.add(flowId);
    timer ??= setTimeout(write, gatherMs);
  });
  trace.onForget((flowId) => {
    changed.delete(flowId);
    kept.delete(flowId);
  });

  return {
    begin: () => trace.endRestored('the local run ended before this did, and what became of it is not known'),
    close() {
      unsubscribe();
      clearTimeout(timer);
      write();
    },
  };
}
