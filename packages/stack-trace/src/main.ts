/** `pnpm where`: the lines of source that a stack of a deployed function is about. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { tellWhere, UnknownCodeError } from './where.ts';

const usage = `Says which lines of source a stack of a deployed function is about.

  pnpm where <text>          the text has the stack: a line of the log, or a place such as index.mjs:12:78813; - reads it
                             from stdin
    --code-sha256 <hash>     the CodeSha256 of the function that ran. Left out, the functions are those of this checkout
    --apps <folder>          the folder with the built functions, such as the artifact of a deploy; apps if left out

It ends with 0 if it found a line, with 1 if it found none, and with 2 if it was called wrongly.
`;

const root = resolve(import.meta.dirname, '../../..');

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'code-sha256': { type: 'string' },
      apps: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [given, ...others] = positionals;
  if (given === undefined || others.length > 0) {
    const received = positionals.length === 0 ? 'nothing' : `${positionals.length} texts`;
    throw new TypeError(`where takes one text, received ${received}. Put a text with spaces in quotes`);
  }
  const text = given === '-' ? readFileSync(0, 'utf8') : given;
  const apps = values.apps === undefined ? resolve(root, 'apps') : fromCaller(values.apps);
  process.stdout.write(`${tellWhere(text, apps, values['code-sha256']).join('\n')}\n`);
  return 0;
}

/** A path as the caller means it: pnpm runs this in the root of the repository, wherever it was called. */
const fromCaller = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);

try {
  process.exitCode = main(process.argv.slice(2).filter((arg) => arg !== '--'));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const isUnknown = error instanceof UnknownCodeError;
  process.stderr.write(`${error.message}\n${isUnknown ? '' : `\n${usage}`}`);
  process.exitCode = isUnknown ? 1 : 2;
}
