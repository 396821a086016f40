import { Token } from 'cdktf';
import type { Keywords } from './pattern-fields.ts';
import { anyCharacter, literal, type Scalar, type Wanted } from './possible-values.ts';

/** EventBridge refuses a pattern with more combinations of `$or` branches than this (user guide, `$or`). */
const maxCombinations = 1000;

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
  wanted: Wanted | 'present' | 'absent';
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
    return { at: here, received, wanted: isKnown ? readAlternative(received, here) : anything };
  });
  return { path, at, alternatives };
}

const anything: Wanted = { kind: 'anything' };

function readAlternative(alternative: unknown, at: string): Alternative['wanted'] {
  if (holdsToken(alternative)) return anything;
  if (isScalar(alternative)) return { kind: 'value', value: alternative };
  const [name, operand] = onlyEntry(alternative, at);
  if (name === 'exists' && typeof operand === 'boolean') return operand ? 'present' : 'absent';
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  const wanted = operator?.(operand, at);
  if (wanted) return wanted;
  throw malformed(at, alternative, 'a value, or an operator of EventBridge with what it takes');
}

/** Each makes of its operand what it asks of a value, or undefined of one that EventBridge refuses. */
const operators: Record<string, (operand: unknown, at: string) => Wanted | undefined> = {
  exactly: (text) => (typeof text === 'string' ? { kind: 'value', value: text } : undefined),
  'equals-ignore-case': (text) => ifText(text, ignoringCase),
  prefix: (text) => affix(text, (source) => `${source}${anyCharacter}*`),
  suffix: (text) => affix(text, (source) => `${anyCharacter}*${source}`),
  wildcard: (text) => ifText(text, wildcard),
  numeric: readRange,
  // The form of an address is looked at, and not the network.
  cidr: (text) => ifText(text, () => '[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39}'),
  'anything-but': (operand, at) => {
    const named = isObject(operand) ? namedOf(operand, at) : [operand].flat();
    if (named.length === 0) return undefined;
    return { kind: 'none of', these: named.map((each) => readAlternative(each, at) as Wanted) };
  },
};

/** `{ prefix: ['a', 'b'] }` → `{ prefix: 'a' }`, `{ prefix: 'b' }`. */
function namedOf(operand: Keywords, at: string): Keywords[] {
  const [name, texts] = onlyEntry(operand, at);
  return [texts].flat().map((text) => ({ [name]: text }));
}

const ifText = (operand: unknown, toSource: (text: string) => string): Wanted | undefined =>
  typeof operand === 'string' ? { kind: 'text', source: toSource(operand) } : undefined;

function affix(operand: unknown, toSource: (source: string) => string): Wanted | undefined {
  const ignored = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  return ignored === undefined
    ? ifText(operand, (text) => toSource(literal(text)))
    : ifText(ignored, (text) => toSource(ignoringCase(text)));
}

/** As event-ruler does it: each UTF-16 unit stands for its lower-case or its upper-case form. */
const ignoringCase = (text: string): string =>
  [...text]
    .map((character) => {
      if (character.length > 1) return character;
      return `(?:${literal(character.toLowerCase())}|${literal(character.toUpperCase())})`;
    })
    .join('');

/** `*` is any text, unless it stands after a backslash. */
const wildcard = (text: string): string =>
  text.replace(/\\([*\\])|\*|./gsu, (part, escaped?: string) =>
    part === '*' ? `${anyCharacter}*` : literal(escaped ?? part),
  );

function readRange(terms: unknown): Wanted | undefined {
  if (!Array.isArray(terms) || terms.length === 0 || terms.length % 2 !== 0) return undefined;
  const range = {
    kind: 'range' as const,
    low: Number.NEGATIVE_INFINITY,
    excludesLow: false,
    high: Number.POSITIVE_INFINITY,
    excludesHigh: false,
  };
  for (let index = 0; index < terms.length; index += 2) {
    const [comparison, bound] = terms.slice(index);
    if (typeof bound !== 'number' || !['=', '<', '<=', '>', '>='].includes(comparison)) return undefined;
    if (comparison === '=') return { kind: 'value', value: bound };
    if (comparison.startsWith('>')) Object.assign(range, { low: bound, excludesLow: comparison === '>' });
    else Object.assign(range, { high: bound, excludesHigh: comparison === '<' });
  }
  return range;
}

function onlyEntry(value: unknown, at: string): [string, unknown] {
  const [entry, ...others] = isObject(value) ? Object.entries(value) : [];
  if (entry && others.length === 0) return entry;
  throw malformed(at, value, 'a string, a number, true, false, null, or an object with one operator');
}

function malformed(at: string, received: unknown, allowed: string): Malformed {
  return new Malformed(`has no event pattern: ${at} is ${JSON.stringify(received)}; allowed is ${allowed}`);
}

const isObject = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object';

/** Is a part of it known to Terraform alone, a reference such as `${data.aws_caller_identity.me.account_id}`? */
function holdsToken(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsToken);
  return Token.isUnresolved(value) || (typeof value === 'string' && value.includes('${'));
}

const locate = (steps: readonly string[]): string =>
  steps
    .map((step) =>
      /^\[\d+\]$/.test(step) ? step : /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
