import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '@orders/contract';
import { createAjv, type Schema } from '@orders/schema-compatibility';
import fc from 'fast-check';
import { describeAllowed } from '../scripts/describe-allowed.ts';
import { renderValidators } from '../scripts/render-validators.ts';
import { toEventSchema } from '../scripts/schemas.ts';
import { withDiscriminators } from '../scripts/tagged-unions.ts';
import { checkDetail } from '../src/validate.ts';
import type { Validator } from '../src/validator.ts';

const variant = (kind: unknown, properties: object, required: string[]) => ({
  type: 'object',
  required: ['kind', ...required],
  properties: { kind, ...properties },
});
const schema = {
  type: 'object',
  required: ['payment'],
  properties: {
    payment: {
      properties: {
        at: { type: 'string' },
        lines: { type: 'array', items: [{ type: 'string' }], minItems: 1, additionalItems: false },
      },
      oneOf: [
        variant({ const: 'card' }, { number: { type: 'string', maxLength: 4 }, 'a/b': { type: 'number' } }, [
          'number',
        ]),
        variant({ enum: ['cash', 'cheque'] }, { number: { type: 'integer' }, by: { type: 'string' } }, []),
        { $ref: '#/definitions/gift' },
        { ...variant({ const: 'none' }, {}, []), maxProperties: 1 },
      ],
    },
    parts: {
      type: 'array',
      items: {
        anyOf: [
          { $ref: '#/definitions/gift' },
          variant({ const: 'box' }, { size: { type: 'number' } }, ['size']),
        ],
      },
    },
    untagged: {
      anyOf: ['a', 'b'].map((name) => ({ type: 'object', required: [name], properties: { [name]: {} } })),
    },
  },
  definitions: { gift: variant({ const: 'gift' }, { code: { type: 'string' } }, ['code']) },
};

let isDetail: Validator;
beforeAll(async () => {
  const event = toEventSchema({
    id: 'parcel-paid',
    name: 'ParcelPaid',
    source: 'x',
    detailType: 'Parcel Paid',
    publishedBy: 'depot',
    detail: schema as unknown as JsonSchema,
  });
  const { 'validators.js': code = '' } = await renderValidators([event], 'x');
  ({ parcelPaidDetail: isDetail } = await import(`data:text/javascript,${encodeURIComponent(code)}`));
});
const issues = (detail: unknown) =>
  checkDetail(
    { detailType: 'Parcel Paid', isDetail, allowed: describeAllowed(schema as Schema) },
    detail,
  )?.issues.map(({ path, received, allowed }) => `${path}: received ${received}, allowed is ${allowed}`);

