import { expect, test } from '@jest/globals';
import { characterAt, indexOfCharacter, lastCharacter } from './characters.ts';

test('every character has a number, and the numbers have no gap', () => {
  let differing = 0;
  for (let index = 0; index <= lastCharacter; index += 1)
    if (indexOfCharacter(characterAt(index)) !== index) differing += 1;
  expect(differing).toBe(0);
  expect([characterAt(0), characterAt(0xd7ff), characterAt(0xd800), characterAt(lastCharacter)]).toEqual([
    '\0',
    '\ud7ff',
    '\ue000',
    '\u{10ffff}',
  ]);
});

test.each([['ab'], [''], ['\ud800'], ['\udc00'], [1]])('%j has none', (other) => {
  expect(() => indexOfCharacter(other)).toThrow('not a character');
});
