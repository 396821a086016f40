import type { Outcome } from '../data-flow/scope.ts';
import type { ErrorHandling, State, StateMachine } from '../definition/definition.ts';
import type { JsonValue } from '../json.ts';
import { errorNames } from '../states-error.ts';
import { errorOutputOf, findCatcher, grantAttempt } from './failure.ts';
import { inputDetails, outputDetails, variableDetails } from './history.ts';
import type { Outer } from './host.ts';
import { checkSize } from './limits.ts';
import type { Branch, Visit } from './progress.ts';
import { failureOf, type Run, type StateVisit, scopeOf } from './run.ts';
import { runMap } from './run-map.ts';
import { runParallel } from './run-parallel.ts';
import { runSimple, type Transition } from './run-simple.ts';
import { runTask } from './run-task.ts';
import { sleepUntil } from './waiting.ts';

/**
 * Runs a machine from where its branch is to its end. The last transition isn't stored: the caller stores it with what
 * follows from it.
 *
 * @returns the output
 * @throws {Failure} when a state fails, and nothing handles it
 * @throws {CancelledError} when the signal is aborted
 */
export async function runMachine(
  run: Run,
  machine: StateMachine,
  branch: Branch,
  outer: Outer,
  signal: AbortSignal,
): Promise<JsonValue> {
  for (;;) {
    const state = machine.states.get(branch.state);
    if (state === undefined) throw new Error(`the definition has no state called ${branch.state}`);
    const visit = enter(run, state, branch);
    await run.save();
    const visited: StateVisit = { run, state, branch, visit, outer, signal };
    const { next, output, assigned } = await visitState(visited);
    Object.assign(branch.variables, assigned);
    run.emit(branch, `${state.type}StateExited`, {
      stateExitedEventDetails: { name: state.name, ...outputDetails(output), ...variableDetails(assigned) },
    });
    delete branch.visit;
    if (next === undefined) {
      branch.ended = { output };
      return output;
    }
    branch.state = next;
    branch.input = output;
  }
}

/** Enters a state, unless the execution was resumed inside of it. */
function enter(run: Run, state: State, branch: Branch): Visit {
  if (branch.visit) return branch.visit;
  const cameFromEventId = branch.previousEventId;
  const enteredEventId = run.emit(branch, `${state.type}StateEntered`, {
    stateEnteredEventDetails: { name: state.name, ...inputDetails(branch.input) },
  });
  branch.visit = { enteredEventId, enteredAt: run.host.clock.now(), cameFromEventId, retries: [] };
  return branch.visit;
}

/** Runs a state with its `Retry` and `Catch`. */
async function visitState(visited: StateVisit): Promise<Transition> {
  const { run, state, visit, signal } = visited;
  const { retriers, catchers }: ErrorHandling = 'retriers' in state ? state : { retriers: [], catchers: [] };
  for (;;) {
    try {
      if (visit.wakeAt !== undefined && state.type !== 'Wait') {
        await sleepUntil(run.host.clock, visit.wakeAt, signal);
        delete visit.wakeAt;
      }
      const transition = await runState(visited);
      checkSize(transition.output, state.name);
      return transition;
    } catch (error) {
      const failure = failureOf(error, visited);
      const pauseMs = grantAttempt(retriers, visit.retries, failure, run.host.random);
      if (pauseMs !== undefined) {
        forgetAttempt(visit);
        visit.wakeAt = run.host.clock.now() + pauseMs;
        await run.save();
        continue;
      }
      const isOuter = state.type === 'Parallel' || state.type === 'Map';
      if (isOuter && failure.error !== errorNames.runtime) {
        run.emit(visited.branch, `${state.type}StateFailed`);
      }
      const catcher = findCatcher(catchers, failure);
      if (catcher === undefined) throw failure;
      const { output, assigned } = await evaluate(visited, () =>
        catcher.outcome(scopeOf(visited), errorOutputOf(failure)),
      );
      return { next: catcher.next, output, assigned };
    }
  }
}

/** Evaluates what a catcher makes of an error. That it fails itself is a failure of the state. */
async function evaluate(visited: StateVisit, outcome: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const result = await outcome();
    checkSize(result.output, visited.state.name);
    return result;
  } catch (error) {
    throw failureOf(error, visited);
  }
}

function forgetAttempt(visit: Visit): void {
  delete visit.task;
  delete visit.branches;
  delete visit.map;
}

/** Runs a state once, without its `Retry` and `Catch`. */
export async function runState(visited: StateVisit): Promise<Transition> {
  const { state } = visited;
  switch (state.type) {
    case 'Task':
      return runTask({ ...visited, state });
    case 'Parallel':
      return runParallel({ ...visited, state }, runMachine);
    case 'Map':
      return runMap({ ...visited, state }, runMachine);
    default:
      return runSimple({ ...visited, state });
  }
}
