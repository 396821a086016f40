import type { StateMachine } from '../definition/definition.ts';
import type { Branch } from './progress.ts';
import type { Run } from './run.ts';

const abortable = ['Task', 'Wait', 'Parallel', 'Map'];

/**
 * Adds to the history that the state which a branch was in was given up, because of an event in another branch.
 */
export function emitAborted(
  run: Run,
  machine: StateMachine | undefined,
  branch: Branch,
  cause: number,
): void {
  const type = machine?.states.get(branch.state)?.type;
  if (branch.ended || !branch.visit || type === undefined || !abortable.includes(type)) return;
  branch.previousEventId = cause;
  run.emit(branch, `${type}StateAborted`);
}
