import { createHash } from 'node:crypto';
import type { Ids } from '../ids.ts';
import { fromOldest } from '../state/from-oldest.ts';
import type { Trace } from '../trace.ts';
import { type Chaos, checkChaos, type FaultKind } from './chaos.ts';

/**
 * Decides where faults happen. A decision follows from the seed, the cause of the flow, what is done in the flow, and how
 * often it was done there before. Nothing else matters, so neither the time nor other flows change a decision.
 */
export interface Faults {
  /** The faults that are injected now. */
  current(): Chaos;
  /**
   * Injects these faults from now on, with the seed of the run.
   *
   * @throws {ChaosError} for a fault that doesn't exist, or can't be that probable
   */
  change(probabilities: Chaos['probabilities']): void;
  /**
   * Says what caused a flow: the content of a request, or of an event. Equal causes are told apart by their order. A flow
   * without a cause counts as the next one without.
   */
  nameFlow(flowId: string, cause: string): void;
  /**
   * Decides whether a fault happens to what is done now, and keeps it to itself.
   *
   * @param place what is being done, in words that are the same in each run
   * @returns undefined if it doesn't happen; else a number from 0 up to 1, for a choice between several ways to fail
   */
  decide(kind: FaultKind, flowId: string, place: string): number | undefined;
  /** Tells the trace that a fault happened. */
  record(kind: FaultKind, flowId: string, place: string): void;
  /** Decides, and tells the trace if it happens. */
  inject(kind: FaultKind, flowId: string, place: string): number | undefined;
  /** An id of 16 hexadecimal digits for what is done now: the same one in each run with a chaos. */
  stableId(flowId: string, place: string): string;
}

/** How many causes are remembered. One that comes again after so many others counts as the first of its kind. */
const defaultMaxCauses = 100_000;

/**
 * The faults of a run; none without a chaos.
 *
 * @param maxCauses how many causes are remembered; 100,000 if left out
 * @throws {ChaosError}
 */
export function createFaults(
  chaos: Chaos | undefined,
  trace: Trace,
  ids: Ids,
  maxCauses = defaultMaxCauses,
): Faults {
  if (chaos) checkChaos(chaos);
  const { seed = 0 } = chaos ?? {};
  let { probabilities = {} } = chaos ?? {};
  /** Without a chaos from the start, flows have no names until faults are switched on, and ids are any. */
  let isNaming = chaos !== undefined;
  /** The flows, by their ids: the name, and how many times each thing was done. */
  const flows = new Map<string, { name: string; times: Map<string, number> }>();
  /** How many flows each cause had, the one that came last at the end. */
  const flowsOfCause = new Map<string, number>();
  const oldestCause = fromOldest(() => flowsOfCause.keys());
  trace.onForget((flowId) => flows.delete(flowId));

  const nameFlow: Faults['nameFlow'] = (flowId, cause) => {
    if (!isNaming) return;
    const digest = digestOf(cause).toString('hex');
    const count = (flowsOfCause.get(digest) ?? 0) + 1;
    // Behind all others: a cause that still comes isn't forgotten.
    flowsOfCause.delete(digest);
    flowsOfCause.set(digest, count);
    if (flowsOfCause.size > maxCauses) flowsOfCause.delete(oldestCause() ?? '');
    flows.set(flowId, { name: `${digest} ${count}`, times: new Map() });
  };
  /** Sixteen bytes that belong to what is done now. */
  const digest = (flowId: string, what: string): Buffer => {
    if (!flows.has(flowId)) nameFlow(flowId, '');
    const { name = '', times = new Map<string, number>() } = flows.get(flowId) ?? {};
    const time = (times.get(what) ?? 0) + 1;
    times.set(what, time);
    return digestOf([seed, name, what, time].join('\n'));
  };

  const decide: Faults['decide'] = (kind, flowId, place) => {
    const probability = probabilities[kind] ?? 0;
    if (probability === 0) return undefined;
    const bytes = digest(flowId, `${kind} ${place}`);
    return fractionOf(bytes, 0) < probability ? fractionOf(bytes, 6) : undefined;
  };
  const record: Faults['record'] = (kind, flowId, place) =>
    trace.record(flowId, { kind: 'fault', fault: kind, place });
  return {
    current: () => ({ seed, probabilities }),
    change(given) {
      checkChaos({ seed, probabilities: given });
      probabilities = given;
      isNaming = true;
    },
    nameFlow,
    decide,
    record,
    inject(kind, flowId, place) {
      const decided = decide(kind, flowId, place);
      if (decided !== undefined) record(kind, flowId, place);
      return decided;
    },
    stableId: (flowId, place) => (isNaming ? digest(flowId, place).toString('hex', 0, 8) : ids.hex(8)),
  };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Six bytes as a number from 0 up to 1. */
const fractionOf = (bytes: Buffer, offset: number) => bytes.readUIntBE(offset, 6) / 2 ** 48;
