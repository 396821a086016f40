import { expect, test } from '@jest/globals';
import { stackOf } from './stack-of.ts';

test('the stack of an error has those of its causes', () => {
  const error = new Error('not sent', { cause: new TypeError('no') });
  expect(stackOf(error)).toMatch(/^Error: not sent\n {4}at .*\nCaused by TypeError: no\n {4}at /s);
});

test.each(['down', undefined, null, Object.create(null)])('what is no error has no stack: %p', (thrown) => {
  expect(stackOf(thrown)).toBeUndefined();
});
