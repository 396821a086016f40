import { describe, expect, test } from '@jest/globals';
import type { Activity, StreamedEntry } from '@orders/local-aws';
import { hasText, Model, stateOf, titleOf } from './model.ts';

const event = (detailType: string, orderId: string) => ({
  version: '0',
  id: `e-${detailType}`,
  'detail-type': detailType,
  source: 'shop',
  account: '000000000000',
  time: '2026-11-22T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { orderId, location: 'eu-west' },
});

/** Writes a trace as the local run does. */
function makeTrace() {
  const model = new Model();
  let sequence = 0;
  let at = 1_000;
  const entry = (more: object): StreamedEntry => ({ sequence, at, ...more }) as StreamedEntry;
  return {
    model,
    begin(
      flowId: string,
      activity: Activity,
      { parentId, subject }: { parentId?: number; subject?: string } = {},
    ) {
      sequence += 1;
      at += 10;
      model.apply([
        entry({ type: 'begun', flowId, spanId: sequence, activity, parentId, ...(subject && { subject }) }),
      ]);
      return sequence;
    },
    end(spanId: number, outcome = {}) {
      sequence += 1;
      at += 5;
      model.apply([entry({ type: 'ended', flowId: 'f', spanId, outcome })]);
    },
    fail(spanId: number, error: string, outcome = {}) {
      sequence += 1;
      model.apply([entry({ type: 'failed', flowId: 'f', spanId, error, outcome })]);
    },
    wait(spanId: number, until: number) {
      sequence += 1;
      model.apply([entry({ type: 'waiting', flowId: 'f', spanId, until })]);
    },
  };
}

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
    const attempt = begin('f', { kind: 'attempt', number: 2 }, { parentId: delivery });
    expect(order().kind).toBe('running');
    fail(attempt, '503');
    expect(order().kind).toBe('running');
    fail(delivery, '503', { queue: 'Dead' });
    expect(order()).toEqual({ kind: 'failed', text: 'failed: US → API destination partner' });
  });

  test('is found by its id, by its status, and by a field of its events', () => {
    const { model, begin, end } = makeTrace();
    end(
      begin('f', { kind: 'event', bus: 'Orders', event: event('Order Placed', 'o-77') }, { subject: 'o-77' }),
    );
    const found = (text: string) => model.subjects().filter((subject) => hasText(subject, text)).length;
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
    ['function f', 1, 1],
    ['queue Dead', 1, 0],
  ]);
});
