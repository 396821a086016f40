import { expect, test } from '@jest/globals';
import { isMessage } from './protocol.ts';

test.each([
  { type: 'ready' },
  { type: 'ending', status: 129 },
  { type: 'result', result: null },
  { type: 'error', errorType: 'Error', errorMessage: '', trace: [] },
])('%j is a message of the runtime', (message) => {
  expect(isMessage(message)).toBe(true);
});

test.each([
  [null],
  [undefined],
  ['ready'],
  [1],
  [[]],
  [{}],
  [{ type: 'toString' }],
  [{ type: 'error' }],
  [{ type: 'ending' }],
  [{ type: 'error', errorType: 1, errorMessage: 2 }],
])('%j, which code of a function may send, is not', (message) => {
  expect(isMessage(message)).toBe(false);
});
