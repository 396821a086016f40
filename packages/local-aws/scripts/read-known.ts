import { createClock } from '../src/clock.ts';
import { createFaults } from '../src/faults/faults.ts';
import { systemIds } from '../src/ids.ts';
import { MetricStore } from '../src/metrics/metric-store.ts';
import { sources } from '../src/metrics/sources.ts';
import { argumentLimits } from '../src/plan/limits.ts';
import { resolvePlan } from '../src/plan/read-plan.ts';
import { dataSources, resourceTypes } from '../src/plan/resource-types.ts';
import { integrations } from '../src/services/workflow/integrations.ts';
import { createState } from '../src/state/state.ts';
import { Trace } from '../src/trace.ts';
import { wire } from '../src/wire.ts';
import type { Known } from './render-document.ts';
import { readShownBy } from './shown-by.ts';

/** Reads what the local run knows from its own tables: it wires a stack in which there is nothing. */
export async function readKnown(): Promise<Known> {
  const clock = createClock();
  const state = createState();
  const trace = new Trace(clock, systemIds);
  const host = {
    state,
    clock,
    ids: systemIds,
    trace,
    metrics: new MetricStore(clock.now),
    faults: createFaults(undefined, trace, systemIds),
    onFailure: () => {},
    onLog: () => {},
    findSourceLine: () => undefined,
  };
  const stack = { json: { provider: { aws: [{ region: 'eu-west-1' }] } }, dir: '/' };
  const plan = resolvePlan(stack, { endpoint: 'http://127.0.0.1:4000', variables: {} });
  const wiring = await wire(plan, host);
  await wiring.close();
  await state.close();
  clock.close();
  const services = wiring.operations;
  return {
    services,
    integrations,
    metrics: sources,
    resourceTypes,
    limits: argumentLimits,
    dataSources,
    shownBy: readShownBy(),
  };
}
