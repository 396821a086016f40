import { describe, expect, test } from '@jest/globals';
import type { Delivery, Step, Story } from '@orders/local-aws';
import { findFaults } from './demo.ts';

const makeStory = (steps: Step[], settled = true): Story => ({
  subject: 'o-1',
  settled,
  steps: steps.map((step) => ({ ...step, atMs: 0 })),
});
const event = (...deliveries: Delivery[]): Step => ({
  kind: 'event',
  id: 'e',
  detailType: 'Order Placed',
  source: 's',
  bus: 'Orders',
  deliveries,
});
const delivered: Delivery = { rule: 'R', target: 'queue q', status: 'delivered' };
const invocation = { kind: 'invocation', function: 'f' } as const;

describe('an order of the demo arrived', () => {
  test('when it is settled and nothing failed', () => {
    const steps: Step[] = [
      { kind: 'request', method: 'GET', path: '/dev', status: 202 },
      { ...invocation, status: 'succeeded' },
      event(delivered),
    ];
    expect(findFaults(makeStory(steps))).toEqual([]);
  });

  test.each<[string, Story, string]>([
    ['it is in flight', makeStory([], false), "it didn't settle"],
    ['an event went nowhere', makeStory([event()]), 'no rule matched Order Placed'],
    [
      'a delivery failed',
      makeStory([event(delivered, { ...delivered, rule: 'Broken', status: 'failed', error: 'no' })]),
      'the rule Broken to queue q: no',
    ],
    ['a function failed', makeStory([{ ...invocation, status: 'failed', error: 'no' }]), 'the invocation'],
    ['a function still runs', makeStory([{ ...invocation, status: 'running' }]), 'the invocation'],
    [
      'a workflow failed',
      makeStory([{ kind: 'execution', stateMachine: 'W', status: 'failed', states: [] }]),
      'the execution',
    ],
  ])('not when %s', (_, story, fault) => {
    expect(findFaults(story)).toEqual([expect.stringContaining(fault)]);
  });
});
