import { findArray } from './array.ts';
import {
  type Atom,
  accepts,
  type Budget,
  type Kind,
  type Leaf,
  type Literal,
  TooManyWaysError,
  waysToMeet,
} from './literals.ts';
import { findNumber } from './number.ts';
import { findObject } from './object.ts';
import { findString, guessStrings, UndecidedPatternError } from './pattern.ts';
import { mayWrite, type Shape } from './shape.ts';

/** What became of the search for a document. */
export type Search =
  | { outcome: 'found'; document: unknown }
  /** There provably is none. */
  | { outcome: 'none' }
  /** It can't be decided, and this keyword at this path is why. */
  | { outcome: 'undecided'; keyword: string; path: string };

/** Where the search is: the place in the document, what a writer may send there, and the work that it may still do. */
export interface Place {
  path: string;
  shape: Shape;
  budget: Budget;
}

export const none: Search = { outcome: 'none' };

/** Keywords that are understood here; every other is left to Ajv, and undecided where Ajv can't settle it. */
const understood = new Set(
  'type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern'
    .concat(' items contains minItems maxItems uniqueItems required properties additionalProperties')
    .split(' '),
);

/**
 * Finds a document that meets all literals and that a writer of the shape may send. A document that is found has
 * been given to Ajv; that there is none is proven.
 */
export function findDocument(literals: Literal[], place: Place): Search {
  const meets = (document: unknown): boolean | undefined => {
    if (!mayWrite(place.shape, document)) return false;
    const verdicts = literals.map(({ schema, holds }) => {
      const accepted = accepts(schema, document);
      return accepted === undefined ? undefined : accepted === holds;
    });
    return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
  };
  let doubt: Search | undefined;
  try {
    for (const leaf of waysToMeet(literals, place.budget)) {
      const search = findInLeaf(leaf, place, meets);
      if (search.outcome === 'found') return search;
      if (search.outcome === 'undecided') doubt ??= search;
    }
  } catch (error) {
    if (!(error instanceof TooManyWaysError)) throw error;
    return undecided(combinationIn(literals), place);
  }
  return doubt ?? none;
}

/** Does a document meet all literals? Undefined where Ajv can't say. */
export type Meets = (document: unknown) => boolean | undefined;

export const undecided = (keyword: string, { path }: { path: string }): Search => ({
  outcome: 'undecided',
  keyword,
  path,
});

function combinationIn(literals: Literal[]): string {
  const keywords = literals.flatMap(({ schema }) => (typeof schema === 'object' ? Object.keys(schema) : []));
  return ['oneOf', 'anyOf', 'allOf', 'if', 'not'].find((one) => keywords.includes(one)) ?? 'schema';
}

function findInLeaf(leaf: Leaf, place: Place, meets: Meets): Search {
  const listed = leaf.atoms.find(
    ({ keyword, holds }) => holds && (keyword === 'enum' || keyword === 'const'),
  );
  if (listed) {
    const values = listed.keyword === 'enum' ? (listed.value as unknown[]) : [listed.value];
    return firstThatMeets(values, meets, true, listed.keyword, place);
  }
  let doubt: Search | undefined;
  for (const kind of leaf.kinds) {
    const search = findOfKind(kind, leaf.atoms, place, meets);
    if (search.outcome === 'found') return search;
    if (search.outcome === 'undecided') doubt ??= search;
  }
  return doubt ?? none;
}

/** The first candidate that meets everything; where none does, there is none only if the candidates were all. */
export function firstThatMeets(
  candidates: Iterable<unknown>,
  meets: Meets,
  areAll: boolean,
  keyword: string,
  place: Place,
): Search {
  let exact = areAll;
  for (const document of candidates) {
    const met = meets(document);
    if (met) return { outcome: 'found', document };
    if (met === undefined) exact = false;
  }
  return exact ? none : undecided(keyword, place);
}

function findOfKind(kind: Kind, atoms: Atom[], place: Place, meets: Meets): Search {
  const doubtful = atoms.find(({ keyword }) => !understood.has(keyword))?.keyword;
  switch (kind) {
    case 'null':
      return firstThatMeets([null], meets, true, doubtful ?? 'type', place);
    case 'boolean':
      return firstThatMeets([true, false], meets, true, doubtful ?? 'type', place);
    case 'integer':
    case 'fraction': {
      const { candidates, areAll, keyword } = findNumber(kind, atoms);
      // A keyword that isn't understood can't be broken by trying some numbers of many.
      const exact = areAll === 'every' || (areAll === 'enough' && doubtful === undefined);
      return firstThatMeets(candidates, meets, exact, doubtful ?? keyword, place);
    }
    case 'string':
      return findOfString(atoms, place, meets, doubtful);
    case 'array':
      return findArray(atoms, place, meets, doubtful);
    case 'object':
      return findObject(atoms, place, meets, doubtful);
  }
}

/** The values that the document may not be, by negated enum and const. */
function excluded(atoms: Atom[]): unknown[] {
  return atoms.flatMap(({ keyword, value, holds }) => {
    if (holds) return [];
    return keyword === 'const' ? [value] : keyword === 'enum' ? (value as unknown[]) : [];
  });
}

/** The tightest bounds of a length, of strings or of arrays. */
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

function findOfString(atoms: Atom[], place: Place, meets: Meets, doubtful: string | undefined): Search {
  const [minLength, maxLength] = lengthBounds(atoms, 'minLength', 'maxLength');
  const patterns = (wanted: boolean) =>
    atoms.flatMap(({ keyword, value, holds }) =>
      keyword === 'pattern' && holds === wanted ? [value as string] : [],
    );
  const limits = {
    patterns: patterns(true),
    notPatterns: patterns(false),
    minLength,
    maxLength,
    notStrings: excluded(atoms).filter((value) => typeof value === 'string'),
  };
  try {
    const string = findString(limits);
    if (string === undefined) return none;
    return firstThatMeets([string], meets, false, doubtful ?? 'pattern', place);
  } catch (error) {
    if (!(error instanceof UndecidedPatternError)) throw error;
    return firstThatMeets(guessStrings(limits), meets, false, 'pattern', place);
  }
}
