import type { LocalRoutes } from '../local-api.ts';
import type { Trace, TraceEntry } from '../trace.ts';
import { type Chaos, type FaultKind, faultKinds } from './chaos.ts';

/** What was injected so far, and what it led to. */
export interface ChaosReport extends Chaos {
  /** How many times each fault happened. */
  injected: Record<FaultKind, number>;
  /** How many flows had a fault. What follows is counted in these alone. */
  flows: number;
  /** How many attempts of deliveries and asynchronous invocations there were after a first one. */
  retries: number;
  /** How many requests got a 5xx, or no answer. */
  failedRequests: number;
  /** How many executions of workflows failed. */
  failedExecutions: number;
  /** How many events came to the queues for what failed, by queue. */
  deadLetters: Record<string, number>;
}

/** Follows a trace, and counts. */
export function createChaosReport(chaos: Chaos, trace: Trace): () => ChaosReport {
  const injected = Object.fromEntries(Object.keys(faultKinds).map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >;
  const flows = new Set<string>();
  const deadLetters: Record<string, number> = {};
  const counts = { retries: 0, failedRequests: 0, failedExecutions: 0 };
  /** The requests and executions that haven't ended, by their spans. */
  const open = new Map<number, 'request' | 'execution'>();

  const begun = ({ spanId, flowId }: TraceEntry, activity: (TraceEntry & { type: 'begun' })['activity']) => {
    if (activity.kind === 'fault') {
      injected[activity.fault] += 1;
      flows.add(flowId);
    }
    if (activity.kind === 'request' || activity.kind === 'execution') open.set(spanId, activity.kind);
    if (activity.kind === 'attempt' && activity.number > 1 && flows.has(flowId)) counts.retries += 1;
  };
  trace.subscribe((entry) => {
    if (entry.type === 'begun') return begun(entry, entry.activity);
    if (entry.type === 'waiting') return;
    const kind = open.get(entry.spanId);
    open.delete(entry.spanId);
    if (!flows.has(entry.flowId)) return;
    const { status = 0, queue } = entry.outcome;
    const failed = entry.type === 'failed';
    if (kind === 'request' && (failed || status >= 500)) counts.failedRequests += 1;
    if (kind === 'execution' && failed) counts.failedExecutions += 1;
    if (queue !== undefined) deadLetters[queue] = (deadLetters[queue] ?? 0) + 1;
  });

  return () => ({
    ...chaos,
    injected: { ...injected },
    flows: flows.size,
    ...counts,
    deadLetters: { ...deadLetters },
  });
}

/** The report, for people; without a chaos from the start, how to get one. */
export const chaosRoutes = (report: (() => ChaosReport) | undefined): LocalRoutes => ({
  'GET /_local/chaos': () =>
    report
      ? { status: 200, body: report() }
      : {
          status: 404,
          body: {
            message:
              'There is no report: it counts from a start with --chaos. /_local/faults shows and changes the faults that are on now.',
          },
        },
});
