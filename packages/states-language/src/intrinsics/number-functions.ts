import { integerAt } from './arguments.ts';
import { IntrinsicError, type IntrinsicFunction } from './intrinsic.ts';
import { seededRandom } from './seeded-random.ts';

export const numberFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  'States.MathAdd': {
    arity: [2, 2],
    evaluate: (values) => integerAt(values, 0) + integerAt(values, 1),
  },

  'States.MathRandom': {
    arity: [2, 3],
    evaluate(values, chance) {
      const [start, end] = [integerAt(values, 0), integerAt(values, 1)];
      if (start >= end)
        throw new IntrinsicError(`the start has to be below the end, received ${start} and ${end}`);
      const random = values.length === 3 ? seededRandom(integerAt(values, 2)) : chance.random();
      return start + Math.floor(random * (end - start));
    },
  },

  'States.UUID': { arity: [0, 0], evaluate: (_, chance) => chance.uuid() },
};
