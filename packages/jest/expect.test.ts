/** `expect` is patched, so Node.js's own assertions judge it here. */
import assert from 'node:assert/strict';
import { expect, test } from '@jest/globals';

const thrown = () => Promise.reject(new Error('no'));
const expectations: [name: string, right: () => unknown, wrong: () => unknown, message: string][] = [
  ['a value', () => expect(1).toBe(1), () => expect(1).toBe(2), 'Expected: 2'],
  ['not a value', () => expect(1).not.toBe(2), () => expect([1]).not.toEqual([1]), 'Expected: not [1]'],
  [
    'an error',
    () => expect(() => JSON.parse('{')).toThrow(SyntaxError),
    () => expect(() => JSON.parse('{}')).toThrow(),
    'Received function did not throw',
  ],
  [
    'the value of a promise',
    () => expect(Promise.resolve(1)).resolves.toBe(1),
    () => expect(thrown()).resolves.toBe(1),
    'Received promise rejected instead of resolved',
  ],
  [
    'not the value of a promise',
    () => expect(Promise.resolve(1)).resolves.not.toBe(2),
    () => expect(Promise.resolve(1)).resolves.not.toBe(1),
    'Expected: not 1',
  ],
  [
    'the error of a promise',
    () => expect(thrown()).rejects.toThrow('no'),
    () => expect(Promise.resolve(1)).rejects.toThrow('no'),
    'Received promise resolved instead of rejected',
  ],
  [
    'another error of a promise',
    () => expect(thrown).rejects.toThrow('no'),
    () => expect(thrown()).rejects.toThrow('yes'),
    'Expected substring: "yes"',
  ],
  [
    'not the error of a promise',
    () => expect(thrown()).rejects.not.toThrow('yes'),
    () => expect(thrown()).rejects.not.toThrow('no'),
    'Expected substring: not "no"',
  ],
];
/** An error's message without colours. */
const isOf = (message: string) => (error: Error) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin a colour
  error.message.replaceAll(/\u001B\[\d+m/g, '').includes(message);

test.each(expectations)(
  'what expects %s passes when it is so, and fails when it is not',
  async (_, right, wrong, message) => {
    await right();
    await assert.rejects(async () => wrong(), isOf(message));
  },
);

test('a matcher that is not there is an error', () => {
  const misspelt = (expectation: object) => (expectation as { toBee(): void }).toBee();
  for (const expectation of [expect(1), expect(1).not, expect(thrown).rejects])
    assert.throws(() => misspelt(expectation), TypeError);
});
