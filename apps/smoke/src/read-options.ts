import { parseArgs } from 'node:util';

/**
 * Reads the options of the command line.
 *
 * @returns undefined if it asks for the usage
 * @throws {Error} for an option that is missing, unknown or of another form
 */
export function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      timeout: { type: 'string', default: '60' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  if (!values.url || !URL.canParse(values.url)) {
    throw new Error(
      `--url is ${values.url ?? 'missing'}; it must be the address of an API, such as https://api.example/dev`,
    );
  }
  const seconds = Number(values.timeout);
  if (!(seconds > 0))
    throw new Error(`--timeout is ${values.timeout}; it must be a number of seconds above 0`);
  return { apiUrl: values.url, token: values.token, timeoutMs: seconds * 1_000 };
}
