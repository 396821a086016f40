import type { JsonValue } from '../json.ts';
import { readPath } from '../json-path/parse-path.ts';
import { TextReader } from '../json-path/text-reader.ts';
import { functions } from './functions.ts';
import type { Argument, Call, FormatText } from './intrinsic.ts';

/** How many calls a field may nest, says the guide. */
const maxNested = 10;

/**
 * Reads a call of an intrinsic function, such as `States.Format('Order {}', $.id)`.
 *
 * @throws {SyntaxProblem} for a text that isn't one, an unknown function, or a wrong number of arguments
 */
export function parseIntrinsic(text: string): Call {
  const reader = new TextReader(text);
  reader.skipSpace();
  const call = readCall(reader, 1);
  reader.skipSpace();
  if (!reader.done) throw reader.problem('the call ends');
  return call;
}

function readCall(reader: TextReader, depth: number): Call {
  if (depth > maxNested + 1) throw reader.problem(`calls nest deeper than ${maxNested}`);
  const from = reader.at;
  const name = reader.match(/States\.[A-Za-z0-9]+/y);
  if (name === undefined) throw reader.problem('expected an intrinsic function such as States.Format');
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) {
    throw reader.problem(
      `${name} isn't an intrinsic function; there are ${Object.keys(functions).join(', ')}`,
    );
  }
  reader.skipSpace();
  reader.expect('(');
  const list: Argument[] = [];
  reader.skipSpace();
  while (!reader.take(')')) {
    if (list.length > 0) reader.expect(',');
    reader.skipSpace();
    list.push(readArgument(reader, depth));
    reader.skipSpace();
  }
  const [least, most] = known.arity;
  if (list.length < least || list.length > most) {
    const allowed =
      least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    throw reader.problem(`${name} takes ${allowed} arguments, received ${list.length}`);
  }
  return { source: reader.text.slice(from, reader.at), name, arguments: list };
}

function readArgument(reader: TextReader, depth: number): Argument {
  if (reader.peek() === '$') return { kind: 'path', path: readPath(reader, ',) \t\n\r') };
  if (reader.peek() === "'") return { kind: 'text', text: readText(reader) };
  const word = reader.match(/(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (word !== undefined) return { kind: 'value', value: JSON.parse(word) as JsonValue };
  return { kind: 'call', call: readCall(reader, depth + 1) };
}

/** Reads a text in quotes. A backslash makes `'`, `{`, `}` and itself ordinary. */
function readText(reader: TextReader): FormatText {
  reader.expect("'");
  const parts: string[] = [];
  let part = '';
  while (!reader.take("'")) {
    if (reader.done) throw reader.problem("expected '");
    if (reader.take('{}')) {
      parts.push(part);
      part = '';
      continue;
    }
    if (reader.take('\\') && !/['{}\\]/.test(reader.peek())) {
      throw reader.problem("a backslash comes before ', {, } and \\ only");
    }
    part += reader.peek();
    reader.at++;
  }
  return [...parts, part];
}
