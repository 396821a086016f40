import { functions } from '../intrinsics/functions.ts';
import type { Chance } from '../intrinsics/intrinsic.ts';
import { seededRandom } from '../intrinsics/seeded-random.ts';
import type { JsonValue } from '../json.ts';

/** The functions that Step Functions adds to JSONata: `$partition`, `$range`, `$hash`, `$random`, `$uuid`, `$parse`. */
export function addedFunctions(chance: Chance): Record<string, (...values: JsonValue[]) => JsonValue> {
  const like =
    (name: string) =>
    (...values: JsonValue[]): JsonValue => {
      const known = functions[name];
      if (known === undefined) throw new Error(`${name} isn't an intrinsic function`);
      return known.evaluate(values, chance);
    };
  return {
    partition: like('States.ArrayPartition'),
    // As on AWS, a range of one number is that number: the library unwraps what it knows as a sequence.
    range: (...values) =>
      Object.defineProperty(like('States.ArrayRange')(...values), 'sequence', { value: true }),
    hash: like('States.Hash'),
    uuid: () => chance.uuid(),
    random: (seed) => (typeof seed === 'number' ? seededRandom(Math.round(seed)) : chance.random()),
    parse: like('States.StringToJson'),
    eval: () => {
      throw new Error('Step Functions has no $eval; $parse reads JSON');
    },
  };
}
