import { expect, test } from '@jest/globals';
import { contentsOf } from './span.ts';
import { makeEvent, span } from './testing.ts';

const placed = makeEvent('Order Placed', 'o-1');
const event = span({ kind: 'event', bus: 'Orders', event: placed }, { id: 7 });
const invocation = span(
  { kind: 'invocation', function: 'f', input: '{"a":1}' },
  { id: 8, outcome: { answer: '"text' } },
);
const spanOf = (id: number) => [event, invocation].find((known) => known.id === id);

test('an invocation has its input and its output, JSON as its value and what was cut as it is', () => {
  expect(contentsOf(invocation, spanOf)).toEqual([
    { title: 'Input', value: { a: 1 } },
    { title: 'Output', value: '"text' },
  ]);
});

test('an attempt of it has the input', () => {
  expect(contentsOf(span({ kind: 'attempt', number: 1 }, { parentId: 8 }), spanOf)).toEqual([
    { title: 'Input', value: { a: 1 } },
  ]);
});

test('a delivery has the event, and what the target gets in its place', () => {
  const delivery = { kind: 'delivery', rule: 'R', target: 'queue Q' } as const;
  const whole = { title: 'The event', value: placed };
  expect(contentsOf(span(delivery, { parentId: 7 }), spanOf)).toEqual([whole]);
  expect(contentsOf(span({ ...delivery, input: '"T"' }, { parentId: 7 }), spanOf)).toEqual([
    whole,
    { title: 'What the target gets of it', value: 'T' },
  ]);
});
