import type { ParallelState } from '../definition/definition.ts';
import { emitAborted } from './aborted.ts';
import { type StateVisit, scopeOf } from './run.ts';
import { allOrFirstFailure, newBranch, type RunMachine } from './run-branches.ts';
import type { Transition } from './run-simple.ts';

/** Runs the branches of a Parallel state; those that have ended before the execution was resumed are done. */
export async function runParallel(
  visited: StateVisit<ParallelState>,
  runMachine: RunMachine,
): Promise<Transition> {
  const { run, state, branch, visit, outer, signal } = visited;
  const scope = scopeOf(visited);
  if (visit.branches === undefined) {
    const input = await state.flow.input(scope);
    const given = await state.flow.arguments({ ...scope, input });
    const started = run.emit(branch, 'ParallelStateStarted');
    visit.branches = state.branches.map((machine) => newBranch(machine, given, started));
    await run.save();
  }
  const { branches } = visit;
  const inner = { ...outer, variables: scope.variables };
  const failed = await allOrFirstFailure(branches.length, signal, async (index, either) => {
    const [machine, way] = [state.branches[index], branches[index]];
    if (!machine || !way || way.ended) return;
    await runMachine(run, machine, way, inner, either);
    await run.save();
  });
  if (failed) {
    const last = branches[failed.index]?.previousEventId ?? branch.previousEventId;
    branch.previousEventId = last;
    for (const [index, way] of branches.entries()) emitAborted(run, state.branches[index], way, last);
    branch.previousEventId = last;
    throw failed.error;
  }
  const results = branches.map(({ ended }) => ended?.output ?? null);
  branch.previousEventId = Math.max(...branches.map((way) => way.previousEventId));
  run.emit({ ...branch }, 'ParallelStateSucceeded');
  return { next: state.next, ...(await state.flow.outcome(scope, results)) };
}
