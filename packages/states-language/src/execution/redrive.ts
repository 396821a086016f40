import type { State, StateMachine } from '../definition/definition.ts';
import type { Branch } from './progress.ts';

/** States that go on inside of their visit when they are redriven; any other is entered again. */
const goOn: readonly State['type'][] = ['Task', 'Parallel', 'Map'];

/** Prepares the way through a machine for a redrive: what has succeeded stays, and the rest begins anew. */
export function resetForRedrive(branch: Branch, machine: StateMachine): void {
  if (branch.ended) return;
  const state = machine.states.get(branch.state);
  const { visit } = branch;
  if (state === undefined || visit === undefined) return;
  if (!goOn.includes(state.type)) {
    delete branch.visit;
    return;
  }
  visit.retries = [];
  delete visit.wakeAt;
  delete visit.task;
  if (state.type === 'Parallel') {
    visit.branches?.forEach((inner, index) => {
      const innerMachine = state.branches[index];
      if (innerMachine) resetForRedrive(inner, innerMachine);
    });
  }
  if (state.type === 'Map') {
    for (const iteration of visit.map?.iterations ?? []) {
      if (iteration?.state !== undefined) resetForRedrive(iteration, state.processor);
    }
  }
}
