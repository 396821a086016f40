import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv, type SchemaObject } from 'ajv';
import fc from 'fast-check';
import { type DetailType, InvalidEventError, parseDetail } from '../src/index.ts';
import { schemasDir } from './fixtures.ts';

/** What stands in a field: mostly what is right, sometimes what is nearly right, and sometimes anything at all. */
const field = (right: fc.Arbitrary<unknown>, nearly: unknown[]) =>
  fc.oneof(
    { weight: 20, arbitrary: right },
    { weight: 1, arbitrary: fc.constantFrom(...nearly) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
const word = fc.stringMatching(/^[a-z0-9]{1,9}$/);
const category = field(
  fc.array(word, { minLength: 1, maxLength: 7 }).map((words) => words.join('-')),
  ['Office', 'a b', '', '-a', 'a-', 'a--b', 'é', '😀'.repeat(40), 'a'.repeat(64), 'a'.repeat(65)],
);
const location = field(
  fc
    .tuple(fc.constantFrom('eu', 'us', 'ap', 'eusc'), fc.stringMatching(/^(-[a-z]{1,9}){1,2}(-[0-9]{1,2})?$/))
    .map((parts) => parts.join('')),
  ['eu', 'EU-west', 'eu-west-1a', 'eu_west', ' eu-west', 'eu-west-100'],
);
const value = field(fc.double({ min: 0.000001, max: 5e9, noNaN: true }), [
  ...[0, -1, 0.0000009, 5_000_000_001, Number.NaN, Number.POSITIVE_INFINITY, '300'],
]);
const orderId = field(fc.uuid(), ['new_id', '', '01890A5D-AC96-774B-BCCE-B302099A8057']);
const fields = { orderId, category, location, value };
const partly = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record(model) },
    { weight: 1, arbitrary: fc.record(model, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

const details: Record<DetailType, fc.Arbitrary<unknown>> = {
  'Order Placed': partly(fields),
  'Order Dispatched': partly(fields),
  'Order Processed': partly({ OrderId: orderId, OrderDetails: partly(fields) }),
};

test.each(Object.entries(details) as [DetailType, fc.Arbitrary<unknown>][])(
  'of 10,000 details of %s, valid and mutated, it takes just those that Ajv takes',
  (detailType, arbitrary) => {
    const file = `${schemasDir}/${detailType.toLowerCase().replace(' ', '-')}.json`;
    const isValid = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(file, 'utf8')) as SchemaObject,
    );
    const verdicts = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(arbitrary, (detail) => {
        const expected = isValid(detail);
        verdicts[expected ? 'valid' : 'invalid'] += 1;
        expect(verdictOf(detailType, detail)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
    // The generator has to try both sides for the test to mean anything.
    expect(verdicts.valid).toBeGreaterThan(2_000);
    expect(verdicts.invalid).toBeGreaterThan(2_000);
  },
);

function verdictOf(detailType: DetailType, detail: unknown): boolean {
  try {
    return parseDetail(detailType, detail) === detail;
  } catch (error) {
    if (error instanceof InvalidEventError && error.issues.length > 0) return false;
    throw error;
  }
}
