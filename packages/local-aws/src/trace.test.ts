import { describe, expect, test } from '@jest/globals';
import { systemIds } from './ids.ts';
import { FakeClock, makeEvent } from './testing.ts';
import { Trace, type TraceEntry } from './trace.ts';

function makeTrace() {
  const clock = new FakeClock();
  const trace = new Trace(clock, systemIds);
  const entries: TraceEntry[] = [];
  trace.subscribe((entry) => entries.push(entry));
  return { trace, clock, entries };
}
const request = { kind: 'request', method: 'GET', path: '/dev' } as const;

describe('a span', () => {
  test('is an entry when it begins and another one when it ends, each with its time', () => {
    const { trace, clock, entries } = makeTrace();
    const [flowId, startedAt] = [trace.newFlow(), clock.now()];
    const span = trace.begin(flowId, request);
    clock.advance(5);
    span.end({ status: 202 });
    const common = { flowId, spanId: span.id };
    expect(entries).toEqual([
      { ...common, sequence: 1, at: startedAt, type: 'begun', activity: request, parentId: undefined },
      { ...common, sequence: 2, at: startedAt + 5, type: 'ended', outcome: { status: 202 } },
    ]);
    expect(trace.entriesOf(flowId)).toEqual(entries);
  });

  test('that fails says why, and which queue got what failed', () => {
    const { trace, entries } = makeTrace();
    const flowId = trace.newFlow();
    trace.begin(flowId, request).fail('broken', { queue: 'letters' });
    expect(entries.at(-1)).toMatchObject({ type: 'failed', error: 'broken', outcome: { queue: 'letters' } });
  });

  test('names the span that it is a part of', () => {
    const { trace, entries } = makeTrace();
    const flowId = trace.newFlow();
    const event = trace.begin(flowId, { kind: 'event', bus: 'Orders', event: makeEvent() });
    trace.begin(flowId, { kind: 'delivery', rule: 'R', target: 'T' }, event);
    expect(entries.at(-1)).toMatchObject({ parentId: event.id });
  });

  test('ends once', () => {
    const { trace, entries } = makeTrace();
    const flowId = trace.newFlow();
    const [span, other] = [trace.begin(flowId, request), trace.begin(flowId, request)];
    span.end();
    span.fail('too late');
    span.end();
    expect(entries.map(({ type }) => type)).toEqual(['begun', 'begun', 'ended']);
    expect(trace.isSettled(flowId)).toBe(false);
    other.end();
    expect(trace.isSettled(flowId)).toBe(true);
  });

  test('of a flow that is not known is an entry all the same', () => {
    const { trace, entries } = makeTrace();
    trace.begin('1-x', request).end();
    expect(entries).toHaveLength(2);
    expect(trace.entriesOf('1-x')).toEqual([]);
    expect(trace.isSettled('1-x')).toBe(true);
  });
});

test('a span of an earlier process is not taken for one of this process', () => {
  const clock = new FakeClock();
  const before = new Trace(clock, systemIds);
  const old = before.begin(before.newFlow(), request);
  const trace = new Trace(clock, systemIds, 1_000);
  const flowId = trace.newFlow();
  trace.begin(flowId, request);
  trace.reopen(old.id).end();
  expect(trace.isSettled(flowId)).toBe(false);
});

test('what ends as it begins is two entries', () => {
  const { trace, entries } = makeTrace();
  trace.record(trace.newFlow(), { kind: 'write', table: 'T', operation: 'PutItem', item: {} });
  expect(entries.map(({ type }) => type)).toEqual(['begun', 'ended']);
});

