import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { envelopeSchema } from '../scripts/envelope.ts';
import { readSchemas } from '../scripts/schemas.ts';
import { type DetailType, InvalidEventError, parse, parseDetail } from '../src/index.ts';
import { schemasDir } from './fixtures.ts';

/** What stands in a field: mostly what is right, sometimes what is nearly right, and sometimes anything at all. */
const field = (right: fc.Arbitrary<unknown>, nearly: unknown[], weight = 20) =>
  fc.oneof(
    { weight, arbitrary: right },
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

/** Rarely wrong, each: there are many, and the details are wrong often enough. */
const inEnvelope = (right: fc.Arbitrary<unknown>, nearly: unknown[]) => field(right, nearly, 60);
const eventOf = (detailType: DetailType) =>
  partly({
    version: inEnvelope(fc.constant('0'), ['1', '', 0]),
    id: inEnvelope(fc.uuid(), [7, null]),
    'detail-type': inEnvelope(fc.constant(detailType), ['Order Cancelled', detailType.toLowerCase()]),
    source: inEnvelope(fc.constant('com.aws.orders'), ['com.example', 'COM.AWS.ORDERS']),
    account: inEnvelope(fc.constant('123456789012'), [123456789012]),
    time: inEnvelope(fc.constant('2026-01-01T00:00:00Z'), [0]),
    region: inEnvelope(fc.constant('eu-west-1'), [null]),
    resources: inEnvelope(fc.array(fc.string()), ['arn', [1], {}]),
    detail: details[detailType],
  });

const schemas = await readSchemas(schemasDir);
const cases = schemas.flatMap((event) => {
  const detailType = event.detailType as DetailType;
  return [
    {
      what: `details of ${detailType}`,
      arbitrary: details[detailType],
      schema: event.schema,
      parseIt: (value: unknown) => parseDetail(detailType, value),
    },
    {
      what: `whole events of ${detailType}`,
      arbitrary: eventOf(detailType),
      schema: envelopeSchema(event, event.schema),
      parseIt: parse,
    },
  ];
});

test.each(cases)(
  'of 10,000 $what, valid and mutated, it takes just those that Ajv takes',
  ({ arbitrary, schema, parseIt }) => {
    const isValid = new Ajv({ strict: false }).compile(schema);
    const verdicts = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(arbitrary, (value) => {
        const expected = isValid(value);
        verdicts[expected ? 'valid' : 'invalid'] += 1;
        expect(verdictOf(parseIt, value)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
    // The generator has to try both sides for the test to mean anything.
    expect(verdicts.valid).toBeGreaterThan(2_000);
    expect(verdicts.invalid).toBeGreaterThan(2_000);
  },
);

function verdictOf(parseIt: (value: unknown) => unknown, value: unknown): boolean {
  try {
    return parseIt(value) === value;
  } catch (error) {
    if (error instanceof InvalidEventError && error.issues.length > 0) return false;
    throw error;
  }
}
