import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { makeEvent, makePlan } from '../../testing.ts';
import { createNearMisses } from './near-misses.ts';
import { readRulePatterns } from './rule-pattern.ts';

const source = ['com.aws.orders'];
const placed = (location: unknown) => ({ source, 'detail-type': ['Order Placed'], detail: { location } });

/** The rules of a shop: one logs every event, two take regions, one takes the rest, one what was processed. */
const shop = {
  Log: { source },
  US: placed([{ prefix: 'us-' }]),
  EU: placed([{ prefix: 'eu-west' }]),
  Rest: placed([{ 'anything-but': { prefix: ['us-', 'eu-west'] } }]),
  Processed: { source, 'detail-type': ['Order Processed'] },
};

/** The near misses of an event, as `<rule>: <sentence>`. */
function nearMisses(patterns: Record<string, object>, event: object): string[] {
  const plan = makePlan({
    aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
    aws_cloudwatch_event_rule: Object.fromEntries(
      Object.entries(patterns).map(([name, pattern]) => [
        name,
        { name, event_bus_name: 'Orders', event_pattern: JSON.stringify(pattern) },
      ]),
    ),
  });
  const rules = readRulePatterns(plan);
  const received = event as JsonObject;
  const matched = rules.filter(({ matches }) => matches(received));
  return createNearMisses(rules)(received, matched).map(({ rule, sentence }) => `${rule}: ${sentence}`);
}

const order = (location: string, changes = {}) => makeEvent({ detail: { location }, ...changes });

describe('a rule nearly matches', () => {
  test('an order for a region that only the rule for the rest takes', () => {
    expect(nearMisses(shop, order('ap-south'))).toEqual([
      'US: `detail.location` is "ap-south"; the rule wants a value that starts with "us-"',
      'EU: `detail.location` is "ap-south"; the rule wants a value that starts with "eu-west"',
    ]);
  });

  test('an event of another source that no rule takes, if the rest of it fits', () => {
    expect(nearMisses(shop, order('us-east', { source: 'com.aws.order' }))).toEqual([
      'US: `source` is "com.aws.order"; the rule wants "com.aws.orders"',
    ]);
  });

  test('only if it misses by the fewest fields', () => {
    const rules = {
      Log: { source },
      Two: { ...placed(['mars']), account: ['1'] },
      One: placed(['moon']),
    };
    expect(nearMisses(rules, order('eu'))).toEqual(['One: `detail.location` is "eu"; the rule wants "moon"']);
  });

  test('by the nearest branch of an $or', () => {
    const either = { source, detail: { kind: ['a'], $or: [{ location: ['x'] }, { size: [1] }] } };
    expect(nearMisses({ Log: { source }, either }, makeEvent({ detail: { kind: 'a', size: 2 } }))).toEqual([
      expect.stringMatching(/^either: `detail\.(location|size)` /),
    ]);
  });
});

describe('no rule nearly matches', () => {
  test.each([
    ['an order that the rule of its region takes', order('eu-west-1')],
    ['an event of another kind', order('eu-west', { 'detail-type': 'Order Dispatched' })],
    ['an event that has only what every rule wants', order('x', { 'detail-type': 'Order Lost' })],
    ['an event that has nothing in common with any rule', order('x', { source: 'a', 'detail-type': 'b' })],
  ])('%s', (_, event) => {
    expect(nearMisses(shop, event)).toEqual([]);
  });

  test('an event of a bus without rules', () => {
    expect(nearMisses({}, order('eu'))).toEqual([]);
  });
});
