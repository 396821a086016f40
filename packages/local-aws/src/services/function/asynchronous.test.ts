import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import { createClock, type MovableClock } from '../../clock.ts';
import { systemIds } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { makeContext, stepsOf } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import { Queue } from '../queue/queue.ts';
import { queueDefaults } from '../queue/queue-config.ts';
import { createAsynchronousInvocations } from './asynchronous.ts';
import { FunctionError } from './function-error.ts';

let clock: MovableClock;
afterEach(() => clock.close());
const minutes = 60_000;

/** A function `f` that answers as a test says, and its on-failure queue. */
function makeFunction(config: { maxRetries?: number; maxAgeMs?: number; withoutQueue?: true } = {}) {
  clock = createClock();
  const context = makeContext({ clock, trace: new Trace(clock, systemIds) });
  const queue = new Queue(
    { ...queueDefaults, name: 'failures', arn: 'arn:queue', url: 'http://here/0/failures' },
    { messages: new Map(), facts: new Map(), clock, ids: systemIds, find: () => undefined },
  );
  const { maxRetries = 2, maxAgeMs = 360 * minutes, withoutQueue } = config;
  const runs: { requestId: string; at: number }[] = [];
  const startedAt = clock.now();
  let failures = 0;
  let refusals = 0;
  const target = {
    name: 'f',
    arn: 'arn:f',
    asynchronous: { maxRetries, maxAgeMs, onFailure: withoutQueue ? undefined : queue },
    async run(requestId: string, _payload: unknown, _flowId: string, onOver: (result: unknown) => void) {
      runs.push({ requestId, at: Math.round((clock.now() - startedAt) / minutes) });
      if (runs.length <= refusals) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.');
      if (runs.length <= failures) throw new FunctionError('RangeError', 'too far', ['RangeError: too far']);
      onOver({ ran: runs.length });
    },
  };
  const work = createAsynchronousInvocations((arn) => (arn === 'arn:f' ? target : undefined), context);
  const invoke = async (functionArn = 'arn:f') => {
    const flowId = context.trace.newFlow();
    work.begin({ functionArn, requestId: 'request', payload: { id: 'e-1' } }, flowId);
    await clock.advance(24 * 60 * minutes, () => context.trace.idle());
    return stepsOf(context.trace, flowId);
  };
  const records = async () =>
    (await queue.receive({ max: 10, visibilityTimeoutMs: 0, waitMs: 0 })).map(
      ({ body }) => JSON.parse(body) as JsonObject,
    );
  const fail = (times: number) => {
    failures = times;
  };
  const refuse = (times: number) => {
    refusals = times;
  };
  return { invoke, records, fail, refuse, runs, context };
}

describe('an asynchronous invocation', () => {
  test('shows its payload, and what the handler gave in the end', async () => {
    const { invoke, fail, context } = makeFunction();
    fail(1);
    await invoke();
    const entries = [...context.trace.entries()];
    const activities = entries.flatMap((entry) => (entry.type === 'begun' ? [entry.activity] : []));
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'invocation', input: '{"id":"e-1"}' }));
    expect(entries.at(-1)).toMatchObject({ type: 'ended', outcome: { answer: '{"ran":2}' } });
  });

  test('that succeeds runs once', async () => {
    const { invoke, runs, records, context } = makeFunction();
    expect(await invoke()).toEqual([{ kind: 'invocation', function: 'f', status: 'succeeded', atMs: 0 }]);
    expect(runs).toHaveLength(1);
    expect([await records(), context.failures]).toEqual([[], []]);
  });

  test('that fails runs again after one minute, and after two more, with the same request id', async () => {
    const { invoke, fail, runs, records } = makeFunction();
    fail(2);
    expect(await invoke()).toMatchObject([{ status: 'succeeded', attempts: 3 }]);
    expect(runs).toEqual([
      { requestId: 'request', at: 0 },
      { requestId: 'request', at: 1 },
      { requestId: 'request', at: 3 },
    ]);
    expect(await records()).toEqual([]);
  });

  test('that fails to the end leaves a record in its queue', async () => {
    const { invoke, fail, records, context } = makeFunction();
    fail(3);
    expect(await invoke()).toMatchObject([
      { status: 'failed', attempts: 3, error: 'RangeError: too far', failureQueue: 'failures' },
    ]);
    expect(await records()).toMatchObject([
      {
        requestContext: { requestId: 'request', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
        requestPayload: { id: 'e-1' },
        responsePayload: { errorType: 'RangeError', errorMessage: 'too far', trace: ['RangeError: too far'] },
      },
    ]);
    expect(context.failures).toEqual([
      'The function f failed for the event e-1 in 3 attempts. RangeError: too far. The event is in the queue failures',
    ]);
  });

  test.each([0, 1])(
    "is tried again as often as its function's configuration says: %d",
    async (maxRetries) => {
      const { invoke, fail, runs, records } = makeFunction({ maxRetries });
      fail(9);
      await invoke();
      expect(runs).toHaveLength(maxRetries + 1);
      expect(await records()).toMatchObject([{ requestContext: { approximateInvokeCount: maxRetries + 1 } }]);
    },
  );

  test('that finds no room waits for it, as long as it is not too old, and that is no failure', async () => {
    const { invoke, refuse, runs, records } = makeFunction({ maxRetries: 0 });
    refuse(20);
    expect(await invoke()).toMatchObject([{ status: 'succeeded' }]);
    expect(runs).toHaveLength(21);
    // Never more than five minutes apart.
    const pauses = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5);
    expect(await records()).toEqual([]);
  });

  test('that finds no room until it is too old is given up', async () => {
    const { invoke, refuse, records } = makeFunction({ maxAgeMs: 60 * minutes });
    refuse(1_000);
    await invoke();
    expect(await records()).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });

  test('that is too old is not tried again', async () => {
    const { invoke, fail, runs, records } = makeFunction({ maxAgeMs: 2 * minutes });
    fail(9);
    await invoke();
    expect(runs.map(({ at }) => at)).toEqual([0, 1]);
    expect(await records()).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });

  test('that is given up without a queue is reported as lost', async () => {
    const { invoke, fail, context } = makeFunction({ withoutQueue: true });
    fail(9);
    await invoke();
    expect(context.failures).toEqual([
      expect.stringMatching(/The event is lost: the function has no destination/),
    ]);
  });

  test('of a function that is gone is reported, and not tried again', async () => {
    const { invoke, context } = makeFunction();
    expect(await invoke('arn:gone')).toMatchObject([{ status: 'failed' }]);
    expect(context.failures).toEqual([
      expect.stringMatching(/The function arn:gone failed .*The function is gone/),
    ]);
  });
});
