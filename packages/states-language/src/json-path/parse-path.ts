import { parseCondition } from './parse-condition.ts';
import type { Path, PathRoot, Segment } from './path.ts';
import { TextReader } from './text-reader.ts';

/**
 * Reads a JSONPath, as Step Functions takes it: `$.a.b`, `$['a']`, `$.[0]`, `$..a`, `$[1:3]`, `$[?(@.n > 0)]`,
 * `$$.Execution.Id`, `$variable.a`.
 *
 * @throws {SyntaxProblem} for a text that isn't one
 */
export function parsePath(text: string): Path {
  const reader = new TextReader(text);
  const path = readPath(reader);
  if (!reader.done) throw reader.problem('the path ends');
  return path;
}

/** Whether a path is of the input itself: `$`. */
export const isWhole = (path: Path) => path.root.kind === 'input' && path.segments.length === 0;

/**
 * Reads a path that is part of a longer text.
 *
 * @param stops the characters that end it there
 */
export function readPath(reader: TextReader, stops = ''): Path {
  const from = reader.at;
  const root = readRoot(reader);
  const segments: Segment[] = [];
  while (!reader.done && !stops.includes(reader.peek())) {
    if (reader.take('..')) {
      segments.push(
        { kind: 'descend' },
        reader.peek() === '[' ? readBrackets(reader) : readName(reader, stops),
      );
    } else if (reader.take('.')) {
      segments.push(reader.peek() === '[' ? readBrackets(reader) : readName(reader, stops));
    } else if (reader.peek() === '[') {
      segments.push(readBrackets(reader));
    } else {
      break;
    }
  }
  return { source: reader.text.slice(from, reader.at), root, segments, definite: segments.every(isDefinite) };
}

function readRoot(reader: TextReader): PathRoot {
  if (reader.take('@')) return { kind: 'item' };
  if (reader.take('$$')) return { kind: 'context' };
  reader.expect('$');
  const name = reader.match(/[\p{L}_][\p{L}\p{N}_]*/uy);
  return name === undefined ? { kind: 'input' } : { kind: 'variable', name };
}

function readName(reader: TextReader, stops: string): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  const from = reader.at;
  while (!reader.done && !/[.[\s()]/.test(reader.peek()) && !stops.includes(reader.peek())) reader.at++;
  // AWS takes a function, `length()`, for a name: the path is accepted, and finds nothing.
  if (reader.at > from) reader.take('()');
  const name = reader.text.slice(from, reader.at);
  if (name === '') throw reader.problem('expected a name');
  return { kind: 'names', names: [name] };
}

function readBrackets(reader: TextReader): Segment {
  reader.expect('[');
  reader.skipSpace();
  const segment = readBracketed(reader);
  reader.skipSpace();
  reader.expect(']');
  return segment;
}

function readBracketed(reader: TextReader): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  if (reader.take('?')) {
    reader.skipSpace();
    reader.expect('(');
    const condition = reader.nested(() => parseCondition(reader, readPath));
    reader.expect(')');
    return { kind: 'filter', condition };
  }
  if (/['"]/.test(reader.peek())) return { kind: 'names', names: readList(reader, readQuoted) };
  const slice = reader.match(/(-?\d+)?\s*:\s*(-?\d+)?/y);
  if (slice !== undefined) {
    const [from, to] = slice.split(':').map((bound) => (bound.trim() === '' ? undefined : Number(bound)));
    return { kind: 'slice', from, to };
  }
  return { kind: 'indexes', indexes: readList(reader, readIndex) };
}

function readList<T>(reader: TextReader, read: (reader: TextReader) => T): T[] {
  const list: T[] = [];
  do {
    reader.skipSpace();
    list.push(read(reader));
    reader.skipSpace();
  } while (reader.take(','));
  return list;
}

function readIndex(reader: TextReader): number {
  const index = reader.match(/-?\d+/y);
  if (index === undefined) throw reader.problem("expected an index, a slice, a name in quotes, '*' or '?('");
  return Number(index);
}

/** Reads a text in quotes. In a path, a backslash makes only a quote or a backslash ordinary. */
function readQuoted(reader: TextReader): string {
  const quote = reader.peek();
  reader.at++;
  let text = '';
  for (; !reader.done; reader.at++) {
    if (reader.take(quote)) return text;
    const escaped = reader.peek() === '\\' && [quote, '\\'].includes(reader.text[reader.at + 1] ?? '');
    if (escaped) reader.at++;
    text += reader.peek();
  }
  throw reader.problem(`expected ${quote}`);
}

function isDefinite(segment: Segment): boolean {
  if (segment.kind === 'names') return segment.names.length === 1;
  return segment.kind === 'indexes' && segment.indexes.length === 1;
}
