import { findArray } from './array.ts';
import { accepts } from './judge.ts';
import { type Kind, keywords } from './keywords.ts';
import { type Atom, type Leaf, type Literal, TooManyWaysError, waysToMeet } from './literals.ts';
import { findNumber } from './number.ts';
import { findObject } from './object.ts';
import { firstThatMeets, type Meets, none, type Place, type Search, type Task, undecided } from './search.ts';
import { mayWrite, type Shape } from './shape.ts';
import { findString } from './string.ts';

/** What searches for one literal found, by shape and schema. Most fields of a document are searched so again and again. */
const answers = new WeakMap<Shape, WeakMap<object, Map<boolean, Search>>>();

function answersFor(shape: Shape, schema: object): Map<boolean, Search> {
  const ofShape = answers.get(shape) ?? new WeakMap<object, Map<boolean, Search>>();
  answers.set(shape, ofShape);
  const ofSchema = ofShape.get(schema) ?? new Map<boolean, Search>();
  ofShape.set(schema, ofSchema);
  return ofSchema;
}

/**
 * Finds a document that meets all literals and that a writer of the shape may send. Ajv has checked a document that is
 * found; that none exists is proven.
 */
export function findDocument(literals: Literal[], place: Place): Search {
  const [literal, ...others] = literals;
  if (!literal || others.length > 0 || typeof literal.schema === 'boolean') return search(literals, place);
  const known = answersFor(place.shape, literal.schema);
  const answer = known.get(literal.holds) ?? search(literals, place);
  // What is undecided names its place, and may be decided with more steps and time.
  if (answer.outcome !== 'undecided') known.set(literal.holds, answer);
  return answer;
}

function search(literals: Literal[], place: Place): Search {
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
      const found = findInLeaf(leaf, place, meets);
      if (found.outcome === 'found') return found;
      if (found.outcome === 'undecided') doubt ??= found;
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
