import { describe, expect, test } from '@jest/globals';
import type { Keywords } from '@orders/schema-compatibility';
import { lostMatches } from '../../src/can-match/index.ts';
import { compilePattern, type JsonObject, parsePattern } from '../../src/index.ts';
import { eventOf, source } from './events.ts';

const detail = {
  type: 'object',
  required: ['kind', 'size'],
  properties: {
    kind: { enum: ['box', 'bag', 'tube'] },
    size: { type: 'number', minimum: 1, maximum: 9 },
    note: { type: 'string' },
  },
};
const change = (properties: Keywords, others: Keywords = {}) =>
  eventOf(source, 'Item Packed', {
    ...detail,
    ...others,
    properties: { ...detail.properties, ...properties },
  });
const before = eventOf(source, 'Item Packed', detail);

const losses = (asked: object, after: ReturnType<typeof change> | undefined) =>
  lostMatches(parsePattern(JSON.stringify({ detail: asked })), before, after);

describe('a change breaks', () => {
  test.each([
    [
      'the only value',
      { kind: ['tube'] },
      change({ kind: { enum: ['box'] } }),
      'can no longer match Item Packed',
    ],
    [
      'one of the values',
      { kind: ['tube', 'box'] },
      change({ kind: { enum: ['box'] } }),
      'can no longer match Item Packed by detail.kind is ["tube"]',
    ],
    [
      'the type',
      { size: [{ numeric: ['>', 3] }] },
      change({ size: { type: 'string' } }),
      'can no longer match Item Packed',
    ],
    ['the event', { kind: ['box'] }, undefined, 'can no longer match Item Packed'],
    [
      'one branch',
      { $or: [{ kind: ['tube'] }, { size: [3] }] },
      change({ kind: { enum: ['box'] } }),
      'can no longer match Item Packed by detail.$or[0].kind is ["tube"]',
    ],
  ])('a rule that needs %s, shown by an event that it matched', (_, asked, after, fault) => {
    const [loss, ...others] = losses(asked, after);
    expect(loss).toMatchObject({ fault, isSent: 'before' });
    expect(others).toEqual([]);
    const matches = compilePattern(parsePattern(JSON.stringify({ detail: asked })));
    expect(matches(loss?.example as JsonObject)).toBe(true);
  });

  test.each([
    ['missing', change({}, { required: ['kind'] })],
    ['null', change({ size: { type: ['number', 'null'] } })],
  ])('a rule whose field may be %s after it, shown by such an event', (may, after) => {
    expect(losses({ size: [{ numeric: ['>', 3] }] }, after)).toEqual([
      {
        fault: `misses events Item Packed, because detail.size may be ${may} after the change`,
        isSent: 'after',
        example: expect.anything(),
      },
    ]);
  });
});

test.each([
  ['allows more values', { kind: ['box'] }, change({ kind: { enum: ['box', 'bag', 'tube', 'crate'] } })],
  ['drops a value that the rule does not ask for', { kind: ['box'] }, change({ kind: { enum: ['box'] } })],
  ['adds a field', { kind: ['box'] }, change({ weight: { type: 'number' } })],
  ['may drop a field that the rule does not name', { kind: ['box'] }, change({}, { required: ['kind'] })],
  ['may drop a field that might be missing before', { note: ['a'] }, change({})],
  [
    'may drop a field that the rule takes as missing',
    { size: [{ exists: false }, 3] },
    change({}, { required: ['kind'] }),
  ],
  ['touches a rule that never matched', { kind: ['sack'] }, undefined],
])('a change that %s breaks no rule', (_, asked, after) => {
  expect(losses(asked, after)).toEqual([]);
});
