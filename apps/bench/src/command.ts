/** A command that was called wrongly. Its message says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the options of a command.
 *
 * @param read throws a TypeError, as `parseArgs` does, for what isn't an option
 * @throws {UsageError} in its place
 */
export function readOptions<Options>(read: (args: string[]) => Options): Options {
  try {
    return read(process.argv.slice(2).filter((arg) => arg !== '--'));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Runs a command. It ends with 2 if it was called wrongly, and with 1 if it fails. */
export async function runCommand(usage: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(isUsage ? `${error.message}\n\n${usage}` : `${messageOf(error)}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** Of a fault in the command itself, its stack. */
const messageOf = (error: unknown) =>
  error instanceof TypeError ? `${error.stack}` : error instanceof Error ? error.message : String(error);
