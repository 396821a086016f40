import { AwsError } from '../../../aws-error.ts';

/** A part of a query of Logs Insights. */
export type Token =
  | { kind: 'symbol'; text: string }
  /** A keyword or the name of a field or a function: `filter`, `detail.orderId`, `@timestamp`. */
  | { kind: 'word'; text: string }
  /** A name in backticks, which isn't a keyword. */
  | { kind: 'name'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'number'; text: string }
  | { kind: 'regex'; text: string };

/** What CloudWatch Logs answers to a query that it doesn't understand; here, also to one that the local run doesn't know. */
export const malformedQuery = (problem: string): AwsError =>
  new AwsError('MalformedQueryException', `The local run can't run this query: ${problem}`);

const pattern =
  /\s*(?:(\||,|\(|\)|\[|\]|!=|<=|>=|=|<|>)|`([^`]*)`|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\/((?:[^/\\]|\\.)+)\/|(-?\d+(?:\.\d+)?)(?![\w.])|(\*|@?[A-Za-z_]\w*(?:\.\w+)*|\d+[a-z]+))/y;

/** @throws {AwsError} for a character that no part begins with */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  const text = query.trim();
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw malformedQuery(`nothing is known that begins with ${text.slice(at, at + 40).trim()}`);
    tokens.push(tokenOf(found));
  }
  return tokens;
}

function tokenOf([, symbol, name, double, single, regex, number, word = '']: RegExpExecArray): Token {
  if (symbol !== undefined) return { kind: 'symbol', text: symbol };
  if (name !== undefined) return { kind: 'name', text: name };
  const quoted = double ?? single;
  if (quoted !== undefined) return { kind: 'text', text: quoted.replaceAll(/\\(.)/g, '$1') };
  if (regex !== undefined) return { kind: 'regex', text: regex.replaceAll('\\/', '/') };
  return number !== undefined ? { kind: 'number', text: number } : { kind: 'word', text: word };
}

/** Reads tokens one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token {
    const token = this.next;
    if (!token) throw malformedQuery('it ends too early');
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is this symbol or keyword, whatever its case. */
  takes(text: string): boolean {
    const { next } = this;
    if (next?.kind !== 'symbol' && next?.kind !== 'word') return false;
    if (next.text.toLowerCase() !== text) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.takes(text))
      throw malformedQuery(`it has ${this.next?.text ?? 'nothing'} where ${text} should be`);
  }

  /** Reads what is separated by commas. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.takes(',')) items.push(read());
    return items;
  }
}
