import { describe, expect, test } from '@jest/globals';
import { createLocalApi } from '../local-api.ts';
import { FakeClock, systemIds, Trace } from '../testing.ts';
import type { Chaos } from './chaos.ts';
import { faultRoutes } from './fault-routes.ts';
import { createFaults } from './faults.ts';

function makeFaults(chaos?: Chaos) {
  const trace = new Trace(new FakeClock(), systemIds);
  const faults = createFaults(chaos, trace, systemIds);
  const begin = (cause?: string) => {
    const flowId = trace.newFlow();
    if (cause !== undefined) faults.nameFlow(flowId, cause);
    return flowId;
  };
  return { trace, faults, begin };
}
const half = { duplicate: 0.5, throttle: 0.5 };
const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, n) => make(n));

describe('faults that are changed while the system runs', () => {
  test('happen from then on, and no more when they are taken back', () => {
    const { faults, begin } = makeFaults();
    const strikes = () => faults.inject('throttle', begin('an order'), 'a place') !== undefined;
    expect(strikes()).toBe(false);
    faults.change({ throttle: 1 });
    expect([strikes(), faults.current()]).toEqual([true, { seed: 0, probabilities: { throttle: 1 } }]);
    faults.change({});
    expect(strikes()).toBe(false);
  });

  test('are changed by the local API, which says what there is and what is allowed', async () => {
    const { faults } = makeFaults();
    const api = createLocalApi(faultRoutes(faults));
    const ask = async (method: string, body = '') => {
      const path = '/_local/faults';
      const request = { method, path, rawQueryString: '', headers: {}, sourceIp: '127.0.0.1' };
      const response = await api({ ...request, body: Buffer.from(body) });
      return [response?.status, JSON.parse(response?.body.toString() ?? '')];
    };
    expect(await ask('POST', '{"probabilities": {"reorder": 0.5}}')).toMatchObject([200, {}]);
    expect(await ask('GET')).toMatchObject([
      200,
      { probabilities: { reorder: 0.5 }, kinds: { reorder: expect.stringContaining('late') } },
    ]);
    for (const body of [
      '',
      '{}',
      '{"probabilities": {"x": 1}}',
      '{"probabilities": {"reorder": 2}}',
      '{"probabilities": {}, "seed": 1}',
    ]) {
      expect(await ask('POST', body)).toMatchObject([400, { message: expect.stringContaining('reorder') }]);
    }
    expect(faults.current().probabilities).toEqual({ reorder: 0.5 });
  });
});

test('equal causes are told apart by their order, of as many causes as are remembered', () => {
  const trace = new Trace(new FakeClock(), systemIds);
  const faults = createFaults({ seed: 7, probabilities: half }, trace, systemIds, 2);
  const idOf = (cause: string) => {
    const flowId = trace.newFlow();
    faults.nameFlow(flowId, cause);
    return faults.stableId(flowId, 'a place');
  };
  const [first, second] = [idOf('a'), idOf('a')];
  expect(second).not.toBe(first);
  idOf('b');
  const third = idOf('a');
  expect([first, second]).not.toContain(third);
  // The cause "b" is the one that came longest ago.
  idOf('c');
  expect([first, second, third]).not.toContain(idOf('a'));
  idOf('d');
  idOf('e');
  expect(idOf('a')).toBe(first);
});

describe('a fault', () => {
  test('happens as often as its probability says, and is in the trace when it does', () => {
    const { faults, begin, trace } = makeFaults({ seed: 7, probabilities: { duplicate: 0.2 } });
    const flows = times(2_000, (n) => begin(`order ${n}`));
    const struck = flows.filter((flowId) => faults.inject('duplicate', flowId, 'a place') !== undefined);
    expect(struck.length).toBeGreaterThan(340);
    expect(struck.length).toBeLessThan(460);
    expect(flows.filter((flowId) => faults.inject('throttle', flowId, 'a place') !== undefined)).toEqual([]);
    expect(flows.filter((flowId) => trace.entriesOf(flowId).length > 0)).toEqual(struck);
    expect(trace.entriesOf(struck[0] ?? '')[0]).toMatchObject({
      activity: { kind: 'fault', fault: 'duplicate', place: 'a place' },
    });
  });

  test.each([
    ['never with 0', 0, 0],
    ['always with 1', 1, 100],
  ])('happens %s', (_, probability, count) => {
    const { faults, begin } = makeFaults({ seed: 7, probabilities: { throttle: probability } });
    const decided = times(100, () => faults.inject('throttle', begin(), 'a place'));
    expect(decided.filter((each) => each !== undefined)).toHaveLength(count);
  });

  test('never happens without a chaos, where ids are random', () => {
    const { faults, begin } = makeFaults();
    expect(times(100, () => faults.inject('throttle', begin(), 'a place'))).toEqual(
      times(100, () => undefined),
    );
    const flowId = begin();
    expect(new Set(times(10, () => faults.stableId(flowId, 'a place'))).size).toBe(10);
  });
});

describe('the same seed', () => {
  const places = ['first place', 'second place'] as const;
  /** What is decided for each cause, asked for in an order of one's own. */
  function decisions(seed: number, causes: readonly string[]) {
    const { faults, begin } = makeFaults({ seed, probabilities: half });
    const flows = causes.map((cause) => [cause, begin(cause)] as const);
    const decided: Record<string, unknown> = {};
    for (const place of causes[0] === 'a' ? places : [...places].reverse()) {
      for (const [cause, flowId] of flows) {
        const each = times(20, () => faults.decide('throttle', flowId, place));
        decided[`${cause} ${place}`] = [...each, faults.stableId(flowId, place)];
      }
    }
    return decided;
  }

  test('decides the same, in whatever order things are done', () => {
    expect(decisions(7, ['a', 'b', 'c'])).toEqual(decisions(7, ['c', 'b', 'a']));
  });

  test('decides otherwise than another seed', () => {
    expect(decisions(7, ['a', 'b'])).not.toEqual(decisions(8, ['a', 'b']));
  });

  test('tells apart flows of the same cause, and flows without one, by their order', () => {
    const run = (cause?: string) => {
      const { faults, begin } = makeFaults({ seed: 7, probabilities: half });
      return times(20, () => faults.decide('throttle', begin(cause), 'a place'));
    };
    expect(run('a')).toEqual(run('a'));
    expect(run()).toEqual(run());
    expect(new Set(run('a')).size).toBeGreaterThan(5);
  });
});
