import type { Budget, Literal } from './literals.ts';
import type { Shape } from './shape.ts';

/** The answer to a search for a document. */
export type Search =
  | { outcome: 'found'; document: unknown }
  /** Provably, no such document exists. */
  | { outcome: 'none' }
  /** Neither is proven, because of this keyword at this path. */
  | { outcome: 'undecided'; keyword: string; path: string };

/** The place in the document that is being searched, what a writer may send there, and the work that is left. */
export interface Place {
  path: string;
  shape: Shape;
  budget: Budget;
}

/** Finds a document for one place that meets all literals. */
export type Find = (literals: Literal[], place: Place) => Search;

/** Whether a document meets all literals; undefined where Ajv can't tell. */
export type Meets = (document: unknown) => boolean | undefined;

/** What the search for one kind of value gets. */
export interface Task {
  place: Place;
  meets: Meets;
  /** A keyword that this package doesn't decide, if the value has one. */
  doubtful: string | undefined;
  /** Finds the values inside: fields and items. */
  find: Find;
}

export const none: Search = { outcome: 'none' };

export const undecided = (keyword: string, { path }: { path: string }): Search => ({
  outcome: 'undecided',
  keyword,
  path,
});

/**
 * The first candidate that meets all literals.
 *
 * @param areAll whether these are all values that could: then, if none of them meets the literals, no value does
 * @param keyword what to name if it stays undecided
 */
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
