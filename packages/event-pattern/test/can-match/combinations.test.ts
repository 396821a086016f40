import { describe, expect, test } from '@jest/globals';
import type { Keywords } from '@orders/schema-compatibility';
import { eventOf, faults } from './events.ts';

describe('fields that are each possible, but not together', () => {
  const parcel = {
    oneOf: [
      { properties: { by: { const: 'air' }, flight: { type: 'string' } }, required: ['by', 'flight'] },
      { properties: { by: { const: 'sea' }, ship: { type: 'string' } }, required: ['by', 'ship'] },
    ],
  };
  const event = eventOf('test', 'Parcel Sent', { type: 'object', ...parcel });

  test.each([
    ['by air, with a flight', { by: ['air'], flight: [{ prefix: 'LH' }] }],
    ['by sea, with a ship', { by: ['sea'], ship: ['Ever Given'] }],
    ['by either', { by: ['sea', 'air'] }],
    ['by air, with a flight if there is one', { by: ['air'], flight: [{ exists: false }, { prefix: 'LH' }] }],
    ['by sea, without a flight', { by: ['sea'], flight: [{ exists: false }] }],
    [
      'either by $or',
      {
        $or: [
          { by: ['sea'], ship: ['a'] },
          { by: ['air'], flight: ['b'] },
        ],
      },
    ],
  ])('%s passes', (_, detail) => {
    expect(faults({ detail }, [event])).toEqual([]);
  });

  test.each([
    ['by air, without a flight', { by: ['air'], flight: [{ exists: false }] }],
    ['neither flight nor ship', { flight: [{ exists: false }], ship: [{ exists: false }] }],
  ])('%s can never match', (_, detail) => {
    expect(faults({ detail }, [event])).toEqual([
      expect.stringMatching(
        /^can never match: no event matches all of its fields: not Parcel Sent, because detail\.\w+ is \[.*\], and detail\./,
      ),
    ]);
  });

  test('a branch of $or that contradicts itself is refused', () => {
    const detail = { $or: [{ by: ['air'] }, { by: ['sea'], ship: [{ exists: false }] }] };
    expect(faults({ detail }, [event])).toEqual([
      'has a branch that can never match: detail.$or[1] matches no event: not Parcel Sent, because ' +
        'detail.$or[1].by is ["sea"], and detail.$or[1].ship is [{"exists":false}]',
    ]);
  });

  test('fields of an array have to match in the same element', () => {
    const lines = (items: Keywords) => [
      eventOf('test', 'Test', { type: 'object', properties: { lines: { type: 'array', items } } }),
    ];
    const line = (sku: string, count: number) => ({
      properties: { sku: { const: sku }, count: { const: count } },
    });
    const items = { type: 'object', anyOf: [line('a', 1), line('b', 2)] };
    expect(faults({ detail: { lines: { sku: ['a'], count: [1] } } }, lines(items))).toEqual([]);
    expect(faults({ detail: { lines: { sku: ['a'], count: [2] } } }, lines(items))).toEqual([
      expect.stringContaining('can never match: no event matches all of its fields'),
    ]);
  });

  test('a field that is missing from one element may be present in another, which is undecided', () => {
    const items = { type: 'object', properties: { sku: { type: 'string' }, count: { type: 'number' } } };
    const lines = (others: Keywords) => [
      eventOf('test', 'Test', {
        type: 'object',
        properties: { lines: { type: 'array', items, ...others } },
      }),
    ];
    const detail = { lines: { count: [1], sku: [{ exists: false }] } };
    expect(faults({ detail }, lines({}))).toEqual([]);
    expect(faults({ detail }, lines({ contains: { required: ['sku'] } }))).toEqual([
      expect.stringContaining('is undecided at'),
    ]);
  });

  test('an event that the schemas accept, and the matcher does not, is no proof', () => {
    const line = (count: number, sku: string) => ({
      required: ['count', 'sku'],
      properties: { count: { const: count }, sku: { const: sku } },
    });
    const items = { type: 'object', anyOf: [line(1, 'a'), line(2, 'b')] };
    const event = eventOf('test', 'Test', {
      type: 'object',
      properties: { lines: { type: 'array', items } },
    });
    const detail = { lines: { count: [1], sku: ['b', { exists: false }] } };
    expect(faults({ detail }, [event])).toEqual([expect.stringContaining('is undecided at')]);
  });

  test('fields that are undecided only together are refused', () => {
    const rest = { type: 'string', pattern: '^(?!other$)[a-z]+$', maxLength: 5 };
    const odd = eventOf('test', 'Test', {
      type: 'object',
      required: ['x'],
      anyOf: [
        { properties: { x: { const: 'others' }, y: { const: 1 } }, required: ['y'] },
        { properties: { x: rest, y: { const: 2 } }, required: ['y'] },
      ],
    });
    expect(faults({ detail: { x: ['others'], y: [1] } }, [odd])).toEqual([]);
    expect(faults({ detail: { x: [{ prefix: 'other' }], y: [2] } }, [odd])).toEqual([
      expect.stringContaining(
        'undecided at "pattern" of $.detail.x whether it can match: all of its fields at once',
      ),
    ]);
  });
});

test('a branch of $or that matches no event is refused, though each of its fields is possible', () => {
  const one = eventOf('test', 'One', { type: 'object', properties: { a: { const: 1 } } });
  const two = eventOf('test', 'Two', {
    type: 'object',
    properties: { b: { const: 1 }, c: { const: 1 } },
  });
  const pattern = { detail: { b: [1], $or: [{ c: [1] }, { a: [1] }] } };
  expect(faults(pattern, [one, two])).toEqual([
    'has a branch that can never match: detail.$or[1] matches no event: ' +
      'not One, because detail.b is [1]; not Two, because detail.$or[1].a is [1]',
  ]);
});

test('a pattern with the source of one event and the detail-type of another is refused', () => {
  const events = [eventOf('a', 'One', {}), eventOf('b', 'Two', {})];
  expect(faults({ source: ['a'], 'detail-type': ['Two'] }, events)).toEqual([
    'can never match: no event matches all of its fields: ' +
      'not One, because detail-type is ["Two"]; not Two, because source is ["a"]',
  ]);
});
