import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Counted, countLate } from './late-orders.ts';
import type { OrderStep } from './order-step.ts';
import type { KnownOrder } from './status-table.ts';

const promised = { location: 'eu-west', withinMinutes: 15 };
const ordered = { category: 'office-supplies', location: 'eu-west-1', value: 300 };
const time = (minute: number) => `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`;
const step = (name: OrderStep['step'], minute = 0, of = ordered): OrderStep => ({
  orderId: '01890a5d-ac96-774b-bcce-000000000001',
  step: name,
  at: time(minute),
  ordered: of,
});
const count = (value: 1 | -1, dueMinute: number): Counted => ({ value, due: new Date(time(dueMinute)) });
const placed: KnownOrder = { ...ordered, placedAt: time(0) };

test('an order counts for the minute in which it is due, and its dispatch for the same one, whenever it comes', () => {
  expect(countLate(step('placed'), {}, promised)).toEqual([count(1, 15)]);
  expect(countLate(step('processed', 1), placed, promised)).toEqual([]);
  expect(countLate(step('dispatched', 59), placed, promised)).toEqual([count(-1, 15)]);
});

test.each<[string, OrderStep, KnownOrder]>([
  ['dispatched a second time', step('dispatched', 3), { ...placed, dispatchedAt: time(2) }],
  ['dispatched without being placed', step('dispatched', 3), { ...ordered, processedAt: time(2) }],
  ['placed when it is dispatched already', step('placed'), { ...ordered, dispatchedAt: time(2) }],
  ['for a location that nothing dispatches', step('placed', 0, { ...ordered, location: 'us-east-1' }), {}],
  ['for another location by its later events', step('dispatched', 3), { ...placed, location: 'us-east-1' }],
])('an order that is %s counts nothing', (_, recorded, before) => {
  expect(countLate(recorded, before, promised)).toEqual([]);
});

test('an order that turns out to be placed earlier is due earlier', () => {
  const before: KnownOrder = { ...ordered, placedAt: time(9) };
  expect(countLate(step('placed', 2), before, promised)).toEqual([count(-1, 24), count(1, 17)]);
});

test('whatever the order of the events, and however often each comes, an order counts until it is dispatched', () => {
  const arrivals = fc.array(
    fc.record({
      name: fc.constantFrom('placed', 'processed', 'dispatched' as const),
      minute: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(arrivals, (events) => {
      let known: KnownOrder = {};
      const sums = new Map<number, number>();
      for (const { name, minute } of events as { name: OrderStep['step']; minute: number }[]) {
        const at = known[`${name}At`];
        if (at !== undefined && at <= time(minute)) continue;
        for (const { value, due } of countLate(step(name, minute), known, promised)) {
          sums.set(due.getTime(), (sums.get(due.getTime()) ?? 0) + value);
        }
        known = { ...ordered, ...known, [`${name}At`]: time(minute) };
      }
      const isOpen = known.placedAt !== undefined && known.dispatchedAt === undefined;
      const due = Date.parse(known.placedAt ?? '') + 15 * 60_000;
      const open = [...sums].filter(([, sum]) => sum !== 0);
      expect(open).toEqual(isOpen ? [[due, 1]] : []);
    }),
  );
});
