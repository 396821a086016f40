import type { JsonValue } from '../../../json.ts';
import { malformedQuery, type TokenReader } from './tokens.ts';

/** What a query works on: a line of a log, or a row of `stats`. */
export type Row = (field: string) => JsonValue | undefined;

/** A value of a row. `text` is what the query says, the name of a column without another one. */
export interface Expression {
  readonly text: string;
  readonly value: (row: Row) => JsonValue | undefined;
}

/** How deep parentheses may be nested. */
const maxDepth = 20;

/** Reads a condition: comparisons, joined by `and`, `or` and `not`. */
export function readCondition(tokens: TokenReader, depth = 0): (row: Row) => boolean {
  if (depth > maxDepth) throw malformedQuery(`more than ${maxDepth} parentheses are inside of each other`);
  const any = [readAll(tokens, depth)];
  while (tokens.takes('or')) any.push(readAll(tokens, depth));
  return (row) => any.some((holds) => holds(row));
}

function readAll(tokens: TokenReader, depth: number): (row: Row) => boolean {
  const all = [readNot(tokens, depth)];
  while (tokens.takes('and')) all.push(readNot(tokens, depth));
  return (row) => all.every((holds) => holds(row));
}

function readNot(tokens: TokenReader, depth: number): (row: Row) => boolean {
  if (tokens.takes('not')) {
    const holds = readNot(tokens, depth + 1);
    return (row) => !holds(row);
  }
  if (tokens.takes('(')) {
    const holds = readCondition(tokens, depth + 1);
    tokens.expect(')');
    return holds;
  }
  return readComparison(tokens);
}

function readComparison(tokens: TokenReader): (row: Row) => boolean {
  const { value } = readExpression(tokens);
  const isNot = tokens.takes('not');
  const negated =
    (holds: (row: Row) => boolean): ((row: Row) => boolean) =>
    (row) =>
      holds(row) !== isNot;
  if (tokens.takes('like')) {
    const matches = readLike(tokens);
    return negated((row) => matches(String(value(row) ?? '')));
  }
  if (tokens.takes('in')) {
    tokens.expect('[');
    const listed = tokens.list(() => readExpression(tokens));
    tokens.expect(']');
    return negated((row) => listed.some((item) => compare(value(row), item.value(row)) === 0));
  }
  if (isNot) throw malformedQuery('not is followed by neither like nor in');
  const operator = tokens.next?.text ?? '';
  if (!Object.hasOwn(comparisons, operator)) {
    // A function that says yes or no, such as strcontains.
    return (row) => Number(value(row) ?? 0) !== 0;
  }
  tokens.take();
  const other = readExpression(tokens);
  const holds = comparisons[operator as keyof typeof comparisons];
  return (row) => holds(compare(value(row), other.value(row)));
}

/** By how two values differ: below 0, 0, above 0, or NaN where one of them isn't there. */
const comparisons = {
  '=': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
};

/** Compares numbers as numbers, even those in text, and anything else as text. */
export function compare(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (a === undefined || b === undefined || a === null || b === null) return Number.NaN;
  const [left, right] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return String(a) === String(b) ? 0 : String(a) < String(b) ? -1 : 1;
}

function readLike(tokens: TokenReader): (text: string) => boolean {
  const token = tokens.take();
  if (token.kind === 'text') return (text) => text.includes(token.text);
  if (token.kind !== 'regex')
    throw malformedQuery(`like is followed by ${token.text}; allowed are /…/ and "…"`);
  try {
    const [, flags = '', source = ''] = /^(?:\(\?(i)\))?(.*)$/s.exec(token.text) ?? [];
    const expected = new RegExp(source, flags);
    return (text) => expected.test(text);
  } catch {
    throw malformedQuery(`/${token.text}/ isn't a regular expression`);
  }
}

const periods: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a field, a value, or a function of these. */
export function readExpression(tokens: TokenReader): Expression {
  const token = tokens.take();
  if (token.kind === 'number') return { text: token.text, value: () => Number(token.text) };
  if (token.kind === 'text') return { text: token.text, value: () => token.text };
  if (token.kind !== 'word' && token.kind !== 'name') {
    throw malformedQuery(`it has ${token.text} where a field or a value should be`);
  }
  if (token.kind === 'name' || !tokens.takes('('))
    return { text: token.text, value: (row) => row(token.text) };
  if (token.text === 'bin') return readBin(tokens);
  const given = tokens.list(() => readExpression(tokens));
  tokens.expect(')');
  const [first, second] = given;
  const text = `${token.text}(${given.map((argument) => argument.text).join(', ')})`;
  if (token.text === 'strcontains' && first && second) {
    const value = (row: Row) =>
      Number(String(first.value(row) ?? '').includes(String(second.value(row) ?? '')));
    return { text, value };
  }
  if (token.text === 'ispresent' && first)
    return { text, value: (row) => Number(first.value(row) !== undefined) };
  throw malformedQuery(`it knows no function ${text}; it knows bin, ispresent and strcontains`);
}

function readBin(tokens: TokenReader): Expression {
  const { text: period } = tokens.take();
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(period) ?? [];
  const ms = Number(count) * (periods[unit] ?? Number.NaN);
  if (!(ms > 0)) throw malformedQuery(`bin(${period}) has to be a number of s, m, h or d, such as bin(5m)`);
  tokens.expect(')');
  return { text: `bin(${period})`, value: (row) => timeText(Math.floor(Number(row('@time')) / ms) * ms) };
}

/** `2026-01-31 12:00:00.000`, as Logs Insights writes a time. */
export const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
