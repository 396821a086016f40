import { expect, test } from '@jest/globals';
import { withLimit } from './with-limit.ts';

test('a body that never ends fails when its time is up', async () => {
  const body = withLimit(
    () => new Promise(() => {}),
    () => 5,
  );
  await expect(body()).rejects.toThrow('It takes longer than 5 ms');
});

test('a body in time gets its arguments and gives what it gives', async () => {
  const body = withLimit(
    (left, right) => `${left}${right}`,
    () => 60_000,
  );
  expect(await body('a', 'b')).toBe('ab');
});

test('a body that fails in time fails with its own error', async () => {
  const body = withLimit(
    () => Promise.reject(new Error('its own')),
    () => 60_000,
  );
  await expect(body()).rejects.toThrow('its own');
});

test.each([1, 2])(
  'tests and their tables have a limit of their own (%i)',
  async (row) => {
    expect(row).toBeGreaterThan(0);
  },
  5_000,
);
