import type { ParseArgsConfig } from 'node:util';

/** What a command gets besides its arguments. */
export interface Context {
  /** The folder of the contract: the schemas that are in the package. */
  readonly schemasDir: string;
  readonly readStdin: () => Promise<string>;
}

/** What a command found out. */
export interface Answer {
  /** False: something breaks or doesn't match. */
  readonly isFine: boolean;
  /** For people. */
  readonly lines: readonly string[];
  /** The same for programs. */
  readonly data: unknown;
}

type Options = NonNullable<ParseArgsConfig['options']>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Command {
  /** Its arguments and options in one line: `explain <pattern> <event>`. */
  readonly usage: string;
  /** What it does, in one sentence without the full stop. */
  readonly summary: string;
  /** The rest of its help text. */
  readonly help: string;
  readonly options: Options;
  /** @throws {UsageError} for arguments, options or files that it can't take */
  run(args: readonly string[], values: Values, context: Context): Promise<Answer>;
}

/** What the caller can mend: wrong arguments, or a file that can't be read. It says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Takes an exact number of arguments, named as in the usage. */
export function takeExactly(names: readonly string[], args: readonly string[]): string[] {
  if (args.length === names.length) return [...args];
  throw new UsageError(
    `received ${args.length === 0 ? 'no arguments' : args.join(' ')}; allowed are ${names.join(' ')}`,
  );
}
