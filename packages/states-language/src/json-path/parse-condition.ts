import type { JsonValue } from '../json.ts';
import type { Comparator, Condition, Operand, Path } from './path.ts';
import type { TextReader } from './text-reader.ts';

/** What reads the paths in a condition. */
export type ReadPath = (reader: TextReader, stops: string) => Path;

const comparators: readonly (readonly [text: string, comparator: Comparator])[] = [
  ['===', '=='],
  ['!==', '!='],
  ['==', '=='],
  ['!=', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
];
const words = /(?:in|nin|contains|size|empty|subsetof|anyof|noneof|all)\b|=~/iy;

/** Reads the condition of a filter, up to the parenthesis that closes it. */
export function parseCondition(reader: TextReader, readPath: ReadPath): Condition {
  const list = (kind: 'or' | 'and', symbol: string, read: () => Condition): Condition => {
    const conditions = [read()];
    while (reader.take(symbol)) conditions.push(read());
    const [only] = conditions;
    return conditions.length === 1 && only ? only : { kind, conditions };
  };
  const either = (): Condition => list('or', '||', () => list('and', '&&', single));
  const single = (): Condition =>
    reader.nested(() => {
      reader.skipSpace();
      const condition = readSingle();
      reader.skipSpace();
      return condition;
    });
  const readSingle = (): Condition => {
    if (reader.peek() === '!' && reader.peek(2) !== '!=') {
      reader.at++;
      return { kind: 'not', condition: single() };
    }
    if (reader.take('(')) {
      const condition = either();
      reader.expect(')');
      return condition;
    }
    return readRelation(reader, readPath);
  };
  return either();
}

function readRelation(reader: TextReader, readPath: ReadPath): Condition {
  const left = readOperand(reader, readPath);
  reader.skipSpace();
  const comparator = readComparator(reader);
  if (comparator === undefined) return { kind: 'exists', operand: left };
  reader.skipSpace();
  return { kind: 'compare', left, comparator, right: readOperand(reader, readPath) };
}

function readComparator(reader: TextReader): Comparator | undefined {
  for (const [text, comparator] of comparators) if (reader.take(text)) return comparator;
  // The guide lists these as unsupported: a regular expression, an operator that is a word.
  const word = reader.match(words);
  if (word !== undefined) throw reader.problem(`the operator ${word} isn't known here`);
  return undefined;
}

function readOperand(reader: TextReader, readPath: ReadPath): Operand {
  if (reader.peek() === '$') throw reader.problem("a filter that refers to another value isn't known here");
  if (reader.peek() === '@') return { path: readPath(reader, ' )=<>!&|,]') };
  return { value: readLiteral(reader) };
}

function readLiteral(reader: TextReader): JsonValue {
  const word = reader.match(/true\b|false\b|null\b/y);
  if (word !== undefined) return JSON.parse(word) as JsonValue;
  const number = reader.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined) return Number(number);
  const quoted = reader.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y);
  if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  if (reader.take('[')) {
    const list: JsonValue[] = [];
    reader.skipSpace();
    while (!reader.take(']')) {
      if (list.length > 0) reader.expect(',');
      reader.skipSpace();
      list.push(reader.nested(() => readLiteral(reader)));
      reader.skipSpace();
    }
    return list;
  }
  const bare = reader.match(/[\p{L}_][\p{L}\p{N}_]*/uy);
  if (bare !== undefined) throw reader.problem(`the text ${bare} without quotes isn't known here`);
  throw reader.problem("expected a path from '@', a text in quotes, a number, a list, true, false or null");
}
