import { parseArgs } from 'node:util';
import { breaks } from './breaks.ts';
import { check } from './check.ts';
import { type Answer, type Command, type Context, UsageError, type Values } from './command.ts';
import { explain } from './explain.ts';
import { make } from './make.ts';
import { whoBreaks } from './who-breaks.ts';

const commands: Readonly<Record<string, Command>> = {
  explain,
  check,
  make,
  breaks,
  'who-breaks': whoBreaks,
};

/** What a process prints, and its exit code. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** 0: fine. 1: it breaks or doesn't match. 2: wrong use. */
  readonly code: 0 | 1 | 2;
}

/**
 * Runs the command that the arguments name.
 *
 * @param args the arguments of the process, without Node.js and the script
 * @throws what isn't a {@link UsageError}: a fault of this program
 */
export async function runCommandLine(args: readonly string[], context: Context): Promise<Output> {
  const [name = '--help', ...others] = args;
  if (name === '--help' || name === '-h') return { stdout: overview, stderr: '', code: 0 };
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const allowed = `allowed are ${Object.keys(commands).join(', ')}`;
    return { stdout: '', stderr: `${name} isn't a command; ${allowed}\n\n${overview}`, code: 2 };
  }
  try {
    const { values, positionals } = readArgs(command, others);
    if (values.help) return { stdout: helpOf(command), stderr: '', code: 0 };
    return outputOf(await command.run(positionals, values, context), values.json === true);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const stderr = `${error.message}\nusage: npx @orders/events ${command.usage}; --help says more\n`;
    return { stdout: '', stderr, code: 2 };
  }
}

function readArgs(
  { options }: Command,
  args: readonly string[],
): { values: Values; positionals: readonly string[] } {
  const shared = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...options, ...shared } }) as {
      values: Values;
      positionals: string[];
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const outputOf = ({ isFine, lines, data }: Answer, isJson: boolean): Output => ({
  stdout: isJson ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  stderr: '',
  code: isFine ? 0 : 1,
});

const exits = 'Exit codes: 0 fine, 1 it breaks or does not match, 2 wrong use.';

const helpOf = ({ usage, summary, help }: Command) => `npx @orders/events ${usage}

${summary}.
${help}
  --json  prints the answer as JSON

${exits}
`;

const overview = `npx @orders/events <command>, for the events of the bus Orders and their rules

${Object.values(commands)
  .map(({ usage, summary }) => `  ${usage}\n      ${summary}`)
  .join('\n')}

<command> --help says more. --json prints the answer of any command as JSON.
${exits}
`;
