import type { Scope } from '../data-flow/scope.ts';
import type { MapState } from '../definition/definition.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { emitAborted } from './aborted.ts';
import type { Branch, DoneIteration, Iteration } from './progress.ts';
import { type StateVisit, scopeOf } from './run.ts';
import { allOrFirstFailure, newBranch, type RunMachine } from './run-branches.ts';
import type { Transition } from './run-simple.ts';
import { CancelledError } from './waiting.ts';

/** How many iterations of an inline Map state run at a time. */
const maxConcurrency = 40;

/** Runs the iterations of a Map state; those that have ended before the execution was resumed are done. */
export async function runMap(visited: StateVisit<MapState>, runMachine: RunMachine): Promise<Transition> {
  const { run, state, branch, visit, signal } = visited;
  const scope = scopeOf(visited);
  const { effective, limit, readItems } = await prepareMap(state, scope);
  if (visit.map === undefined) {
    const items = await readItems();
    run.emit(branch, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    visit.map = { items, iterations: items.map(() => null) };
    await run.save();
  }
  const { items, iterations } = visit.map;
  let lastEventId = branch.previousEventId;

  const begin = async (index: number): Promise<Branch> => {
    const item = items[index] ?? null;
    const input = await inputOf(state, effective, itemContext(index, item));
    const iteration = newBranch(state.processor, input, lastEventId);
    run.emit(iteration, 'MapIterationStarted', { mapIterationStartedEventDetails: named(state, index) });
    iterations[index] = iteration;
    return iteration;
  };
  let next = 0;
  const worker = async (_: number, either: AbortSignal): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const stored = iterations[index] ?? null;
      if (isDone(stored)) continue;
      const iteration = stored ?? (await begin(index));
      const inner = { variables: scope.variables, map: itemContext(index, items[index] ?? null) };
      const output = await runMachine(run, state.processor, iteration, inner, either).catch((error) => {
        if (!(error instanceof CancelledError)) failedIndex ??= index;
        throw error;
      });
      iterations[index] = { output };
      lastEventId = iteration.previousEventId;
      const succeeded = run.emit({ ...iteration }, 'MapIterationSucceeded', {
        mapIterationSucceededEventDetails: named(state, index),
      });
      branch.previousEventId = succeeded;
      await run.save();
    }
  };
  let failedIndex: number | undefined;
  const failed = await allOrFirstFailure(Math.min(limit, maxConcurrency, items.length), signal, worker);
  if (failed) {
    if (failedIndex !== undefined) emitFailed(visited, iterations, failedIndex);
    throw failed.error;
  }
  run.emit({ ...branch }, 'MapStateSucceeded');
  const results = iterations.map((iteration) => (isDone(iteration) ? iteration.output : null));
  return { next: state.next, ...(await state.flow.outcome(scope, results)) };
}

/** Evaluates what a Map state iterates over, and how. */
export async function prepareMap(state: MapState, scope: Scope) {
  const effective: Scope = { ...scope, input: await state.flow.input(scope) };
  const given = await state.maxConcurrency(effective);
  return {
    effective,
    limit: given || maxConcurrency,
    async readItems(): Promise<JsonValue[]> {
      const items = await state.items(effective);
      if (state.language === 'JSONPath') scope.inspect?.('afterItemsPath', items);
      scope.inspect?.('maxConcurrency', given);
      return items;
    },
  };
}

const isDone = (iteration: Iteration): iteration is DoneIteration =>
  iteration !== null && iteration.state === undefined;

const named = ({ name }: MapState, index: number): JsonObject => ({ name, index });

const itemContext = (index: number, value: JsonValue): JsonObject => ({
  Item: { Index: index, Value: value },
});

async function inputOf(state: MapState, scope: Scope, map: JsonObject): Promise<JsonValue> {
  if (state.itemSelector === undefined) return (map.Item as JsonObject).Value ?? null;
  return state.itemSelector({ ...scope, context: { ...scope.context, Map: map } });
}

/** Adds to the history which iteration failed, and which were given up for it. */
function emitFailed(
  { run, state, branch }: StateVisit<MapState>,
  iterations: readonly Iteration[],
  failedIndex: number,
): void {
  const failed = iterations[failedIndex] ?? null;
  const cause = failed && !isDone(failed) ? failed.previousEventId : branch.previousEventId;
  for (const [index, iteration] of iterations.entries()) {
    if (iteration === null || isDone(iteration)) continue;
    const type = index === failedIndex ? 'MapIterationFailed' : 'MapIterationAborted';
    const details =
      index === failedIndex ? 'mapIterationFailedEventDetails' : 'mapIterationAbortedEventDetails';
    run.emit({ ...iteration, previousEventId: cause }, type, { [details]: named(state, index) });
    emitAborted(run, state.processor, iteration, cause);
  }
  branch.previousEventId = cause;
}
