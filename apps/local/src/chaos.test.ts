import { expect, test } from '@jest/globals';
import { readChaos, tellChaos } from './chaos.ts';

test('--chaos and --seed are read', () => {
  expect(readChaos('duplicate=0.1, throttle=1', '7')).toEqual({
    seed: 7,
    probabilities: { duplicate: 0.1, throttle: 1 },
  });
  expect(readChaos('throttle=.5', undefined)?.seed).toEqual(expect.any(Number));
  expect(readChaos(undefined, undefined)).toBeUndefined();
});

test.each<[string | undefined, string | undefined, string]>([
  ['dup=0.1', '7', '--chaos: The fault is "dup=0.1". Allowed are duplicate, reorder, drop-response, '],
  ['duplicate', '7', '--chaos: The fault is "duplicate". Allowed are'],
  ['', '7', '--chaos: The fault is "". Allowed are'],
  ['constructor=0.1', '7', '--chaos: The fault is "constructor=0.1". Allowed are'],
  ['duplicate=-0.1', '7', '--chaos: The fault is "duplicate=-0.1". Allowed are'],
  ['throttle=1.1', '7', '--chaos: The probability of throttle is 1.1. Allowed are'],
  ['throttle=0.1,throttle=0.2', '7', '--chaos: The fault throttle is there twice'],
  ['throttle=0.1', 'seven', 'The seed is "seven"; allowed are whole numbers from 0 to 2147483647'],
  ['throttle=0.1', '2147483648', 'The seed is "2147483648"; allowed are'],
  [undefined, '7', '--seed goes with --chaos'],
])('--chaos %s --seed %s is refused', (faults, seed, message) => {
  expect(() => readChaos(faults, seed)).toThrow(message);
});

test('the end says what was injected, and what it led to', () => {
  const injected = {
    duplicate: 12,
    reorder: 0,
    'drop-response': 0,
    'function-crash': 3,
    throttle: 0,
    'partner-down': 0,
  };
  const counts = { flows: 14, retries: 9, failedRequests: 1, failedExecutions: 0 };
  const report = { seed: 7, probabilities: {}, injected, ...counts, deadLetters: { failures: 2 } };
  expect(tellChaos(report).split('\n')).toEqual([
    'Injected with seed 7, in 14 flows:',
    '      12  duplicate',
    '       3  function-crash',
    'It led to:',
    '       9  further attempts',
    '       1  requests with a 5xx or no answer',
    '       0  failed executions of workflows',
    '       2  in the queue failures',
  ]);
  const none = { ...injected, duplicate: 0, 'function-crash': 0 };
  expect(tellChaos({ ...report, injected: none })).toBe('No fault was injected (seed 7).');
});
