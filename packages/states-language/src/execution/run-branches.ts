import type { StateMachine } from '../definition/definition.ts';
import type { JsonValue } from '../json.ts';
import type { Outer } from './host.ts';
import type { Branch } from './progress.ts';
import type { Run } from './run.ts';
import { CancelledError } from './waiting.ts';

/** What runs a machine inside of a state. */
export type RunMachine = (
  run: Run,
  machine: StateMachine,
  branch: Branch,
  outer: Outer,
  signal: AbortSignal,
) => Promise<JsonValue>;

/** A machine inside of a state, at its start. */
export const newBranch = (machine: StateMachine, input: JsonValue, previousEventId: number): Branch => ({
  state: machine.startAt,
  input,
  variables: {},
  previousEventId,
});

/** The first failure among several pieces of work, and what was given up for it. */
export interface FirstFailure {
  readonly error: unknown;
  readonly index: number;
}

/**
 * Does several pieces of work beside each other. The first that fails ends the others.
 *
 * @param work gets a signal that is aborted when another piece has failed
 * @returns the first failure, once all have ended
 * @throws {CancelledError} when the signal from outside is aborted
 */
export async function allOrFirstFailure(
  count: number,
  signal: AbortSignal,
  work: (index: number, signal: AbortSignal) => Promise<void>,
): Promise<FirstFailure | undefined> {
  const others = new AbortController();
  const both = AbortSignal.any([signal, others.signal]);
  const failures: FirstFailure[] = [];
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      try {
        await work(index, both);
      } catch (error) {
        if (!(error instanceof CancelledError)) failures.push({ error, index });
        others.abort();
      }
    }),
  );
  if (signal.aborted) throw new CancelledError();
  return failures[0];
}
