import { expect, test } from '@jest/globals';
import { systemIds } from './ids.ts';
import { storySteps } from './story-steps.ts';
import { FakeClock, makeEvent } from './testing.ts';
import { type Span, Trace } from './trace.ts';

/** The steps of what a test does to a flow. */
function stepsOf(act: (trace: Trace, flowId: string, clock: FakeClock) => void) {
  const clock = new FakeClock();
  const trace = new Trace(clock, systemIds);
  const flowId = trace.newFlow();
  act(trace, flowId, clock);
  return storySteps(trace.entriesOf(flowId));
}
const event = { kind: 'event', bus: 'Orders', event: makeEvent() } as const;

test('steps are in the order of their beginnings, and count from the first', () => {
  const steps = stepsOf((trace, flowId, clock) => {
    const request = trace.begin(flowId, { kind: 'request', method: 'GET', path: '/' });
    clock.advance(3);
    const invocation = trace.begin(flowId, { kind: 'invocation', function: 'f' });
    clock.advance(4);
    invocation.end();
    request.end({ status: 202 });
  });
  expect(steps).toEqual([
    { kind: 'request', method: 'GET', path: '/', status: 202, atMs: 0 },
    { kind: 'invocation', function: 'f', status: 'succeeded', atMs: 3 },
  ]);
});

test.each<[string, (span: Span) => void, object]>([
  ['runs', () => {}, { status: 'running' }],
  ['ended', (span) => span.end(), { status: 'succeeded' }],
  ['failed', (span) => span.fail('no'), { status: 'failed', error: 'no' }],
  [
    'failed, and left its event in a queue',
    (span) => span.fail('no', { queue: 'q' }),
    { status: 'failed', error: 'no', failureQueue: 'q' },
  ],
])('an invocation that %s says so', (_, act, said) => {
  const steps = stepsOf((trace, flowId) => act(trace.begin(flowId, { kind: 'invocation', function: 'f' })));
  expect(steps).toEqual([{ kind: 'invocation', function: 'f', atMs: 0, ...said }]);
});

test.each<[string, (span: Span) => void, object]>([
  ['is on its way', () => {}, { status: 'in flight' }],
  ['arrived', (span) => span.end(), { status: 'delivered' }],
  ['failed', (span) => span.fail('no'), { status: 'failed', error: 'no' }],
  [
    'failed, and is a dead letter',
    (span) => span.fail('no', { queue: 'q' }),
    { status: 'failed', error: 'no', deadLetterQueue: 'q' },
  ],
])('a delivery that %s is inside of its event', (_, act, said) => {
  const steps = stepsOf((trace, flowId) => {
    const published = trace.begin(flowId, event);
    act(trace.begin(flowId, { kind: 'delivery', rule: 'R', target: 'T' }, published));
    published.end();
  });
  const { id, source, 'detail-type': detailType } = makeEvent();
  const deliveries = [{ rule: 'R', target: 'T', ...said }];
  expect(steps).toEqual([{ kind: 'event', id, source, detailType, bus: 'Orders', deliveries, atMs: 0 }]);
});

test('the states of an execution are inside of it, and one that is retried is there again', () => {
  const steps = stepsOf((trace, flowId) => {
    const execution = trace.begin(flowId, { kind: 'execution', stateMachine: 'M' });
    const state = (name: string) => trace.begin(flowId, { kind: 'state', name }, execution);
    state('First').end();
    state('Second').fail('busy');
    state('Second').end();
    state('Third');
  });
  expect(steps).toMatchObject([
    {
      status: 'running',
      states: [
        { name: 'First', status: 'succeeded' },
        { name: 'Second', status: 'failed', error: 'busy' },
        { name: 'Second', status: 'succeeded' },
        { name: 'Third', status: 'entered' },
      ],
    },
  ]);
});

test('a write has what was written', () => {
  const write = { kind: 'write', table: 'T', operation: 'PutItem', item: { a: 1 } } as const;
  expect(stepsOf((trace, flowId) => trace.record(flowId, write))).toEqual([{ ...write, atMs: 0 }]);
});

test('an injected fault has its place', () => {
  const fault = { kind: 'fault', fault: 'throttle', place: 'AWSEvents.PutEvents in the role R' } as const;
  expect(stepsOf((trace, flowId) => trace.record(flowId, fault))).toEqual([{ ...fault, atMs: 0 }]);
});

test('a request without an answer has no status', () => {
  const steps = stepsOf((trace, flowId) =>
    trace.begin(flowId, { kind: 'request', method: 'GET', path: '/' }),
  );
  expect(steps[0]).not.toHaveProperty('status');
});

test('no entries give no steps', () => {
  expect(storySteps([])).toEqual([]);
});
