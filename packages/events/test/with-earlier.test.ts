import { describe, expect, test } from '@jest/globals';
import { createAjv } from '@orders/schema-compatibility';
import { type EventBridgeEvent, InvalidEventError, withEarlier } from '../src/index.ts';
import { createParser } from '../src/parser.ts';
import { makeOrderPlaced } from '../src/testing.ts';
import { parseEvent } from '../src/validate.ts';
import type { Validator } from '../src/validator.ts';

/** An event of a contract of its own, because no event of today replaces another. */
function parserOf<DetailType extends string, Detail>(detailType: DetailType, properties: object) {
  const ajv = createAjv({ strict: false, allErrors: true });
  const schema = { type: 'object', required: Object.keys(properties), properties };
  const contract = { detailType, isDetail: ajv.compile(schema) as Validator, allowed: {} };
  return createParser((value) => parseEvent<EventBridgeEvent<DetailType, Detail>>(contract, value));
}

const number = { type: 'number' };
const parseV1 = parserOf<'Parcel Sent', { grams: number }>('Parcel Sent', { grams: number });
const parseV2 = parserOf<'Parcel Sent v2', { kilograms: number }>('Parcel Sent v2', { kilograms: number });
const parseV3 = parserOf<'Parcel Sent v3', { weight: { kilograms: number } }>('Parcel Sent v3', {
  weight: { type: 'object', required: ['kilograms'], properties: { kilograms: number } },
});
const parseUpToV2 = withEarlier(parseV2, parseV1, (event) => ({
  ...event,
  'detail-type': 'Parcel Sent v2',
  detail: { kilograms: event.detail.grams / 1000 },
}));
const parse = withEarlier(parseV3, parseUpToV2, (event) => ({
  ...event,
  'detail-type': 'Parcel Sent v3',
  detail: { weight: event.detail },
}));

const event = (detailType: string, detail: unknown) => ({
  ...makeOrderPlaced(),
  id: '1',
  'detail-type': detailType,
  detail,
});
const issuesOf = (value: unknown) => {
  const { issues = [] } = parse['~standard'].validate(value);
  return issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
};

describe('withEarlier', () => {
  const today = event('Parcel Sent v3', { weight: { kilograms: 2 } });

  test.each([
    ['the first', event('Parcel Sent', { grams: 2000 })],
    ['the second', event('Parcel Sent v2', { kilograms: 2 })],
    ["today's", today],
  ])('gives an event of today for %s version, and keeps its envelope', (_, received) => {
    const parsed = parse(received);
    const kilograms: number = parsed.detail.weight.kilograms;
    expect(kilograms).toBe(2);
    expect(parsed).toEqual(today);
  });

  test("leaves today's event as it is", () => {
    expect(parse(today)).toBe(today);
  });

  test.each([
    ['the first', event('Parcel Sent', { grams: 'many' }), 'detail/grams: received "many"'],
    ['the second', event('Parcel Sent v2', {}), 'detail/kilograms: received nothing'],
    ["today's", event('Parcel Sent v3', { weight: 7 }), 'detail/weight: received 7'],
  ])('reports the faults of %s version as that version has them', (_, received, message) => {
    expect(issuesOf(received)).toEqual([expect.stringContaining(message)]);
  });

  test("asks for today's event when it gets another", () => {
    expect(issuesOf(event('Parcel Lost', {}))).toContain(
      'detail-type: received "Parcel Lost", allowed is "Parcel Sent v3"',
    );
    expect(issuesOf(undefined)).toHaveLength(1);
  });

  test('checks what the upcast makes', () => {
    const broken = withEarlier(parseV2, parseV1, (earlier) => ({
      ...earlier,
      'detail-type': 'Parcel Sent v2',
      detail: { kilograms: undefined as unknown as number },
    }));
    expect(() => broken(event('Parcel Sent', { grams: 1 }))).toThrow(InvalidEventError);
    const throwing = withEarlier(parseV2, parseV1, () => {
      throw new Error('no such thing');
    });
    expect(() => throwing(event('Parcel Sent', { grams: 1 }))).toThrow('no such thing');
  });
});
