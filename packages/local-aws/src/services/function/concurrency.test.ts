import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { concurrentExecutions, quotasIn } from '../../quotas.ts';
import { makeContext } from '../../testing.ts';
import { createConcurrency } from './concurrency.ts';

/** Invocations that a process has at once, and that last until they are ended. */
function start() {
  const context = makeContext();
  const concurrency = createConcurrency(context);
  const ends: (() => void)[] = [];
  const invoke = (name: string) =>
    concurrency.run(name, async (begin) => {
      begin(Promise.resolve());
      const end = Promise.withResolvers<void>();
      ends.push(end.resolve);
      await end.promise;
    });
  const metric = (name: string, functionName?: string) =>
    context.metrics.read({
      namespace: 'AWS/Lambda',
      name,
      dimensions: functionName === undefined ? {} : { FunctionName: functionName },
    })(0, Date.now() + 60_000);
  return { context, concurrency, ends, invoke, metric };
}
const throttled = { name: 'TooManyRequestsException', status: 429 };

test('a function with reserved concurrency runs so many times at once, and no more', async () => {
  const { concurrency, ends, invoke, metric } = start();
  concurrency.reserve('f', 1);
  const first = invoke('f');
  await expect(invoke('f')).rejects.toMatchObject({
    ...throttled,
    message: 'Rate Exceeded. The function f has 1 reserved, and uses all of them',
  });
  ends[0]?.();
  await first;
  const second = invoke('f');
  ends[1]?.();
  await second;
  expect([metric('Throttles', 'f')?.sum, metric('Invocations', 'f')?.sum]).toEqual([1, 2]);
});

test('a function with nothing reserved, of which 0 are reserved, does not run at all', async () => {
  const { concurrency, invoke } = start();
  concurrency.reserve('f', 0);
  await expect(invoke('f')).rejects.toMatchObject(throttled);
  concurrency.reserve('f', undefined);
  void invoke('f');
  expect(concurrency.reservedFor('f')).toBeUndefined();
});

test('the other functions share what is not reserved', async () => {
  const { concurrency, invoke, metric } = start();
  concurrency.reserve('f', concurrency.limit - 100);
  expect(concurrency.unreserved).toBe(100);
  for (let n = 0; n < 100; n += 1) void invoke(n % 2 ? 'g' : 'h');
  await expect(invoke('g')).rejects.toMatchObject({
    ...throttled,
    message:
      'Rate Exceeded. The functions without reserved concurrency run 100 times already, all that the account leaves them',
  });
  // What is reserved is still there for its own function.
  void invoke('f');
  await setImmediate();
  expect([metric('ConcurrentExecutions', 'g')?.max, metric('ConcurrentExecutions')?.max]).toEqual([50, 101]);
});

test('a reservation that leaves the others less than 100 is refused', () => {
  const { concurrency } = start();
  expect(() => concurrency.reserve('f', 901)).toThrow(
    /below its minimum value of \[100\]\. It would be 99\./,
  );
  concurrency.reserve('f', 900);
  concurrency.reserve('f', 899);
  expect(concurrency.unreserved).toBe(101);
});

test('a raised quota leaves room for more', () => {
  const { context, concurrency } = start();
  quotasIn(context.state).raise(concurrentExecutions, 2_000);
  concurrency.reserve('f', 1_900);
  expect([concurrency.limit, concurrency.unreserved]).toEqual([2_000, 100]);
});

test('an invocation counts as one that succeeded or failed, by how long a process had it', async () => {
  const { concurrency, metric } = start();
  await concurrency.run('f', async (begin) => begin(Promise.resolve()));
  const failing = concurrency.run('f', async (begin) => {
    begin(Promise.resolve());
    throw new Error('out of stock');
  });
  await expect(failing).rejects.toThrow('out of stock');
  // It never had a process.
  const waiting = concurrency.run('f', async () => {
    throw new Error('the local run ends');
  });
  await expect(waiting).rejects.toThrow('the local run ends');
  expect(metric('Invocations', 'f')?.sum).toBe(2);
  expect([metric('Errors', 'f')?.count, metric('Errors', 'f')?.sum]).toEqual([2, 1]);
  expect(metric('Duration', 'f')?.max).toBeLessThan(1_000);
});
