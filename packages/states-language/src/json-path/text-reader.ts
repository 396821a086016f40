/** A text that can't be read as the language wants it. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
}

/** How deep conditions, lists and function calls may nest. */
const maxDepth = 100;

/** Reads a text from left to right. */
export class TextReader {
  readonly text: string;
  at: number;
  #depth = 0;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  /** Steps over a text if it comes next. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  /** Steps over what a sticky expression matches here. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw this.problem(`expected ${JSON.stringify(expected)}`);
  }

  /** Reads a nested part. Texts that nest without end are refused, not followed. */
  nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw this.problem(`nests deeper than ${maxDepth}`);
    const value = read();
    this.#depth--;
    return value;
  }

  problem(what: string): SyntaxProblem {
    const rest = this.text.slice(this.at, this.at + 20);
    const received = rest === '' ? 'the text ends' : `received ${JSON.stringify(rest)}`;
    return new SyntaxProblem(
      `${JSON.stringify(this.text)}: ${what} at character ${this.at + 1}; ${received}`,
    );
  }
}
