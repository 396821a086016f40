import type { Outcome, Scope } from '../data-flow/scope.ts';
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from '../definition/definition.ts';
import { EvaluationError, errorNames } from '../states-error.ts';
import { Failure } from './failure.ts';
import { type StateVisit, scopeOf } from './run.ts';
import { sleepUntil } from './waiting.ts';

/** How a state ends: with an output, and the state that follows. */
export interface Transition extends Outcome {
  readonly next: string | undefined;
}

type SimpleState = PassState | SucceedState | WaitState | ChoiceState | FailState;

/** Runs a state that calls nothing. */
export async function runSimple(visited: StateVisit<SimpleState>): Promise<Transition> {
  const { state, visit, run, signal } = visited;
  const scope = scopeOf(visited);
  if (state.type === 'Fail') throw new Failure(await state.error?.(scope), await state.cause?.(scope));
  const { flow, next } = state;
  const inner: Scope = { ...scope, input: await flow.input(scope) };
  switch (state.type) {
    case 'Pass': {
      const passed = await flow.arguments(inner);
      return { next, ...(await flow.outcome(scope, state.result ?? passed)) };
    }
    case 'Succeed':
      return { next: undefined, ...(await flow.outcome(scope, inner.input)) };
    case 'Wait': {
      const { clock } = run.host;
      if (visit.wakeAt === undefined) {
        visit.wakeAt = await state.until(inner, clock.now());
        await run.save();
      }
      await sleepUntil(clock, visit.wakeAt, signal);
      return { next, ...(await flow.outcome(scope, inner.input)) };
    }
    case 'Choice':
      return choose(state, scope, inner);
  }
}

async function choose(state: ChoiceState, scope: Scope, inner: Scope): Promise<Transition> {
  for (const choice of state.choices) {
    if (await choice.matches(inner)) return { next: choice.next, ...(await choice.outcome(inner)) };
  }
  if (state.otherwise === undefined) {
    throw new EvaluationError(
      errorNames.noChoiceMatched,
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return { next: state.otherwise, ...(await state.flow.outcome(scope, inner.input)) };
}
