import { expect, test } from '@jest/globals';
import { createState } from './state/state.ts';
import { Stories } from './stories.ts';
import { FakeClock, makeEvent, systemIds, until } from './testing.ts';
import { Trace } from './trace.ts';
import { keepHistory } from './trace-history.ts';

const request = { kind: 'request', method: 'GET', path: '/dev' } as const;
const delivery = { kind: 'delivery', rule: 'R', target: 'T' } as const;
const attempt = (number: number) => ({ kind: 'attempt', number }) as const;

/** Starts a process, as far as the trace is concerned, around a state. */
function startProcess(state = createState(), before = 0) {
  const trace = new Trace(new FakeClock(), systemIds, before);
  const history = keepHistory(trace, state);
  return { trace, history, state };
}

test('an order of an earlier process has its story, and what was under way goes on in it', async () => {
  const first = startProcess();
  const flowId = first.trace.newFlow();
  const asked = first.trace.begin(flowId, request);
  const event = first.trace.begin(flowId, { kind: 'event', bus: 'Orders', event: makeEvent() });
  const delivered = first.trace.begin(flowId, delivery, event);
  event.end();
  first.trace.begin(flowId, attempt(1), delivered).fail('503');
  delivered.wait(Number.POSITIVE_INFINITY);
  first.history.close();

  const { trace, history } = startProcess(first.state, 1_000);
  expect(trace.entriesOf(flowId)).toEqual(first.trace.entriesOf(flowId));
  expect(trace.flowOf(`Root=${flowId}`)).toBe(flowId);
  const again = trace.reopen(delivered.id);
  history.begin();
  const stories = new Stories(trace, () => 'o-1');
  expect(trace.isSettled(flowId)).toBe(false);
  trace.begin(flowId, attempt(2), again).end();
  again.end();
  expect(trace.entriesOf(flowId).filter(({ spanId }) => spanId === asked.id)).toMatchObject([
    { type: 'begun' },
    { type: 'failed', error: expect.stringContaining('ended before this did') },
  ]);
  expect(stories.story('o-1')).toMatchObject({
    settled: true,
    steps: [
      { kind: 'request' },
      { kind: 'event', deliveries: [{ rule: 'R', status: 'delivered', attempts: 2 }] },
    ],
  });
  await trace.idle();
});

test('what changed is written while the process runs, and nothing of a flow that is forgotten', async () => {
  const { trace, state } = startProcess();
  const [old, kept] = [trace.newFlow(), trace.newFlow()];
  for (const flowId of [old, kept]) trace.record(flowId, request);
  const written = state.collection<unknown>('trace');
  await until(() => [...written.keys()].join() === [old, kept].join(), 'the flows are written');
  for (let count = 0; count < 9_999; count += 1) trace.newFlow();
  expect([...written.keys()]).toEqual([kept]);
});

test('the flows on disk are the newest thousand', () => {
  const { trace, history, state } = startProcess();
  const flows = Array.from({ length: 1_010 }, () => {
    const flowId = trace.newFlow();
    trace.record(flowId, request);
    return flowId;
  });
  trace.record('1-unknown', request);
  history.close();
  expect([...state.collection<unknown>('trace').keys()]).toEqual(flows.slice(10));
});
