import {
  automatonOf,
  automatonOfStrings,
  complement,
  findWord,
  intersectionOf,
  roughAutomatonOf,
} from './automaton.ts';
import { formats } from './formats.ts';
import { excludedValues, lengthBounds } from './limits.ts';
import type { Atom } from './literals.ts';
import { firstThatMeets, none, type Search, type Task } from './search.ts';

/** The demands on a string. Lengths are in code points. */
export interface StringLimits {
  patterns: string[];
  notPatterns: string[];
  minLength: number;
  /** `Infinity` for no bound. */
  maxLength: number;
  notStrings: string[];
}

/** A string that meets all atoms, by automata for its patterns and lengths together. */
export function findString(atoms: Atom[], { place, meets, doubtful }: Task): Search {
  const [minLength, maxLength] = lengthBounds(atoms, 'minLength', 'maxLength');
  const patterns = (wanted: boolean) =>
    atoms.flatMap(({ keyword, value, holds }) => {
      if (holds !== wanted) return [];
      if (keyword === 'format') return formats[value as string]?.source ?? [];
      return keyword === 'pattern' ? [value as string] : [];
    });
  const limits = {
    patterns: patterns(true),
    notPatterns: patterns(false),
    minLength,
    maxLength,
    notStrings: excludedValues(atoms).filter((value) => typeof value === 'string'),
  };
  let string: string | undefined;
  try {
    string = stringWithin(limits);
  } catch {
    // Not regular, or too large.
    return firstThatMeets(guessStrings(limits), meets, false, 'pattern', place);
  }
  if (string === undefined) return none;
  return firstThatMeets([string], meets, false, doubtful ?? 'pattern', place);
}

/** The strings that were found before, by their limits: a search asks for the same few again and again. */
const found = new Map<string, string | undefined>();

/**
 * A string within the limits; undefined when provably none exists.
 *
 * @throws an Error where an automaton can't decide it
 */
export function stringWithin(limits: StringLimits): string | undefined {
  const key = JSON.stringify(limits);
  if (!found.has(key)) found.set(key, findStringWithin(limits));
  return found.get(key);
}

function findStringWithin(limits: StringLimits): string | undefined {
  if (limits.minLength > limits.maxLength) return undefined;
  const automata = [
    ...limits.patterns.map(automatonOf),
    ...limits.notPatterns.map((pattern) => complement(automatonOf(pattern))),
  ];
  if (limits.notStrings.length > 0) automata.push(complement(automatonOfStrings(limits.notStrings)));
  const all = intersectionOf(automata);
  // An example that isn't empty reads better.
  const readableMin = Math.max(limits.minLength, 1);
  return (
    findWord(all, readableMin, limits.maxLength) ?? (limits.minLength === 0 ? findWord(all, 0, 0) : undefined)
  );
}

/** How many lengths are tried for a guess. */
const guesses = 10;

/**
 * Candidates for limits that {@link stringWithin} can't decide: a pattern that isn't regular is taken as if all its
 * assertions held. A candidate may be wrong, and an empty list proves nothing.
 */
function guessStrings(limits: StringLimits): string[] {
  try {
    const automata = [
      ...limits.patterns.map((pattern) => exactly(pattern) ?? roughAutomatonOf(pattern)),
      ...limits.notPatterns.flatMap((pattern) => exactly(pattern) ?? []).map(complement),
    ];
    const all = intersectionOf(automata);
    const lengths = Array.from({ length: guesses }, (_, more) => limits.minLength + more);
    return lengths.flatMap((length) =>
      length > limits.maxLength ? [] : (findWord(all, length, length) ?? []),
    );
  } catch {
    return [];
  }
}

function exactly(pattern: string) {
  try {
    return automatonOf(pattern);
  } catch {
    return undefined;
  }
}
