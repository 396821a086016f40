import type { JsonValue } from '../json.ts';
import type { Path } from '../json-path/path.ts';

/** A parsed argument of an intrinsic function. */
export type Argument =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'text'; readonly text: FormatText }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'call'; readonly call: Call };

/** A text in quotes, in the parts that `{}` divides it into. */
export type FormatText = readonly string[];

/** A parsed call of an intrinsic function: `States.Format('{}', $.a)`. */
export interface Call {
  readonly source: string;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** What some functions need besides their arguments. */
export interface Chance {
  /** A number from 0 up to but not including 1. */
  random(): number;
  uuid(): string;
}

/** An intrinsic function that doesn't take its arguments. */
export class IntrinsicError extends Error {
  override readonly name = 'IntrinsicError';
}

export interface IntrinsicFunction {
  /** The least and the largest number of arguments. */
  readonly arity: readonly [least: number, most: number];
  /** @throws {IntrinsicError} for arguments that it doesn't take */
  evaluate(values: readonly JsonValue[], chance: Chance, format?: FormatText): JsonValue;
}