describe('a flow', () => {
  test("has a trace id of X-Ray's form, with the time it began", () => {
    const clock = { now: () => 0x5759e988 * 1000 + 7, after: () => () => {} };
    expect(new Trace(clock, systemIds).newFlow()).toMatch(/^1-5759e988-[0-9a-f]{24}$/);
  });

  test('is settled when every span has ended, those that another one began as well', () => {
    const { trace } = makeTrace();
    const flowId = trace.newFlow();
    expect(trace.isSettled(flowId)).toBe(true);
    const outer = trace.begin(flowId, request);
    const inner = trace.begin(flowId, { kind: 'invocation', function: 'f' });
    outer.end();
    expect(trace.isSettled(flowId)).toBe(false);
    inner.fail('broken');
    expect(trace.isSettled(flowId)).toBe(true);
  });

  test('has its own entries only', () => {
    const { trace } = makeTrace();
    const [mine, other] = [trace.newFlow(), trace.newFlow()];
    trace.begin(mine, request);
    expect(trace.entriesOf(other)).toEqual([]);
    expect(trace.isSettled(other)).toBe(true);
  });

  test.each([
    ['its id alone', (id: string) => `Root=${id}`, true],
    ['further fields', (id: string) => `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`, true],
    ['other fields first', (id: string) => `Self=1-x; Root=${id}`, true],
    ['an id that is not known', () => 'Root=1-5759e988-bd862e3fe1be46a994272793', false],
    ['another field of the id', (id: string) => `NoRoot=${id}`, false],
    ['no header', () => undefined, false],
  ])('is found by a trace header with %s', (_, header, found) => {
    const { trace } = makeTrace();
    const id = trace.newFlow();
    expect(trace.flowOf(header(id))).toBe(found ? id : undefined);
  });
});

describe('a subscriber', () => {
  test('gets each entry from its subscription on, beside all the others', () => {
    const { trace, entries } = makeTrace();
    const flowId = trace.newFlow();
    trace.record(flowId, request);
    const later: TraceEntry[] = [];
    trace.subscribe((entry) => later.push(entry));
    trace.record(flowId, request);
    expect(later.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(entries).toHaveLength(4);
  });

  test('gets nothing after it has ended its subscription', () => {
    const { trace } = makeTrace();
    const got: TraceEntry[] = [];
    const unsubscribe = trace.subscribe((entry) => got.push(entry));
    unsubscribe();
    trace.record(trace.newFlow(), request);
    expect(got).toEqual([]);
  });

  test('sees the flow as the entry leaves it', () => {
    const { trace } = makeTrace();
    const flowId = trace.newFlow();
    const seen: unknown[] = [];
    trace.subscribe(() => seen.push([trace.entriesOf(flowId).length, trace.isSettled(flowId)]));
    trace.record(flowId, request);
    expect(seen).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});

describe('beyond ten thousand flows', () => {
  const fill = (trace: Trace, count: number) => Array.from({ length: count }, () => trace.newFlow());

  test('the oldest that is settled is forgotten, and listeners learn of it', () => {
    const { trace } = makeTrace();
    const forgotten: string[] = [];
    trace.onForget((flowId) => forgotten.push(flowId));
    const [first, second] = [trace.newFlow(), trace.newFlow()];
    const span = trace.begin(first, request);
    fill(trace, 9_998);
    expect(forgotten).toEqual([]);
    const last = trace.newFlow();
    expect(forgotten).toEqual([second]);
    expect(trace.flowOf(`Root=${second}`)).toBeUndefined();
    for (const kept of [first, last]) expect(trace.flowOf(`Root=${kept}`)).toBe(kept);

    span.end();
    trace.newFlow();
    expect(forgotten).toEqual([second, first]);
    expect(trace.entriesOf(first)).toEqual([]);
  });

  test('the oldest go, too, when their events are more than the memory should hold', () => {
    const { trace } = makeTrace();
    const forgotten: string[] = [];
    trace.onForget((flowId) => forgotten.push(flowId));
    const detail = { text: 'x'.repeat(1024 * 1024) };
    const flows = Array.from({ length: 140 }, () => {
      const flowId = trace.newFlow();
      trace.record(flowId, { kind: 'event', bus: 'Orders', event: makeEvent({ detail }) });
      return flowId;
    });
    // 128 fit, less what is around their texts.
    expect(forgotten).toEqual(flows.slice(0, forgotten.length));
    expect(forgotten.length).toBeGreaterThan(10);
    expect(forgotten.length).toBeLessThan(15);
  });

  test('a new one is kept even when all the others are in flight', () => {
    const { trace } = makeTrace();
    for (const flowId of fill(trace, 10_000)) trace.begin(flowId, request);
    const last = trace.newFlow();
    expect(trace.flowOf(`Root=${last}`)).toBe(last);
  });
});
