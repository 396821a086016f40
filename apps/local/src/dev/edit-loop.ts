import type { Notice } from '@orders/local-aws';
import { BuildError } from './build-error.ts';
import type { BuiltStack, StackBuilder } from './stack-builder.ts';

export interface EditLoopParts {
  builder: Pick<StackBuilder, 'build'>;
  /** The stack that runs, if the builder has built it. */
  running?: BuiltStack | undefined;
  /**
   * Runs a stack in the place of the one that runs.
   *
   * @returns what is different, a phrase each
   */
  swap(outDir: string): Promise<string[]>;
  /** Whether an error is of the sources, and its message says what to mend. */
  isMendable(error: unknown): boolean;
  /** @param details all that a tool has said, if there is more than the notice */
  tell(notice: Notice, details?: string): void;
}

/** Builds and swaps in what was edited, one build after the other. */
export interface EditLoop {
  /** Notes files that were edited, by their paths from the root of the repository. */
  edited(paths: readonly string[]): void;
  /** Waits until nothing is left to build. */
  idle(): Promise<void>;
  close(): void;
}

export function createEditLoop({ builder, swap, isMendable, tell, ...parts }: EditLoopParts): EditLoop {
  /** What was edited since the stack that runs was built. What didn't build is in the next build again. */
  const edited = new Set<string>();
  let { running } = parts;
  let isNew = false;
  let isClosed = false;
  let working: Promise<void> | undefined;

  const buildOnce = async () => {
    const paths = [...edited];
    let built: BuiltStack | undefined;
    try {
      built = await builder.build(paths);
      const differences = await swap(built.outDir);
      const before = running;
      running = built;
      built = undefined;
      before?.remove();
      // What was edited again meanwhile is noted again.
      if (!isNew) edited.clear();
      tell({ kind: 'changed', text: differences.join('; ') || 'Nothing that runs is different' });
    } catch (error) {
      built?.remove();
      if (isClosed) return;
      const message = error instanceof Error ? error.message : String(error);
      const details = error instanceof BuildError || isMendable(error) ? message : (error as Error).stack;
      tell({ kind: 'problem', text: message.split('\n', 1)[0] ?? '' }, details);
    }
  };

  const work = async () => {
    while (isNew && !isClosed) {
      isNew = false;
      await buildOnce();
    }
    working = undefined;
  };

  return {
    edited(paths) {
      for (const path of paths) edited.add(path);
      isNew = true;
      working ??= work();
    },
    idle: async () => working,
    close() {
      isClosed = true;
    },
  };
}
