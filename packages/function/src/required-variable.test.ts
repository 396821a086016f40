import { afterEach, expect, test } from '@jest/globals';
import { requiredVariable } from './required-variable.ts';

const environment = process.env;
afterEach(() => {
  process.env = environment;
});

test('a variable that is set is returned', () => {
  process.env = { BUS_NAME: 'Orders' };
  expect(requiredVariable('BUS_NAME', 'the name of a bus')).toBe('Orders');
});

test.each([
  ['missing', {}],
  ['empty', { BUS_NAME: '' }],
])('a variable that is %s is refused with its name and its meaning', (_, variables) => {
  process.env = variables;
  expect(() => requiredVariable('BUS_NAME', 'the name of a bus')).toThrow(
    'BUS_NAME is not set: it must be the name of a bus',
  );
});
