import { expect, test } from '@jest/globals';
import { foldAttempts } from './fold-attempts.ts';
import { titleOf } from './span.ts';
import { makeEvent, makeTrace } from './testing.ts';

test('a single attempt is shown unless it succeeded', () => {
  const { model, begin, end, fail } = makeTrace();
  const event = makeEvent('Order Placed', 'o-1');
  const placed = begin('f', { kind: 'event', bus: 'b', event }, { subject: 'o-1' });
  const deliver = (rule: string) => {
    const parentId = begin('f', { kind: 'delivery', rule, target: 't' }, { parentId: placed });
    return begin('f', { kind: 'attempt', number: 1 }, { parentId });
  };
  end(deliver('A'));
  fail(deliver('B'), 'no');
  const shown = foldAttempts(model.subject('o-1')?.spans ?? [], new Set());
  expect(shown.map(({ span }) => titleOf(span))).toEqual(['Order Placed', 'A → t', 'B → t', 'attempt 1']);
});

test('of many attempts of a delivery, the first and the last are shown until they are unfolded', () => {
  const { model, begin, fail } = makeTrace();
  const event = makeEvent('Order Placed', 'o-1');
  const placed = begin('f', { kind: 'event', bus: 'b', event }, { subject: 'o-1' });
  const deliver = (rule: string, attempts: number) => {
    const parentId = begin('f', { kind: 'delivery', rule, target: 't' }, { parentId: placed });
    for (let number = 1; number <= attempts; number += 1) {
      fail(begin('f', { kind: 'attempt', number }, { parentId }), 'no');
    }
    return parentId;
  };
  const many = deliver('A', 9);
  deliver('B', 3);
  const spans = model.subject('o-1')?.spans ?? [];
  const shown = foldAttempts(spans, new Set());
  expect(shown.map(({ span }) => titleOf(span))).toEqual([
    'Order Placed',
    'A → t',
    'attempt 1',
    'attempt 9',
    'B → t',
    'attempt 1',
    'attempt 2',
    'attempt 3',
  ]);
  expect(shown.map(({ folded }) => folded).filter((count) => count > 0)).toEqual([7]);
  expect(foldAttempts(spans, new Set([many]))).toHaveLength(spans.length);
});
