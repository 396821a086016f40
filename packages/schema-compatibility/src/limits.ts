import type { Atom } from './literals.ts';

/** The tightest bounds that the atoms set for a length, by a pair of keywords such as `minItems` and `maxItems`. */
export function lengthBounds(atoms: Atom[], minKeyword: string, maxKeyword: string): [number, number] {
  let [min, max] = [0, Number.POSITIVE_INFINITY];
  for (const { keyword, value, holds } of atoms) {
    const limit = value as number;
    if (keyword === minKeyword)
      [min, max] = holds ? [Math.max(min, limit), max] : [min, Math.min(max, limit - 1)];
    if (keyword === maxKeyword)
      [min, max] = holds ? [min, Math.min(max, limit)] : [Math.max(min, limit + 1), max];
  }
  return [min, max];
}

/** The values that negated `enum` and `const` exclude. */
export function excludedValues(atoms: Atom[]): unknown[] {
  return atoms.flatMap(({ keyword, value, holds }) => {
    if (holds) return [];
    return keyword === 'const' ? [value] : keyword === 'enum' ? (value as unknown[]) : [];
  });
}
