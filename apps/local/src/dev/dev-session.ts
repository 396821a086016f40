import { type LocalAws, UnsupportedError } from '@orders/local-aws';
import type { FindSourceLine } from '@orders/stack-trace';
import { createEditLoop } from './edit-loop.ts';
import { repository } from './places.ts';
import { type BuiltStack, createStackBuilder } from './stack-builder.ts';
import { watchSources } from './watch-sources.ts';

/** A stack that is built from the sources while it runs. */
export interface DevSession {
  /** The synthesized stack to start with. */
  outDir: string;
  /** Finds lines of source in the functions that were bundled for it. */
  findSourceLine: FindSourceLine;
  /** Swaps what is edited into the system that runs, and prints what changed. */
  follow(system: LocalAws): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param outDir the stack as it was synthesized for a deployment
 * @param debuggable whether a debugger finds the sources in the functions: they are bundled again for it
 * @throws {BuildError} for functions that can't be bundled
 */
export async function openDevSession({
  outDir,
  debuggable,
}: {
  outDir: string;
  debuggable: boolean;
}): Promise<DevSession> {
  const builder = createStackBuilder({ outDir, debuggable });
  const ends = [builder.close];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  let running: BuiltStack | undefined;
  try {
    if (debuggable) running = await builder.build('all functions');
  } catch (error) {
    await close();
    throw error;
  }

  return {
    outDir: running?.outDir ?? outDir,
    findSourceLine: builder.findSourceLine,
    async follow(system) {
      let editedAt = 0;
      const loop = createEditLoop({
        builder,
        running,
        swap: system.swap,
        isMendable: (error) => error instanceof UnsupportedError,
        tell(notice, details) {
          const seconds = ((performance.now() - editedAt) / 1_000).toFixed(1);
          if (notice.kind === 'changed') process.stdout.write(`↻ ${notice.text} (after ${seconds} s)\n`);
          else
            process.stderr.write(
              `✗ ${details ?? notice.text}\n  Nothing is swapped in until that is mended\n`,
            );
          system.tell(notice);
        },
      });
      const endWatching = await watchSources(
        repository,
        (paths) => {
          editedAt = performance.now();
          loop.edited(paths);
        },
        (error) =>
          process.stderr.write(`! Not every edit is seen: ${error}. Start again when that is mended\n`),
      );
      ends.push(async () => {
        loop.close();
        await endWatching();
      });
    },
    close,
  };
}
