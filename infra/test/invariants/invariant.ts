import type { Block } from '../../scripts/stack-json.ts';
import type { Placed, Stack } from '../stack.ts';

/** Something that holds for every stage and for whatever is added to the stack. */
export interface Invariant {
  /** A sentence: "every rule has one target". */
  name: string;
  /** What breaks it, each as `<path>: <what>`; nothing if it holds. */
  faults(stack: Stack): string[];
}

/** An invariant of every resource of a type. Each fault that `check` yields gets the resource's path in front. */
export const forEvery = (
  type: string,
  name: string,
  check: (attributes: Block, path: string, stack: Stack) => Iterable<string>,
): Invariant => ({
  name,
  faults: (stack) =>
    stack
      .ofType(type)
      .flatMap(({ path, attributes }: Placed) =>
        [...check(attributes, path, stack)].map((fault) => `${path}: ${fault}`),
      ),
});
