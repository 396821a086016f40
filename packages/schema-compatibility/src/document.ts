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
import type { Keywords, Schema } from './normalize.ts';
import { findNumber } from './number.ts';
import { findString, UndecidedPatternError } from './pattern.ts';
import {
  declaredNames,
  declares,
  mayWrite,
  type Shape,
  shapeOfField,
  shapeOfItems,
  undeclared,
} from './shape.ts';

/** What became of the search for a document. */
export type Search =
  | { outcome: 'found'; document: unknown }
  /** There provably is none. */
  | { outcome: 'none' }
  /** It can't be decided, and this keyword at this path is why. */
  | { outcome: 'undecided'; keyword: string; path: string };

/** Where the search is: the place in the document, what a writer may send there, and the work that it may still do. */
interface Place {
  path: string;
  shape: Shape;
  budget: Budget;
}

const none: Search = { outcome: 'none' };
const maxFillers = 200;

/** Keywords that are understood here; every other is left to Ajv, and undecided where Ajv can't settle it. */
const understood = new Set(
  'type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern'
    .concat(' items minItems maxItems uniqueItems required properties additionalProperties')
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

type Meets = (document: unknown) => boolean | undefined;

const undecided = (keyword: string, { path }: { path: string }): Search => ({
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
function firstThatMeets(
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
function lengthBounds(atoms: Atom[], minKeyword: string, maxKeyword: string): [number, number] {
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
  try {
    const string = findString({
      patterns: patterns(true),
      notPatterns: patterns(false),
      minLength,
      maxLength,
      notStrings: excluded(atoms).filter((value) => typeof value === 'string'),
    });
    if (string === undefined) return none;
    return firstThatMeets([string], meets, false, doubtful ?? 'pattern', place);
  } catch (error) {
    if (error instanceof UndecidedPatternError) return undecided('pattern', place);
    throw error;
  }
}

function findArray(atoms: Atom[], place: Place, meets: Meets, doubtful: string | undefined): Search {
  const [min, max] = lengthBounds(atoms, 'minItems', 'maxItems');
  if (min > max) return none;
  const of = (keyword: string, holds: boolean) =>
    atoms.filter((atom) => atom.keyword === keyword && atom.holds === holds);
  const itemPlace = { ...place, path: `${place.path}[*]`, shape: shapeOfItems(place.shape) };

  const every: Literal[] = of('items', true).flatMap(({ value }) =>
    Array.isArray(value) ? [] : [{ schema: value as Schema, holds: true }],
  );
  const odd = of('items', false).flatMap(({ value }) => (Array.isArray(value) ? [] : [value as Schema]));
  const unique = of('uniqueItems', true).some(({ value }) => value === true);
  const repeats = of('uniqueItems', false).some(({ value }) => value === true);
  if (of('uniqueItems', false).some(({ value }) => value !== true)) return none;
  if ((unique && repeats) || (repeats && max < 2)) return none;

  const items: unknown[] = [];
  for (const schema of odd) {
    const search = findDocument([...every, { schema, holds: false }], itemPlace);
    if (search.outcome !== 'found') return search;
    items.push(search.document);
  }
  // One item could break several at once, which isn't looked for.
  if (odd.length > 1 && (items.length > max || unique)) return undecided('items', place);
  if (items.length > max) return none;

  const needed = Math.max(min, repeats ? 2 : 0);
  if (needed > maxFillers) return undecided('minItems', place);
  while (items.length < needed) {
    if (!unique && items.length > 0) {
      items.push(items[0]);
      continue;
    }
    const others: Literal[] =
      unique && items.length > 0 ? [{ schema: { enum: [...items] }, holds: false }] : [];
    const search = findDocument([...every, ...others], itemPlace);
    if (search.outcome !== 'found') return search;
    items.push(search.document);
  }
  const more = findDocument(every, itemPlace);
  const longer = more.outcome === 'found' && items.length < max ? [[...items, more.document]] : [];
  return firstThatMeets([items, ...longer], meets, false, doubtful ?? 'items', place);
}

function findObject(atoms: Atom[], place: Place, meets: Meets, doubtful: string | undefined): Search {
  const containers = new Set<Keywords>();
  const required = new Set<string>();
  const absent = new Set<string>();
  const broken: [string, Schema][] = [];
  const others: Keywords[] = [];
  for (const { keyword, value, schema, holds, name } of atoms) {
    if (keyword === 'properties' || keyword === 'additionalProperties') {
      if (holds) containers.add(schema);
      else if (name !== undefined) broken.push([name, (value as Record<string, Schema>)[name] as Schema]);
      else others.push(schema);
    }
    if (keyword === 'required') {
      if (holds) for (const one of value as string[]) required.add(one);
      else absent.add(name as string);
    }
  }
  const mentioned = new Set([
    ...[...containers, ...others].flatMap(({ properties }) =>
      Object.keys((properties as object | undefined) ?? {}),
    ),
    ...required,
    ...absent,
    ...broken.map(([name]) => name),
    ...declaredNames(place.shape),
  ]);
  // Which names are additional beside patterns is left to Ajv.
  const patterned = others.some((schema) => 'patternProperties' in schema);
  const inDoubt = doubtful ?? (patterned ? 'patternProperties' : 'enum');
  return withOthers(others, broken, 1);

  /** Each broken `additionalProperties` needs a field that its schema doesn't name: every choice is tried. */
  function withOthers(left: Keywords[], fields: [string, Schema][], fresh: number): Search {
    const [first, ...rest] = left;
    if (!first) return withFields(fields);
    const known = Object.keys((first.properties as object | undefined) ?? {});
    const free = freshNames(fresh);
    let doubt: Search | undefined;
    for (const name of [...mentioned, ...free, undeclared].filter((one) => !known.includes(one))) {
      const search = withOthers(rest, [...fields, [name, first.additionalProperties as Schema]], fresh + 1);
      if (search.outcome === 'found') return search;
      if (search.outcome === 'undecided') doubt ??= search;
    }
    return doubt ?? none;
  }

  function freshNames(count: number): string[] {
    const names = [
      'other',
      ...Array.from({ length: count + mentioned.size + 1 }, (_, index) => `other${index + 2}`),
    ];
    return names.filter((name) => !mentioned.has(name)).slice(0, count);
  }

  function withFields(fields: [string, Schema][]): Search {
    const values = new Map<string, unknown>();
    let doubt: Search | undefined;
    for (const name of new Set([...required, ...fields.map(([one]) => one)])) {
      if (absent.has(name) || !declares(place.shape, name)) return none;
      const search = findField(name, fields);
      if (search.outcome === 'none') return none;
      if (search.outcome === 'undecided') doubt ??= search;
      else values.set(name, search.document);
    }
    if (doubt) return doubt;
    const least = Object.fromEntries(values);
    return firstThatMeets(variants(least), meets, false, inDoubt, place);
  }

  function findField(name: string, fields: [string, Schema][]): Search {
    const literals: Literal[] = fields
      .filter(([one]) => one === name)
      .map(([, schema]) => ({ schema, holds: false }));
    for (const { properties, additionalProperties: additional, patternProperties } of containers) {
      // Whether a field is additional depends on the patterns, and that is left to Ajv.
      const additionalProperties = patternProperties ? undefined : additional;
      const own = properties && Object.hasOwn(properties, name);
      const schema = own ? (properties as Record<string, Schema>)[name] : additionalProperties;
      if (schema !== undefined) literals.push({ schema: schema as Schema, holds: true });
    }
    const path = /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return findDocument(literals, {
      ...place,
      path: place.path + path,
      shape: shapeOfField(place.shape, name),
    });
  }

  /** The smallest object, and the same with one field more: for what only Ajv can decide. */
  function* variants(least: Record<string, unknown>): Generator<unknown> {
    yield least;
    for (const name of [...mentioned, ...freshNames(1), undeclared]) {
      if (Object.hasOwn(least, name) || absent.has(name) || !declares(place.shape, name)) continue;
      const search = findField(name, []);
      if (search.outcome === 'found') yield { ...least, [name]: search.document };
    }
  }
}