describe('a union with a tag', () => {
  test.each<[string, unknown, string[]]>([
    [
      'reports only the faults of the variant that the tag names, and names it',
      { payment: { kind: 'card', number: 12345, code: 7, by: 7 } },
      ['/payment/number: received 12345, allowed is a string of at most 4 characters, where kind is "card"'],
    ],
    [
      'reports a missing field of the variant',
      { payment: { kind: 'card' } },
      [
        '/payment/number: received nothing, allowed is a string of at most 4 characters, where kind is "card"',
      ],
    ],
    [
      'has words of its own for a field of several variants',
      { payment: { kind: 'cheque', number: 'x' } },
      ['/payment/number: received "x", allowed is a whole number, where kind is "cheque"'],
    ],
    [
      'has words for a field beside the variants',
      { payment: { kind: 'cash', at: 7, lines: [7] } },
      [
        '/payment/at: received 7, allowed is a string, where kind is "cash"',
        '/payment/lines/0: received 7, allowed is what fits /payment/lines: an array that begins with a string, of at least 1 item, additionalItems false, where kind is "cash"',
      ],
    ],
    [
      'follows a reference to a variant',
      { payment: { kind: 'gift' } },
      ['/payment/code: received nothing, allowed is a string, where kind is "gift"'],
    ],
    [
      'has the words of the variant for a fault of the whole variant',
      { payment: { kind: 'none', by: 'x' } },
      [
        '/payment: received an object, allowed is an object with kind, of at most 1 field, where kind is "none"',
      ],
    ],
    [
      'reads names with a slash',
      { payment: { kind: 'card', number: '1', 'a/b': 'x' } },
      ['/payment/a~1b: received "x", allowed is a number, where kind is "card"'],
    ],
    [
      'reports an unknown tag, and lists those that there are',
      { payment: { kind: 'coin', number: {} } },
      ['/payment/kind: received "coin", allowed is one of "card", "cash", "cheque", "gift", "none"'],
    ],
    [
      'reports a missing tag',
      { payment: {} },
      ['/payment/kind: received nothing, allowed is one of "card", "cash", "cheque", "gift", "none"'],
    ],
    [
      'works in the items of a list, and for anyOf',
      {
        payment: { kind: 'cash' },
        parts: [
          { kind: 'gift', code: 'a' },
          { kind: 'box', size: 'x' },
        ],
      },
      ['/parts/1/size: received "x", allowed is a number, where kind is "box"'],
    ],
  ])('%s', (_, detail, expected) => {
    expect(issues(detail)).toEqual(expected);
  });

  test('refuses what is no object', () => {
    expect(issues({ payment: 'card' })).toEqual([
      expect.stringMatching(/^\/payment: received "card", allowed is an object/),
    ]);
  });

  test('accepts what plain JSON Schema accepts', () => {
    const isValid = createAjv({ strict: false }).compile(schema);
    const kind = fc.constantFrom('card', 'cash', 'cheque', 'gift', 'none', 'box', 'coin', 7, null);
    const value = fc.constantFrom<unknown>('x', 'longer', 7, 0.5, null);
    const fields = { kind, number: value, code: value, by: value, size: value };
    const object = fc.oneof(
      fc.record(fields, { requiredKeys: [] }),
      fc.record(fields, { requiredKeys: ['kind', 'number'] }),
    );
    // Values by chance alone rarely fit a variant, and a detail fits only if all of its parts do.
    const fitting = fc.constantFrom(
      { kind: 'card', number: '1' },
      { kind: 'cash', by: 'x' },
      { kind: 'gift', code: 'x' },
      { kind: 'none' },
      { kind: 'box', size: 7 },
    );
    const part = fc.oneof(
      { weight: 6, arbitrary: object },
      { weight: 3, arbitrary: fitting },
      { weight: 1, arbitrary: value },
    );
    const detail = fc.record(
      {
        payment: part,
        parts: fc.array(part, { maxLength: 2 }),
        untagged: fc.record({ a: value, b: value }, { requiredKeys: [] }),
      },
      { requiredKeys: ['payment'] },
    );
    const verdicts = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(detail, (one) => {
        const expected = isValid(one);
        verdicts[expected ? 'valid' : 'invalid'] += 1;
        return isDetail(one) === expected;
      }),
      { numRuns: 2_000 },
    );
    expect(verdicts.valid).toBeGreaterThan(50);
    expect(verdicts.invalid).toBeGreaterThan(50);
  });
});

test.each<[string, object]>([
  [
    'whose variants may lack the tag',
    { oneOf: [{ type: 'object', properties: { kind: { const: 'a' } } }, variant({ const: 'b' }, {}, [])] },
  ],
  [
    'whose variants share a value of the tag',
    { oneOf: [variant({ enum: ['a', 'b'] }, {}, []), variant({ const: 'b' }, {}, [])] },
  ],
  ['whose tag is a number', { oneOf: [variant({ const: 1 }, {}, []), variant({ const: 2 }, {}, [])] }],
  [
    'whose variants may be no objects',
    {
      oneOf: [
        { ...variant({ const: 'a' }, {}, []), type: ['object', 'null'] },
        variant({ const: 'b' }, {}, []),
      ],
    },
  ],
  [
    'that may be null',
    { type: ['object', 'null'], oneOf: [variant({ const: 'a' }, {}, []), variant({ const: 'b' }, {}, [])] },
  ],
])('a union %s stays as it is', (_, union) => {
  expect(withDiscriminators(union as Schema)).toEqual(union);
});
