import { describe, expect, test } from '@jest/globals';
import { FakeClock, systemIds, Trace } from '../testing.ts';
import type { Chaos } from './chaos.ts';
import { createFaults } from './faults.ts';
import { faultyDispatch } from './faulty-dispatch.ts';
import { createFunctionCrashes } from './function-crashes.ts';

const roleArn = 'arn:aws:iam::000000000000:role/persister';

function makeDoor(probabilities: Chaos['probabilities'], seed = 7) {
  const trace = new Trace(new FakeClock(), systemIds);
  const faults = createFaults({ seed, probabilities }, trace, systemIds);
  const crashes = createFunctionCrashes(faults);
  const flowId = trace.newFlow();
  let carriedOut = 0;
  const dispatch = faultyDispatch(
    async () => {
      carriedOut += 1;
      return { done: true };
    },
    faults,
    crashes,
  );
  const call = (caller: { roleArn?: string; invocationId?: string } = { roleArn }) =>
    dispatch(
      'AWSEvents.PutEvents',
      {},
      { roleArn: undefined, flowId, ...caller },
      {
        headers: {},
        body: Buffer.from(''),
      },
    );
  const injected = () =>
    trace
      .entriesOf(flowId)
      .flatMap((entry) =>
        entry.type === 'begun' && entry.activity.kind === 'fault' ? [entry.activity] : [],
      );
  return { call, crashes, flowId, injected, carriedOut: () => carriedOut };
}

describe('a call of what runs in the stack', () => {
  test('that is throttled is an error that SDKs try again, and nothing is done', async () => {
    const { call, injected, carriedOut } = makeDoor({ throttle: 1 });
    await expect(call()).rejects.toMatchObject({ name: 'ThrottlingException', status: 400 });
    expect(carriedOut()).toBe(0);
    expect(injected()).toEqual([
      { kind: 'fault', fault: 'throttle', place: 'AWSEvents.PutEvents in the role persister' },
    ]);
  });

  test('whose answer is lost is carried out', async () => {
    const { call, carriedOut } = makeDoor({ 'drop-response': 1 });
    await expect(call()).rejects.toMatchObject({ name: 'LostAnswerError' });
    expect(carriedOut()).toBe(1);
  });
});

test('a call of a developer has no faults', async () => {
  const { call, injected } = makeDoor({ throttle: 1, 'drop-response': 1 });
  await expect(call({})).resolves.toEqual({ done: true });
  expect(injected()).toEqual([]);
});

describe('a function that crashes', () => {
  /** Runs a function that makes one call, with a seed for each moment at which it can be killed. */
  async function run(seed: number) {
    const { call, crashes, flowId, injected, carriedOut } = makeDoor({ 'function-crash': 1 }, seed);
    const killed = Promise.withResolvers<never>();
    let ran = false;
    const process = {
      crash: () => {
        const error = new Error('killed');
        killed.reject(error);
        return error;
      },
    };
    const work = async (invocationId: string) => {
      ran = true;
      await Promise.race([call({ roleArn, invocationId }), killed.promise]);
      return 'an answer';
    };
    const outcome = await crashes
      .run({ flowId, place: 'the function f', process }, work)
      .catch((error: Error) => error.name);
    killed.promise.catch(() => {});
    const place = injected()[0]?.place ?? '';
    return { outcome, ran, carriedOut: carriedOut(), moment: place.replace('the function f, ', '') };
  }

  test('does so before it runs, around its first call, or when it has answered', async () => {
    const seen = new Map<string, { carriedOut: number }>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const { outcome, moment, carriedOut } = await run(seed);
      expect(outcome).not.toBe('an answer');
      seen.set(moment, { carriedOut });
    }
    expect([...seen].sort()).toEqual([
      ['after its call AWSEvents.PutEvents', { carriedOut: 1 }],
      ['after its handler', { carriedOut: 1 }],
      ['before its call AWSEvents.PutEvents', { carriedOut: 0 }],
      ['before its handler', expect.anything()],
    ]);
  });
});
