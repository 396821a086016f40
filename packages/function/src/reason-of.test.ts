import { expect, test } from '@jest/globals';
import { reasonOf } from './reason-of.ts';

test.each<[string, unknown, string]>([
  ['an error', new TypeError('fetch failed'), 'TypeError: fetch failed'],
  [
    'an error with a cause',
    new Error('Request aborted', { cause: new RangeError('too late') }),
    'Error: Request aborted: RangeError: too late',
  ],
  [
    'an error whose message has its cause',
    new Error('not sent: too late', { cause: new RangeError('too late') }),
    'Error: not sent: too late',
  ],
  ['a string', 'down', "'down'"],
  ['nothing', undefined, 'undefined'],
  ['an object that has no text', Object.create(null), '[Object: null prototype] {}'],
])('the reason is the text of %s', (_, thrown, reason) => {
  expect(reasonOf(thrown)).toBe(reason);
});
