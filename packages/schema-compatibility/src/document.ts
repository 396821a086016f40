import { findArray } from './array.ts';
import { accepts } from './judge.ts';
import { type Kind, keywords } from './keywords.ts';
import { type Atom, type Leaf, type Literal, TooManyWaysError, waysToMeet } from './literals.ts';
import { findNumber } from './number.ts';
import { findObject } from './object.ts';
import { firstThatMeets, type Meets, none, type Place, type Search, type Task, undecided } from './search.ts';
import { mayWrite } from './shape.ts';
import { findString } from './string.ts';

/**
 * Finds a document that meets all literals and that a writer of the shape may send. Ajv has checked a document that is
 * found; that none exists is proven.
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

function findOfKind(kind: Kind, atoms: Atom[], place: Place, meets: Meets): Search {
  const doubtful = atoms.find(({ keyword }) => !keywords.get(keyword)?.isDecided)?.keyword;
  const task: Task = { place, meets, doubtful, find: findDocument };
  switch (kind) {
    case 'null':
      return firstThatMeets([null], meets, true, doubtful ?? 'type', place);
    case 'boolean':
      return firstThatMeets([true, false], meets, true, doubtful ?? 'type', place);
    case 'integer':
    case 'fraction':
      return findNumber(kind, atoms, task);
    case 'string':
      return findString(atoms, task);
    case 'array':
      return findArray(atoms, task);
    case 'object':
      return findObject(atoms, task);
  }
}
