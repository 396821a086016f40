import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ConditionExplanation, explainInWords, type JsonValue } from '../src/index.ts';
import { branch, scalar } from './arbitraries.ts';
import { compile, explainPattern } from './cases.ts';
import { runs } from './runs.ts';

/** An object of the fields that patterns name, alone or in an array. */
const fields = fc.record({ a: scalar, b: scalar, c: fc.array(scalar) }, { requiredKeys: [] });
const event = fc.record({ d: fc.oneof(fields, fc.array(fields, { maxLength: 3 })), a: scalar });

const or = fc.array(branch, { minLength: 2, maxLength: 3 });
const pattern = fc.oneof(
  fc.tuple(branch, branch).map(([first, { a = [1] }]) => ({ a, d: first })),
  fc.tuple(branch, or).map(([first, $or]) => ({ d: { ...first, $or } })),
  fc.tuple(or, or).map(([$or, inner]) => ({ $or: [{ d: { $or: inner } }, ...$or] })),
);

const isMet = (condition: ConditionExplanation): boolean =>
  condition.kind === 'or'
    ? condition.branches.some(({ isNearest, conditions }) => isNearest && conditions.every(isMet))
    : ['matches', 'replaced'].includes(condition.outcome);

test('an explanation matches when the pattern matches, and then all of its conditions are met', () => {
  let matched = 0;
  fc.assert(
    fc.property(pattern, event, (wanted, occurrence) => {
      const matches = compile(wanted)(occurrence as { [name: string]: JsonValue });
      if (matches) matched++;
      const explanation = explainPattern(wanted, occurrence as { [name: string]: JsonValue });
      const words = explainInWords(explanation);
      return (
        words !== '' &&
        [
          explanation.matches,
          explanation.conditions.every(isMet),
          words.startsWith('every field of the rule matches'),
        ].every((each) => each === matches)
      );
    }),
    { numRuns: runs(1500) },
  );
  expect(matched).toBeGreaterThan(100);
});

test('without an array in the event, a field matches when a pattern of this field alone matches', () => {
  fc.assert(
    fc.property(branch, fields, (wanted, occurrence) => {
      const outcomes = explainPattern(wanted, occurrence as { [name: string]: JsonValue }).conditions.map(
        (condition) => 'path' in condition && [condition.path, condition.outcome],
      );
      const expected = Object.entries(wanted).map(([name, alternatives]) => {
        const matches = compile({ [name]: alternatives })(occurrence as { [name: string]: JsonValue });
        return [name, matches ? 'matches' : 'differs'];
      });
      return isDeepStrictEqual(outcomes, expected);
    }),
    { numRuns: runs(1000) },
  );
});
