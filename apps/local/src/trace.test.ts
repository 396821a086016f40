import { describe, expect, test } from '@jest/globals';
import { type Step, Trace } from './trace.ts';

const request = (path: string): Step => ({ kind: 'request', method: 'GET', path });
const paths = (steps: readonly Step[] = []) =>
  steps.map((step) => (step.kind === 'request' ? step.path : step.kind));

/** A trace with one order in one flow. */
function oneOrder(now?: () => number) {
  const trace = new Trace(now);
  const flow = trace.newFlow();
  trace.link(flow, 'o');
  return { trace, flow };
}

/** How many timers this process has. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('the story of an order', () => {
  test('has the steps of all its flows by time, and counts from the first', () => {
    let ms = 1_000;
    const { trace, flow } = oneOrder(() => ms);
    const other = trace.newFlow();
    trace.link(other, 'o');
    trace.add(flow, request('a'));
    ms = 1_005;
    trace.add(other, request('b'));
    ms = 1_007;
    trace.add(flow, request('c'));
    trace.add(flow, request('d'));
    expect(trace.order('o')).toEqual({
      orderId: 'o',
      settled: true,
      steps: [
        { ...request('a'), atMs: 0 },
        { ...request('b'), atMs: 5 },
        { ...request('c'), atMs: 7 },
        { ...request('d'), atMs: 7 },
      ],
    });
  });

  test('says later how a step ended', () => {
    const { trace, flow } = oneOrder();
    const step = trace.add(flow, { kind: 'request', method: 'GET', path: 'a', status: 0 });
    step.status = 202;
    expect(trace.order('o')?.steps).toEqual([expect.objectContaining({ status: 202 })]);
  });

  test('has the steps from before the flow was known to be about it, and none of other orders', () => {
    const trace = new Trace();
    const [mine, others] = [trace.newFlow(), trace.newFlow()];
    trace.add(mine, request('mine'));
    trace.add(others, request('others'));
    trace.link(mine, 'o');
    expect(paths(trace.order('o')?.steps)).toEqual(['mine']);
  });

  test('is undefined for an order that nothing is known of', async () => {
    expect(new Trace().order('x')).toBeUndefined();
    await expect(new Trace().settled('x', 60_000)).resolves.toBeUndefined();
  });
});

describe('settled', () => {
  test('gives the story at once when nothing is in flight', async () => {
    const { trace } = oneOrder();
    await expect(trace.settled('o', 60_000)).resolves.toMatchObject({ settled: true });
  });

  test('waits until the last work of the last flow is done, and leaves no timer', async () => {
    const before = timers();
    const { trace, flow } = oneOrder();
    const other = trace.newFlow();
    trace.link(other, 'o');
    const works = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ];
    const during = works.map(({ promise }, index) => trace.during(index === 2 ? other : flow, () => promise));
    let isSettled = false;
    const story = trace.settled('o', 60_000).then((told) => {
      isSettled = true;
      return told;
    });
    for (const [index, { resolve }] of works.entries()) {
      expect(isSettled).toBe(false);
      resolve();
      await during[index];
    }
    await expect(story).resolves.toMatchObject({ settled: true });
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('waits for work that was begun by other work', async () => {
    const { trace, flow } = oneOrder();
    const inner = Promise.withResolvers<void>();
    let begun: Promise<void> | undefined;
    await trace.during(flow, async () => {
      begun = trace.during(flow, () => inner.promise);
    });
    expect(trace.order('o')?.settled).toBe(false);
    const story = trace.settled('o', 60_000);
    inner.resolve();
    await begun;
    await expect(story).resolves.toMatchObject({ settled: true });
  });

  test('gives the story as it stands when the time is up', async () => {
    const before = timers();
    const { trace, flow } = oneOrder();
    const work = Promise.withResolvers<void>();
    trace.add(flow, request('a'));
    const during = trace.during(flow, () => work.promise);
    const story = await trace.settled('o', 1);
    expect(story).toMatchObject({ settled: false });
    expect(paths(story?.steps)).toEqual(['a']);
    expect(timers()).toBeLessThanOrEqual(before);
    work.resolve();
    await during;
  });

  test('is told to each of several that wait, and not by the work of other orders', async () => {
    const { trace, flow } = oneOrder();
    const work = Promise.withResolvers<void>();
    const during = trace.during(flow, () => work.promise);
    const told: string[] = [];
    const waiting = ['a', 'b'].map((name) => trace.settled('o', 60_000).then(() => told.push(name)));
    const other = trace.newFlow();
    trace.link(other, 'another');
    await trace.during(other, async () => {});
    expect(told).toEqual([]);
    work.resolve();
    await Promise.all([during, ...waiting]);
    expect(told).toEqual(['a', 'b']);
  });
});

describe('during', () => {
  test('gives what the work gives', async () => {
    const { trace, flow } = oneOrder();
    await expect(trace.during(flow, async () => 7)).resolves.toBe(7);
  });

  test.each<[string, () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('settles the flow when the work %s, and passes the error on', async (_, work) => {
    const { trace, flow } = oneOrder();
    await expect(trace.during(flow, work)).rejects.toThrow('broken');
    expect(trace.order('o')?.settled).toBe(true);
  });

  test('runs work of a flow that is not known, too', async () => {
    await expect(new Trace().during('1-x', async () => 7)).resolves.toBe(7);
  });
});

describe('a flow', () => {
  test("has a trace id of X-Ray's form, with the time it began", () => {
    expect(new Trace(() => 0x5759e988 * 1000 + 7).newFlow()).toMatch(/^1-5759e988-[0-9a-f]{24}$/);
  });

  test.each([
    ['its id alone', (id: string) => `Root=${id}`, true],
    ['further fields', (id: string) => `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`, true],
    ['other fields first', (id: string) => `Self=1-x; Root=${id}`, true],
    ['an id that is not known', () => 'Root=1-5759e988-bd862e3fe1be46a994272793', false],
    ['another field of the id', (id: string) => `NoRoot=${id}`, false],
    ['no header', () => undefined, false],
  ])('is found by a trace header with %s', (_, header, found) => {
    const trace = new Trace();
    const id = trace.newFlow();
    expect(trace.flowOf(header(id))).toBe(found ? id : undefined);
  });

  test('tells of its order once, and of an order that is placed again by another flow', () => {
    const trace = new Trace();
    const orders: string[] = [];
    trace.onOrder((orderId) => orders.push(orderId));
    const flow = trace.newFlow();
    for (const orderId of ['a', 'a', 'b']) trace.link(flow, orderId);
    trace.link(trace.newFlow(), 'a');
    expect(orders).toEqual(['a', 'b', 'a']);
    expect(trace.orderIds()).toEqual(['a', 'b']);
  });
});

describe('beyond ten thousand flows', () => {
  const fill = (trace: Trace, count: number) => Array.from({ length: count }, () => trace.newFlow());

  test('the oldest is forgotten with its order, and never one in flight', async () => {
    const { trace, flow } = oneOrder();
    const work = Promise.withResolvers<void>();
    const during = trace.during(flow, () => work.promise);
    const second = trace.newFlow();
    trace.link(second, 'second');
    fill(trace, 9_998);
    expect(trace.orderIds()).toEqual(['o', 'second']);

    const last = trace.newFlow();
    expect(trace.orderIds()).toEqual(['o']);
    expect(trace.order('second')).toBeUndefined();
    expect(trace.flowOf(`Root=${second}`)).toBeUndefined();
    for (const kept of [flow, last]) expect(trace.flowOf(`Root=${kept}`)).toBe(kept);

    work.resolve();
    await during;
    trace.newFlow();
    expect(trace.order('o')).toBeUndefined();
  });

  test('an order is known as long as one of its flows is', () => {
    const { trace, flow } = oneOrder();
    const again = fill(trace, 9_999).at(-1) ?? '';
    trace.link(again, 'o');
    trace.add(flow, request('old'));
    trace.add(again, request('new'));
    trace.newFlow();
    expect(paths(trace.order('o')?.steps)).toEqual(['new']);
  });

  test('a new one is kept even when all the others are in flight', async () => {
    const trace = new Trace();
    const work = Promise.withResolvers<void>();
    const during = fill(trace, 10_000).map((flow) => trace.during(flow, () => work.promise));
    const last = trace.newFlow();
    expect(trace.flowOf(`Root=${last}`)).toBe(last);
    work.resolve();
    await Promise.all(during);
  });
});
