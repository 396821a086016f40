import { afterEach, expect, test } from '@jest/globals';
import { requiredNumber, requiredVariable } from './required-variable.ts';

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

test('a variable that is a number is returned as one', () => {
  process.env = { MINUTES: '1.5' };
  expect(requiredNumber('MINUTES', 'a time')).toBe(1.5);
});

test.each(['soon', '0', '-15', '15 minutes', 'Infinity'])(
  '%s is refused where a number above 0 is needed',
  (value) => {
    process.env = { MINUTES: value };
    expect(() => requiredNumber('MINUTES', 'how long it may take')).toThrow(
      `MINUTES is "${value}": it must be how long it may take, a number above 0`,
    );
  },
);
