import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * Reads the options of the command of a long test. For --help, it prints the usage and ends the process; for what isn't an
 * option, or a value that `check` refuses with a sentence, it does so with 2.
 */
export function readValues<const Options extends ParseArgsOptionsConfig>(
  usage: string,
  options: Options,
  check: (values: ReturnType<typeof parse<Options>>) => string | undefined,
): ReturnType<typeof parse<Options>> {
  const args = process.argv.slice(2).filter((arg) => arg !== '--');
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    process.exit();
  }
  let refusal: string | undefined;
  try {
    const values = parse(args, options);
    refusal = check(values);
    if (refusal === undefined) return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    refusal = error.message;
  }
  process.stderr.write(`${refusal}\n\n${usage}`);
  process.exit(2);
}

const parse = <const Options extends ParseArgsOptionsConfig>(args: string[], options: Options) =>
  parseArgs({ args, options }).values;
