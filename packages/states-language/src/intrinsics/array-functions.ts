import { type JsonValue, sameJson } from '../json.ts';
import { arrayAt, integerAt } from './arguments.ts';
import { IntrinsicError, type IntrinsicFunction } from './intrinsic.ts';

/** How many items `States.ArrayRange` makes at most. */
const maxRange = 1_000;

export const arrayFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  'States.Array': { arity: [0, Infinity], evaluate: (values) => [...values] },

  'States.ArrayPartition': {
    arity: [2, 2],
    evaluate(values) {
      const array = arrayAt(values, 0);
      const size = integerAt(values, 1);
      if (size < 1) throw new IntrinsicError(`the size of a part has to be above 0, received ${size}`);
      const parts: JsonValue[] = [];
      for (let at = 0; at < array.length; at += size) parts.push(array.slice(at, at + size));
      return parts;
    },
  },

  'States.ArrayContains': {
    arity: [2, 2],
    evaluate: (values) => arrayAt(values, 0).some((item) => sameJson(item, values[1] ?? null)),
  },

  'States.ArrayRange': {
    arity: [3, 3],
    evaluate(values) {
      const [first, last, step] = [integerAt(values, 0), integerAt(values, 1), integerAt(values, 2)];
      if (step === 0) throw new IntrinsicError('the step of a range has to differ from 0');
      const length = Math.max(0, Math.floor((last - first) / step) + 1);
      if (length > maxRange)
        throw new IntrinsicError(`a range has up to ${maxRange} items, received ${length}`);
      return Array.from({ length }, (_, index) => first + index * step);
    },
  },

  'States.ArrayGetItem': {
    arity: [2, 2],
    evaluate(values) {
      const array = arrayAt(values, 0);
      const index = integerAt(values, 1);
      const item = array[index];
      if (item !== undefined) return item;
      throw new IntrinsicError(`the index ${index} is out of bounds of an array of ${array.length} items`);
    },
  },

  'States.ArrayLength': { arity: [1, 1], evaluate: (values) => arrayAt(values, 0).length },

  'States.ArrayUnique': {
    arity: [1, 1],
    evaluate: (values) =>
      arrayAt(values, 0).filter(
        (item, at, array) => array.findIndex((other) => sameJson(other, item)) === at,
      ),
  },
};
