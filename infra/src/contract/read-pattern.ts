import { Token } from 'cdktf';
import { anything, readAlternative, type Wanted } from './pattern-operators.ts';

/** EventBridge refuses a pattern with more combinations of `$or` branches than this (user guide, `$or`). */
const maxCombinations = 1000;

/** Fields of these names can't stand in an `$or`, for which EventBridge reads them as operators. */
const reservedInOr: ReadonlySet<string> = new Set(
  'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr html regex = < <= > >='
    .concat(' not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before')
    .concat(' in-date-range ip-address-in-range ip-address-not-in-range')
    .split(' '),
);

/** A field of a pattern: the array at one of its leaves. */
export interface Leaf {
  /** The names from the event to the field, joined by dots. */
  path: string;
  /** Where it stands in the pattern, for errors: `$or[1].detail.location`. */
  at: string;
  alternatives: readonly Alternative[];
}

export interface Alternative {
  at: string;
  received: unknown;
  wanted: Wanted;
}

/** A pattern without `$or`: all of its leaves have to match. */
export interface Combination {
  /** By path: a field that is named again replaces the earlier one. */
  leaves: ReadonlyMap<string, Leaf>;
  /** The branches that it takes: `$or[1]`. */
  branches: readonly string[];
}

/** A fault in the pattern itself, whatever the schemas are. */
export class Malformed extends Error {}

/**
 * Reads an event pattern: every way to choose a branch of each of its `$or`.
 *
 * @throws {Malformed} for what EventBridge doesn't take for a pattern
 */
export const readPattern = (pattern: object): Combination[] =>
  combine(pattern, [], [{ leaves: new Map(), branches: [] }]);

/** Adds the fields of an object to every combination. An `$or` makes as many of each as it has branches. */
function combine(node: unknown, at: readonly string[], combinations: Combination[]): Combination[] {
  if (!isObject(node) || Object.keys(node).length === 0) {
    throw malformed(locate(at), node, 'an object with at least one field, or an array of values');
  }
  let current = combinations;
  for (const [name, value] of Object.entries(node)) {
    const here = [...at, name];
    if (name === '$or') current = combineOr(value, here, current);
    else if (at.includes('$or') && reservedInOr.has(name))
      throw malformed(locate(here), value, 'another name');
    else if (Array.isArray(value)) current = withLeaf(readLeaf(value, here), current);
    else current = combine(value, here, current);
  }
  return current;
}

function combineOr(branches: unknown, at: readonly string[], combinations: Combination[]): Combination[] {
  if (!Array.isArray(branches) || branches.length < 2) {
    throw malformed(locate(at), branches, 'an array of at least two objects');
  }
  const combined = branches.flatMap((branch, index) => {
    const here = [...at, `[${index}]`];
    return combine(branch, here, combinations).map((each) => ({
      ...each,
      branches: [...each.branches, locate(here)],
    }));
  });
  if (combined.length <= maxCombinations) return combined;
  throw malformed(locate(at), `${combined.length} combinations of branches`, `at most ${maxCombinations}`);
}

const withLeaf = (leaf: Leaf, combinations: readonly Combination[]): Combination[] =>
  combinations.map(({ leaves, branches }) => ({ leaves: new Map(leaves).set(leaf.path, leaf), branches }));

function readLeaf(values: readonly unknown[], steps: readonly string[]): Leaf {
  const at = locate(steps);
  const path = steps.filter((step, index) => step !== '$or' && steps[index - 1] !== '$or').join('.');
  if (values.length === 0) throw malformed(at, values, 'an array of at least one value');
  // A list that Terraform knows is one string to synth, so that it is found here, as the only value.
  const isKnown = !Token.isUnresolved(values);
  const alternatives = values.map((received, index) => {
    const here = values.length === 1 ? at : `${at}[${index}]`;
    const wanted = isKnown ? readAlternative(received) : { schema: anything };
    if (wanted) return { at: here, received, wanted };
    throw malformed(here, received, 'a value, or one operator of EventBridge with what it takes');
  });
  return { path, at, alternatives };
}

function malformed(at: string, received: unknown, allowed: string): Malformed {
  return new Malformed(
    `has no event pattern: ${at || 'the whole of it'} is ${JSON.stringify(received)}; allowed is ${allowed}`,
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const locate = (steps: readonly string[]): string =>
  steps
    .map((step) =>
      /^\[\d+\]$/.test(step) ? step : /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
