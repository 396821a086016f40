/**
 * Every character as fast-check's `unit: 'binary'` has it: a code point that is no half of a pair, in the order of the numbers.
 * By itself, fast-check lists all of them to know the number of one, which takes more than a second.
 *
 * @example
 * const text = fc.string({ unit: fc.nat(lastCharacter).map(characterAt, indexOfCharacter) });
 */
const halves = { first: 0xd800, count: 0x800 };

export const lastCharacter = 0x10ffff - halves.count;

export const characterAt = (index: number): string =>
  String.fromCodePoint(index < halves.first ? index : index + halves.count);

/** @throws an Error for what isn't one character, as fast-check wants it */
export function indexOfCharacter(character: unknown): number {
  const code = (typeof character === 'string' && character.codePointAt(0)) || 0;
  const index = code < halves.first ? code : code - halves.count;
  if (characterAt(index) !== character) throw new Error(`not a character: ${character}`);
  return index;
}
