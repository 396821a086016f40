import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Chaos } from './faults/chaos.ts';
import { createFaults } from './faults/faults.ts';
import { createRetriedWork, type WorkOptions } from './retried-work.ts';
import { FakeClock, makeContext, systemIds, Trace, until } from './testing.ts';

/**
 * Work that notes what was done when, in seconds from the beginning, with faults.
 *
 * @param attempt what an attempt does, beside noting it
 */
function makeWork(
  probabilities: Chaos['probabilities'],
  { attempt = async () => {}, maxBytes }: { attempt?: () => Promise<void>; maxBytes?: number } = {},
) {
  const clock = new FakeClock();
  const trace = new Trace(clock, systemIds);
  const faults = createFaults({ seed: 7, probabilities }, trace, systemIds);
  const context = makeContext({ clock, trace, faults });
  const startedAt = clock.now();
  const done: [name: string, seconds: number][] = [];
  const givenUp: string[] = [];
  const options: WorkOptions<string> = {
    items: context.state.collection('work'),
    ...(maxBytes !== undefined && { maxBytes }),
    activity: (name) => ({ kind: 'invocation', function: name }),
    describe: (name) => name,
    place: (name) => name,
    policy: () => ({ maxRetries: 2, maxAgeMs: 1e9, delayMs: () => 10_000 }),
    async attempt({ data }) {
      done.push([data, (clock.now() - startedAt) / 1_000]);
      await attempt();
      return {};
    },
    retryOf: () => ({ retry: true }),
    giveUp({ data }, { error }) {
      givenUp.push(`${data}: ${(error as Error).message}`);
      return { outcome: {}, error: 'given up' };
    },
  };
  /** The work of another wiring, around the same items. */
  const again = () => createRetriedWork(context, options);
  const flowId = trace.newFlow();
  return { work: again(), again, flowId, done, givenUp, clock, trace };
}

describe('work is', () => {
  test('done once, at once, without faults', async () => {
    const { work, flowId, done } = makeWork({});
    work.begin('a', flowId);
    await setImmediate();
    expect(done).toEqual([['a', 0]]);
  });

  test('done twice when it is duplicated', async () => {
    const { work, flowId, done } = makeWork({ duplicate: 1 });
    work.begin('a', flowId);
    await setImmediate();
    expect(done).toEqual([
      ['a', 0],
      ['a', 0],
    ]);
  });

  test('overtaken when it is reordered', async () => {
    const { work, flowId, done, clock } = makeWork({ reorder: 1 });
    for (const name of ['a', 'b', 'c', 'd']) work.begin(name, flowId);
    expect(done).toEqual([]);
    for (let ms = 0; ms < 5_000; ms += 10) clock.advance(10);
    await setImmediate();
    const names = done.map(([name]) => name);
    expect(names).not.toEqual(['a', 'b', 'c', 'd']);
    expect(names.sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('done again when its answer is lost, and given up after its last attempt', async () => {
    const { work, flowId, done, givenUp, clock } = makeWork({ 'drop-response': 1 });
    work.begin('a', flowId);
    for (let retry = 1; retry <= 2; retry += 1) {
      await until(() => clock.timers > 0, 'a retry is scheduled');
      clock.advance(10_000);
    }
    await until(() => givenUp.length === 1, 'it was given up');
    expect(done).toEqual([
      ['a', 0],
      ['a', 10],
      ['a', 20],
    ]);
    expect(givenUp).toEqual(['a: The answer to a was lost: an injected fault']);
  });

  test('no more taken above a number of bytes, until some of it is done', async () => {
    const { work, flowId, done, clock } = makeWork({ 'drop-response': 1 }, { maxBytes: 20 });
    work.begin('a'.repeat(15), flowId);
    expect(work.full).toBeUndefined();
    work.begin('b'.repeat(15), flowId);
    expect(work.full).toBe(
      'The local run has 2 pieces of work that are under way or wait for another attempt, of 30 bytes, and takes no ' +
        'more above 20. Mend what fails, or move the time ahead: POST /_local/clock',
    );
    for (let retry = 1; retry <= 2; retry += 1) {
      await until(() => clock.timers === 2, 'the retries are scheduled');
      clock.advance(10_000);
    }
    await until(() => work.full === undefined, 'they were given up');
    expect(done).toHaveLength(6);
  });
});

describe('work that is paused', () => {
  test('ends what is under way, and leaves what comes to the next wiring, each done once', async () => {
    const gate = Promise.withResolvers<void>();
    const { work, again, flowId, done, trace, clock } = makeWork({}, { attempt: () => gate.promise });
    work.begin('under way', flowId);
    await until(() => done.length === 1, 'the first has begun');
    work.pause();
    work.begin('later', flowId);
    gate.resolve();
    await trace.idle();
    expect(done.map(([name]) => name)).toEqual(['under way']);
    work.close();
    again().resume();
    clock.advance(0);
    await until(() => trace.isSettled(flowId), 'all is done');
    expect(done.map(([name]) => name)).toEqual(['under way', 'later']);
  });

  test('leaves a retry to the next wiring, at its time', async () => {
    let failures = 1;
    const { work, again, flowId, done, trace, clock } = makeWork(
      {},
      {
        async attempt() {
          failures -= 1;
          if (failures === 0) throw new Error('no');
        },
      },
    );
    work.begin('a', flowId);
    work.pause();
    await trace.idle();
    work.close();
    clock.advance(10_000);
    expect(done).toEqual([['a', 0]]);
    again().resume();
    clock.advance(0);
    await until(() => trace.isSettled(flowId), 'it is done');
    expect(done).toEqual([
      ['a', 0],
      ['a', 10],
    ]);
  });
});
