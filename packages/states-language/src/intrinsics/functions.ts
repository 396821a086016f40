import { arrayFunctions } from './array-functions.ts';
import type { IntrinsicFunction } from './intrinsic.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';

/** Every intrinsic function, by name. */
export const functions: Readonly<Record<string, IntrinsicFunction>> = {
  ...arrayFunctions,
  ...textFunctions,
  ...numberFunctions,
};
