import { describe, expect, test } from '@jest/globals';
import { readForm } from './form-input.ts';
import { parameterErrors, readParameters } from './operation.ts';

const parameters = { Name: { type: 'text' } } as const;

/** Reads a form with one parameter, and whether every other object has got a member by that. */
function read(path: string) {
  try {
    return { input: readForm([[path, 'x']], parameters), isPolluted: 'wrong' in {} };
  } finally {
    // It would break the test runner before it says what failed.
    Reflect.deleteProperty(Object.prototype, 'wrong');
  }
}

describe('a form with a parameter that no operation has', () => {
  test.each([
    ['the prototype of objects', '__proto__.wrong'],
    ['a name like it', '__proto__'],
    ['the prototype by the constructor', 'constructor.prototype.wrong'],
    ['a name of 20,000 parts', `a${'.a'.repeat(20_000)}`],
  ])('is refused, and changes no other object: %s', (_, path) => {
    const { input, isPolluted } = read(path);
    expect(isPolluted).toBe(false);
    expect(() => readParameters(input, parameters, parameterErrors('Wrong'))).toThrow(
      /doesn't know the parameter/,
    );
  });

  test('changes no other object as a member of one that an operation has', () => {
    const { input, isPolluted } = read('Name.__proto__.wrong');
    expect(isPolluted).toBe(false);
    expect(Object.keys(input.Name ?? {})).toEqual(['__proto__']);
  });
});
