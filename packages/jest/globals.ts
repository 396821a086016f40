/**
 * What tests import from `@jest/globals`: what jest-light-runner has made globals of, with the time limits for tests and hooks
 * that it doesn't have.
 */
import type * as Jest from '@jest/globals';
import { type Body, withLimit } from './with-limit.ts';

type Globals = Pick<
  typeof Jest,
  'afterAll' | 'afterEach' | 'beforeAll' | 'beforeEach' | 'describe' | 'expect' | 'jest' | 'test'
>;
type Declare = (name: string, body: Body, limitMs?: number) => void;
type Hook = (body: Body, limitMs?: number) => void;

const made = globalThis as unknown as Globals;
/** For a busy machine: a test that waits for something waits for as long as it takes, and no longer than this. */
let defaultLimitMs = 60_000;

/** How many tests and hooks run. */
let running = 0;
process.on('exit', () => {
  if (running === 0) return;
  process.stderr.write(
    'The process ends while a test runs: process.exit() is called, or nothing is left to wait for\n',
  );
  process.exitCode = 1;
});

function limited(body: Body, limitMs?: number): Body {
  const bounded = withLimit(body, () => limitMs ?? defaultLimitMs);
  return async (...args) => {
    running += 1;
    try {
      return await bounded(...args);
    } finally {
      running -= 1;
    }
  };
}

const declare =
  (test: Declare): Declare =>
  (name, body, limitMs) =>
    test(name, limited(body, limitMs));

const hook =
  (add: Hook): Hook =>
  (body, limitMs) =>
    add(limited(body, limitMs));

const { each } = made.test as unknown as { each: (...table: readonly unknown[]) => Declare };

export const test = Object.assign(declare(made.test as Declare), {
  each: (...table: readonly unknown[]) => declare(each(...table)),
  only: declare(made.test.only as Declare),
});
export const beforeAll = hook(made.beforeAll as Hook);
export const beforeEach = hook(made.beforeEach as Hook);
export const afterEach = hook(made.afterEach as Hook);
export const afterAll = hook(made.afterAll as Hook);
export const { describe, expect } = made;
export const jest = Object.assign(made.jest, {
  /** Changes the limit of all tests of the process that have none of their own, from here on. */
  setTimeout(ms: number) {
    defaultLimitMs = ms;
  },
});
