import { describe, expect, test } from '@jest/globals';
import { systemIds } from './ids.ts';
import { Stories } from './stories.ts';
import { FakeClock, makeEvent } from './testing.ts';
import { Trace } from './trace.ts';

/** Stories of the orders that events name in `detail.orderId`. */
function makeStories() {
  const clock = new FakeClock();
  const trace = new Trace(clock, systemIds);
  const stories = new Stories(trace, ({ detail: { orderId } }) =>
    typeof orderId === 'string' ? orderId : undefined,
  );
  /** Puts an event about an order into a flow. */
  const tell = (flowId: string, orderId: unknown) =>
    trace.record(flowId, {
      kind: 'event',
      bus: 'Orders',
      event: makeEvent({ detail: JSON.parse(JSON.stringify({ orderId })) }),
    });
  const visit = (flowId: string, path: string) =>
    trace.record(flowId, { kind: 'request', method: 'GET', path });
  const paths = (orderId: string) =>
    stories.story(orderId)?.steps.flatMap((step) => (step.kind === 'request' ? step.path : []));
  return { clock, trace, stories, tell, visit, paths };
}
const request = { kind: 'request', method: 'GET', path: '/dev' } as const;
/** How many timers this process has. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('a story', () => {
  test('has the steps of all flows of its subject by time, and counts from the first', () => {
    const { trace, clock, stories, tell, visit } = makeStories();
    const [flow, other] = [trace.newFlow(), trace.newFlow()];
    tell(flow, 'o');
    clock.advance(5);
    tell(other, 'o');
    clock.advance(2);
    visit(flow, '/a');
    expect(stories.story('o')).toMatchObject({
      subject: 'o',
      settled: true,
      steps: [
        { kind: 'event', atMs: 0 },
        { kind: 'event', atMs: 5 },
        { kind: 'request', atMs: 7, path: '/a' },
      ],
    });
  });

  test('of one flow has the steps of that flow alone, as soon as it has settled', async () => {
    const { trace, stories, tell, visit } = makeStories();
    const begun: [string, string][] = [];
    stories.onBegin((subject, flowId) => begun.push([subject, flowId]));
    const [flow, other] = [trace.newFlow(), trace.newFlow()];
    visit(flow, '/first');
    tell(flow, 'o');
    const open = trace.begin(flow, request);
    visit(other, '/second');
    tell(other, 'o');
    expect(begun).toEqual([
      ['o', flow],
      ['o', other],
    ]);
    expect(await stories.flowSettled('o', other, 60_000)).toMatchObject({
      subject: 'o',
      settled: true,
      steps: [{ path: '/second', atMs: 0 }, { kind: 'event' }],
    });
    const first = stories.flowSettled('o', flow, 60_000);
    open.end();
    expect((await first).steps.map((step) => ('path' in step ? step.path : step.kind))).toEqual([
      '/first',
      'event',
      '/dev',
    ]);
  });

  test('has the steps from before the flow was known to be about it, and none of other subjects', () => {
    const { trace, tell, visit, paths } = makeStories();
    const [mine, others] = [trace.newFlow(), trace.newFlow()];
    visit(mine, '/mine');
    visit(others, '/others');
    tell(mine, 'o');
    tell(others, 'another');
    expect(paths('o')).toEqual(['/mine']);
  });

  test.each([undefined, 7, null])('is not begun by an event that is about nothing: %j', (orderId) => {
    const { trace, stories, tell } = makeStories();
    tell(trace.newFlow(), orderId);
    expect(stories.subjects()).toEqual([]);
  });

  test('is undefined for a subject that nothing is known of', async () => {
    const { stories } = makeStories();
    expect(stories.story('x')).toBeUndefined();
    await expect(stories.settled('x', 60_000)).resolves.toBeUndefined();
  });

  test('begins once for each flow, and again when another flow is about the same subject', () => {
    const { trace, stories, tell } = makeStories();
    const begun: string[] = [];
    stories.onBegin((subject) => begun.push(subject));
    const flow = trace.newFlow();
    for (const orderId of ['a', 'a', 'b']) tell(flow, orderId);
    tell(trace.newFlow(), 'a');
    expect(begun).toEqual(['a', 'b', 'a']);
    expect(stories.subjects()).toEqual(['a', 'b']);
  });
});

describe('settled', () => {
  test('gives the story at once when nothing is in flight', async () => {
    const { trace, stories, tell } = makeStories();
    tell(trace.newFlow(), 'o');
    await expect(stories.settled('o', 60_000)).resolves.toMatchObject({ settled: true });
  });

  test('waits until the last span of the last flow has ended, and leaves no timer', async () => {
    const before = timers();
    const { trace, stories, tell } = makeStories();
    const [flow, other] = [trace.newFlow(), trace.newFlow()];
    for (const each of [flow, other]) tell(each, 'o');
    const spans = [flow, flow, other].map((each) => trace.begin(each, request));
    let isSettled = false;
    const story = stories.settled('o', 60_000).then((settled) => {
      isSettled = true;
      return settled;
    });
    for (const span of spans) {
      await Promise.resolve();
      expect(isSettled).toBe(false);
      span.end();
    }
    await expect(story).resolves.toMatchObject({ settled: true });
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('gives the story as it is when the time is up', async () => {
    const before = timers();
    const { trace, stories, tell } = makeStories();
    const flow = trace.newFlow();
    tell(flow, 'o');
    trace.begin(flow, request);
    const story = await stories.settled('o', 1);
    expect(story).toMatchObject({ settled: false, steps: [{ kind: 'event' }, { kind: 'request' }] });
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('answers each of several that wait, and none of them for the work of other subjects', async () => {
    const { trace, stories, tell } = makeStories();
    const flow = trace.newFlow();
    tell(flow, 'o');
    const span = trace.begin(flow, request);
    const answered: string[] = [];
    const waiting = ['a', 'b'].map((name) => stories.settled('o', 60_000).then(() => answered.push(name)));
    tell(trace.newFlow(), 'another');
    await Promise.resolve();
    expect(answered).toEqual([]);
    span.end();
    await Promise.all(waiting);
    expect(answered).toEqual(['a', 'b']);
  });
});

describe('beyond the flows that a trace keeps', () => {
  test('a subject is forgotten with its last flow', () => {
    const { trace, stories, tell, visit, paths } = makeStories();
    const [old, gone] = [trace.newFlow(), trace.newFlow()];
    visit(old, '/old');
    tell(old, 'o');
    tell(gone, 'gone');
    const flows = Array.from({ length: 9_998 }, () => trace.newFlow());
    const again = flows.at(-1) ?? '';
    visit(again, '/new');
    tell(again, 'o');
    expect(stories.subjects()).toEqual(['o', 'gone']);
    trace.newFlow();
    trace.newFlow();
    expect(stories.subjects()).toEqual(['o']);
    expect(stories.story('gone')).toBeUndefined();
    expect(paths('o')).toEqual(['/new']);
  });
});
