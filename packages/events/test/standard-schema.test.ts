import { parse as powertoolsParse } from '@aws-lambda-powertools/parser';
import { ParseError } from '@aws-lambda-powertools/parser/errors';
import { describe, expect, test } from '@jest/globals';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import {
  type InvalidEventError,
  isOrderPlaced,
  type OrderEvent,
  type OrderPlacedEvent,
  parse,
  parseOrderPlaced,
  safeParse,
  safeParseOrderPlaced,
} from '../src/index.ts';
import { makeOrderDispatched, makeOrderPlaced } from '../src/testing.ts';

const valid = makeOrderPlaced();
const invalid = makeOrderPlaced({ region: 'eu-west-1', detail: { value: -1, category: 'Toys!' } });

describe.each([
  ['parseOrderPlaced', parseOrderPlaced],
  ['parse', parse],
])('%s, as a Standard Schema', (_, parser) => {
  // Compiles only if the parser has the types of the specification.
  const schema: StandardSchemaV1<unknown, OrderEvent> = parser;
  const { validate, ...rest } = schema['~standard'];

  test('names its version and its vendor', () => {
    expect(rest).toEqual({ version: 1, vendor: '@orders/events' });
  });

  test('gives a valid event as it came', async () => {
    const result = await validate(valid);
    expect(result).toEqual({ value: valid });
    expect((result as StandardSchemaV1.SuccessResult<OrderEvent>).value).toBe(valid);
  });

  test('gives an issue for each wrong field, with its path and with words', async () => {
    const { issues = [] } = await validate(invalid);
    expect(issues.map(({ path }) => path)).toEqual([
      ['detail', 'category'],
      ['detail', 'value'],
    ]);
    expect(issues[1]?.message).toBe(
      'received -1, allowed is a number at least 0.000001, at most 5000000000, such as 300',
    );
  });

  test('gives the path of the whole as an empty one, and throws nothing', async () => {
    const { issues = [] } = await validate(undefined);
    expect(issues[0]).toMatchObject({ path: [], message: expect.stringContaining('received nothing') });
  });
});

test('the output of a parser is the type of its events', () => {
  const event: StandardSchemaV1.InferOutput<typeof parseOrderPlaced> = valid;
  const same: OrderPlacedEvent = event;
  // @ts-expect-error an event of another type
  const other: StandardSchemaV1.InferOutput<typeof parseOrderPlaced> = makeOrderDispatched();
  const input: StandardSchemaV1.InferInput<typeof parseOrderPlaced> = 'anything';
  expect([same, other, input]).toHaveLength(3);
});

describe("Powertools' parser", () => {
  test('takes a parser as its schema, and gives the typed event', () => {
    const event = powertoolsParse(valid, undefined, parseOrderPlaced);
    const value: number = event.detail.value;
    expect(value).toBe(300);
  });

  test('rejects an invalid event with its issues', () => {
    const rejected = powertoolsParse(invalid, undefined, parseOrderPlaced, true);
    if (rejected.success) throw new Error('the event was taken as valid');
    expect(rejected.originalEvent).toBe(invalid);
    expect(rejected.error).toBeInstanceOf(ParseError);
    expect(rejected.error.cause).toEqual([
      expect.objectContaining({ path: ['detail', 'category'] }),
      expect.objectContaining({ path: ['detail', 'value'] }),
    ]);
  });
});

describe('a parse that does not throw', () => {
  test.each([
    ['of one event', safeParseOrderPlaced],
    ['of any event', safeParse],
  ])('%s gives the event, or the error that the other parse throws', (_, parseSafely) => {
    const result = parseSafely(valid);
    if (!result.success) throw result.error;
    expect(result.data).toBe(valid);

    const refused = parseSafely(invalid);
    expect(refused.success).toBe(false);
    let thrown: unknown;
    try {
      parseOrderPlaced(invalid);
    } catch (error) {
      thrown = error;
    }
    const { error } = refused as { error: InvalidEventError };
    expect(error).toEqual(thrown);
    expect(error.issues).toHaveLength(2);
  });
});

test('a guard takes the valid events of its type, and narrows them', () => {
  const received: unknown[] = [valid, invalid, makeOrderDispatched(), { ...valid, id: 7 }, undefined, 'text'];
  const values: number[] = received.filter(isOrderPlaced).map(({ detail }) => detail.value);
  expect(values).toEqual([300]);
});
