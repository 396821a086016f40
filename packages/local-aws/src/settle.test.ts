import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock, type MovableClock } from './clock.ts';
import { settle, UnsettledError } from './settle.ts';
import { systemIds, Trace } from './testing.ts';

let clock: MovableClock;
let trace: Trace;
beforeEach(() => {
  clock = createClock();
  trace = new Trace(clock, systemIds);
});
afterEach(() => clock.close());
const hour = 3_600_000;

/** Begins something that goes on each hour, so many times. */
function begin(times: number) {
  const span = trace.begin(trace.newFlow(), { kind: 'invocation', function: 'f' });
  let left = times;
  const goOn = () => {
    if (left === 0) return span.end();
    left -= 1;
    span.wait(clock.now() + hour);
    clock.after(hour, goOn, 'the function f');
  };
  goOn();
}

test('time moves until nothing is scheduled any more, and no further', async () => {
  begin(3);
  begin(20);
  const before = clock.now();
  await settle(clock, trace);
  expect(trace.unsettled().size).toBe(0);
  expect(Math.round((clock.now() - before) / hour)).toBe(20);
});

test('where nothing is under way, time stays', async () => {
  clock.after(hour, () => {}, 'something that belongs to no flow');
  await settle(clock, trace);
  expect(clock.now() - Date.now()).toBe(0);
});

test('what goes on for ever is an error that names what comes next', async () => {
  begin(Number.POSITIVE_INFINITY);
  await expect(settle(clock, trace)).rejects.toThrow(UnsettledError);
  await expect(settle(clock, trace)).rejects.toThrow(
    /don't settle within 30 days: 1-.* Next: the function f/,
  );
});

test('what waits for a call from outside is an error', async () => {
  const flowId = trace.newFlow();
  trace.begin(flowId, { kind: 'execution', stateMachine: 'W' }).wait(Number.POSITIVE_INFINITY);
  await expect(settle(clock, trace)).rejects.toThrow(`nothing is scheduled: ${flowId}. They wait for a call`);
});
