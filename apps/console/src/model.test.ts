import { describe, expect, test } from '@jest/globals';
import { type Span, spanAt, stateOf, titleOf, whyItWaits } from './span.ts';
import { makeEvent as event, makeTrace } from './testing.ts';

describe('an order', () => {
  test('has all of a flow, from before its id was known on', () => {
    const { model, begin } = makeTrace();
    begin('f1', { kind: 'request', method: 'POST', path: '/dev/orders' });
    begin('f1', { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-1') }, { subject: 'o-1' });
    begin('f1', { kind: 'invocation', function: 'persister' });
    begin('f2', { kind: 'request', method: 'GET', path: '/dev/orders/o-1' });
    const order = model.subject('o-1');
    expect(order?.spans.map(titleOf)).toEqual(['POST /dev/orders', 'Order Placed', 'function persister']);
    expect(order).toMatchObject({ begunAt: 1_010, events: ['Order Placed'] });
  });

  test('is where its last event is, unless something runs, waits or failed', () => {
    const { model, begin, end, fail, wait } = makeTrace();
    const placed = begin(
      'f',
      { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-1') },
      { subject: 'o-1' },
    );
    const order = () => stateOf(model.subject('o-1') ?? { id: '', begunAt: 0, spans: [], events: [] });
    expect(order()).toEqual({ kind: 'running', text: 'on its way' });
    const delivery = begin(
      'f',
      { kind: 'delivery', rule: 'US', target: 'API destination partner' },
      { parentId: placed },
    );
    end(placed);
    wait(delivery, 60_000);
    expect(order()).toEqual({ kind: 'waiting', text: 'waits: US → API destination partner' });
    const why = () =>
      model.span(delivery) && whyItWaits(model.span(delivery) as Span, model.subject('o-1')?.spans ?? []);
    expect(why()).toBeUndefined();
    const attempt = begin('f', { kind: 'attempt', number: 2 }, { parentId: delivery });
    expect(order().kind).toBe('running');
    fail(attempt, '503');
    expect(order().kind).toBe('running');
    wait(delivery, 90_000);
    expect(why()).toBe('503');
    fail(delivery, '503', { queue: 'Dead' });
    expect(order()).toEqual({ kind: 'failed', text: 'failed: US → API destination partner' });
  });

  test('that failed is well again once its dead letter was delivered', () => {
    const { model, begin, end, fail } = makeTrace();
    const delivery = { kind: 'delivery', rule: 'US', target: 'API destination partner' } as const;
    const publish = (flowId: string, name: string) =>
      begin(flowId, { kind: 'event', bus: 'Orders', event: event(name, 'o-1') }, { subject: 'o-1' });
    const [placed, other] = [publish('f1', 'Order Placed'), publish('f2', 'Order Dispatched')];
    fail(begin('f1', delivery, { parentId: placed }), '503', { queue: 'Dead' });
    end(begin('f2', delivery, { parentId: other }));
    for (const span of [placed, other]) end(span);
    const order = () => stateOf(model.subject('o-1') ?? { id: '', begunAt: 0, spans: [], events: [] });
    expect(order().kind).toBe('failed');
    const again = publish('f3', 'Order Placed');
    end(begin('f3', delivery, { parentId: again }));
    end(again);
    expect(order().kind).toBe('succeeded');
  });

  test('says most of a part of the map by what failed there, else by what waits there', () => {
    const { model, begin, end, fail, wait } = makeTrace();
    const delivery = { kind: 'delivery', rule: 'US', target: 'API destination partner' } as const;
    const placed = { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-1') } as const;
    const parentId = begin('f', placed, { subject: 'o-1' });
    const [first, second] = [begin('f', delivery, { parentId }), begin('f', delivery, { parentId })];
    const at = (part: string) => spanAt(model.subject('o-1') ?? { spans: [] }, part)?.id;
    expect(at('rule US')).toBe(first);
    wait(second, 90_000);
    expect(at('API destination partner')).toBe(second);
    end(first);
    fail(second, 'no', { queue: 'Dead' });
    expect([at('rule US'), at('queue Dead'), at('bus Orders'), at('table T')]).toEqual([
      second,
      second,
      parentId,
      undefined,
    ]);
  });

  test('is found by its id, by its status, and by a field of its events', () => {
    const { model, begin, end } = makeTrace();
    end(
      begin('f', { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-77') }, { subject: 'o-77' }),
    );
    const found = (text: string) => model.search(text).length;
    expect(['', 'o-77', 'order PLACED', 'eu-west', 'us-east'].map(found)).toEqual([1, 1, 1, 1, 0]);
  });

  test('that is newer is listed before', () => {
    const { model, begin } = makeTrace();
    for (const id of ['o-1', 'o-2']) {
      begin(id, { kind: 'event', bus: 'Orders', event: event('Order Placed', id) }, { subject: id });
    }
    expect(model.subjects().map(({ id }) => id)).toEqual(['o-2', 'o-1']);
  });
});

test('the parts of the map count what reached them, and what failed there', () => {
  const { model, begin, end, fail } = makeTrace();
  end(begin('f', { kind: 'write', table: 'Orders, Others', operation: 'BatchWriteItem', item: {} }));
  const delivery = begin('f', { kind: 'delivery', rule: 'R', target: 'function f' });
  fail(delivery, 'no', { queue: 'Dead' });
  const counts = [...model.counts].map(([part, { reached, failed }]) => [part, reached, failed]);
  expect(counts).toEqual([
    ['table Orders', 1, 0],
    ['table Others', 1, 0],
    ['rule R', 1, 1],
    ['rule R→function f', 1, 0],
    ['function f', 0, 1],
    ['queue Dead', 1, 0],
    ['rule R→queue Dead', 0, 1],
  ]);
});

test('what is about no order is forgotten in time, and orders are kept', () => {
  const { model, begin } = makeTrace();
  const placed = begin(
    'order',
    { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-1') },
    { subject: 'o-1' },
  );
  const ask = (count: number) =>
    begin(`question ${count}`, { kind: 'request', method: 'GET', path: '/dev/orders/o-1' });
  const first = ask(0);
  expect(model.span(first)).toBeDefined();
  for (let count = 1; count <= 5_000; count += 1) ask(count);
  expect(model.span(first)).toBeUndefined();
  expect(model.span(placed)).toBeDefined();
});
