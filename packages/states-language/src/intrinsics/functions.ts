import type { JsonValue } from '../json.ts';
import { arrayFunctions } from './array-functions.ts';
import type { Chance, FormatText } from './intrinsic.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';

export interface IntrinsicFunction {
  /** The least and the largest number of arguments. */
  readonly arity: readonly [least: number, most: number];
  /** @throws {IntrinsicError} for arguments that it doesn't take */
  evaluate(values: readonly JsonValue[], chance: Chance, format?: FormatText): JsonValue;
}

/** Every intrinsic function, by name. */
export const functions: Readonly<Record<string, IntrinsicFunction>> = {
  ...arrayFunctions,
  ...textFunctions,
  ...numberFunctions,
};
