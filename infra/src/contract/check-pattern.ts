import { Token } from 'cdktf';
import {
  type EventSchema,
  type Field,
  fieldNames,
  findField,
  type Keywords,
  namedValues,
  readEventSchemas,
} from './pattern-fields.ts';
import { anyCharacter, canBe, literal, type Scalar, type Wanted } from './possible-values.ts';

/** EventBridge refuses a pattern with more combinations of `$or` branches than this (user guide, `$or`). */
const maxCombinations = 1000;

/**
 * Holds a rule's pattern against the schemas of the events that it names: those whose envelope it can match.
 *
 * Every field has to be declared by one of these events, every alternative of a field has to match a value that
 * one of them allows, and one of them has to match the pattern as a whole, by each branch of each `$or`. What
 * `anything-but` excludes has to be possible too, or it excludes nothing.
 *
 * It raises no false alarm: where it can't decide, the pattern passes. That is so for what {@link findField}
 * and {@link canBe} name; for values that Terraform knows and synth doesn't; for fields that are each possible,
 * but not together in one value; and for what EventBridge says of elements of the same array.
 *
 * @param rule the rule's name, for the error
 * @param events the contract; by default that of `@orders/events`
 * @throws an Error that says for each fault which rule and field, what was received, and what is allowed
 *
 * @example
 * checkPattern('USOrdertoAPI', pattern('Order Placed', { location: [{ prefix: 'US-' }] }));
 * // Error: The rule USOrdertoAPI can never match: detail.location is {"prefix":"US-"}, but Order Placed allows a
 * // string of at most 32 characters matching ^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$, such as "eu-west"
 */
export function checkPattern(
  rule: string,
  pattern: object,
  events: readonly EventSchema[] = readEventSchemas(),
): void {
  const faults = new Set<string>();
  for (const fault of faultsOf(pattern, events)) faults.add(`The rule ${rule} ${fault}`);
  if (faults.size > 0) throw new Error([...faults].join('\n'));
}

/** A field of a pattern: the array at one of its leaves. */
interface Leaf {
  /** The names from the event to the field, joined by dots. */
  path: string;
  /** Where it stands in the pattern, for errors: `$or[1].detail.location`. */
  at: string;
  alternatives: readonly Alternative[];
  /** Can the field match in an event? */
  canMatch: (event: EventSchema) => boolean;
}

interface Alternative {
  at: string;
  received: unknown;
  wanted: Wanted | 'present' | 'absent';
}

/** A pattern without `$or`: all of its leaves have to match. */
interface Combination {
  /** By path: a field that is named again replaces the earlier one. */
  leaves: ReadonlyMap<string, Leaf>;
  /** The branches that it takes: `$or[1]`. */
  branches: readonly string[];
}

/** A fault in the pattern itself, whatever the schemas are. */
class Malformed extends Error {}

function faultsOf(pattern: object, events: readonly EventSchema[]): string[] {
  let combinations: Combination[];
  try {
    combinations = combine(pattern, [], [{ leaves: new Map(), branches: [] }]);
  } catch (error) {
    if (error instanceof Malformed) return [error.message];
    throw error;
  }

  const named = new Map(
    combinations.map((each) => [
      each,
      events.filter((event) => whyNot(each, event, isEnvelope) === undefined),
    ]),
  );
  // A leaf outside of $or stands in many combinations, and the events of any of them will do.
  const candidates = new Map<Leaf, Set<EventSchema>>();
  for (const [{ leaves }, ofCombination] of named) {
    for (const leaf of leaves.values()) {
      const all = isEnvelope(leaf) ? events : ofCombination;
      candidates.set(leaf, new Set([...(candidates.get(leaf) ?? []), ...all]));
    }
  }
  const faults = [...candidates].flatMap(([leaf, ofLeaf]) => leafFaults(leaf, [...ofLeaf]));
  return faults.length > 0 ? faults : wholeFaults(combinations, named, events);
}

const isEnvelope = ({ path }: Leaf) => path !== 'detail' && !path.startsWith('detail.');

/** The first leaf by which a combination can't match an event. */
const whyNot = ({ leaves }: Combination, event: EventSchema, only = (_: Leaf) => true): Leaf | undefined =>
  [...leaves.values()].filter(only).find((leaf) => !leaf.canMatch(event));

function canMatch({ wanted }: Alternative, field: Field | undefined): boolean {
  if (wanted === 'absent') return field?.canBeAbsent ?? true;
  const cases = field?.cases ?? [];
  return wanted === 'present' ? cases.length > 0 : cases.some((each) => canBe(each, wanted));
}

function leafFaults(leaf: Leaf, events: readonly EventSchema[]): string[] {
  if (events.length === 0) return [];
  const fields = events.flatMap((event) => {
    const field = findField(event, leaf.path);
    return field ? [{ event, field }] : [];
  });
  if (fields.length === 0) return [undeclared(leaf, events)];

  const isPossible = (alternative: Alternative) => fields.some(({ field }) => canMatch(alternative, field));
  return leaf.alternatives.flatMap((alternative) => {
    const { at, received, wanted } = alternative;
    const is = `${at} is ${JSON.stringify(received)}, but ${allowedBy(fields, wanted)}`;
    if (!isPossible(alternative) && !(wanted === 'absent' && fields.length < events.length)) {
      return leaf.alternatives.length === 1 && !leaf.at.includes('$or')
        ? [`can never match: ${is}`]
        : [`has an alternative that can never match: ${is}`];
    }
    if (typeof wanted === 'string' || wanted.kind !== 'none of') return [];
    const excludesNothing = wanted.these.some((each) => !isPossible({ ...alternative, wanted: each }));
    return excludesNothing ? [`excludes what can never be: ${is}`] : [];
  });
}

function undeclared(leaf: Leaf, events: readonly EventSchema[]): string {
  const inEvents = events.map((event) => {
    // The names that there are, beside the first name that isn't one.
    const steps = leaf.path.split('.');
    const depth = steps.findIndex(
      (_, index) => findField(event, steps.slice(0, index + 1).join('.')) === undefined,
    );
    const parent = steps.slice(0, depth).join('.');
    const names = fieldNames(event, parent);
    const place = parent === '' ? 'at the top' : `in ${parent}`;
    return { event, text: names.length > 0 ? `has ${names.join(', ')} ${place}` : `has no fields ${place}` };
  });
  return `can never match: ${leaf.at} is ${received(leaf)}, but no event that the rule names has it: ${grouped(inEvents)}`;
}

const received = ({ alternatives }: Leaf) => JSON.stringify(alternatives.map((each) => each.received));

function wholeFaults(
  combinations: readonly Combination[],
  named: ReadonlyMap<Combination, readonly EventSchema[]>,
  events: readonly EventSchema[],
): string[] {
  const isPossible = (each: Combination) =>
    named.get(each)?.some((event) => whyNot(each, event) === undefined);
  const why = (each: Combination) =>
    events
      .map((event) => {
        const leaf = whyNot(each, event) as Leaf;
        return `not ${event.name}, as ${leaf.at} is ${received(leaf)}`;
      })
      .join('; ');

  const possible = combinations.filter(isPossible);
  const [first] = combinations;
  if (possible.length === 0 && first)
    return [`can never match: no event has all that it names: ${why(first)}`];
  const taken = new Set(possible.flatMap(({ branches }) => branches));
  return combinations.flatMap((each) =>
    each.branches
      .filter((branch) => !taken.has(branch))
      .map((branch) => `has a branch that can never match: ${branch} matches no event: ${why(each)}`),
  );
}

// Reading the pattern.

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
  // Asked for in every combination.
  const known = new Map<EventSchema, boolean>();
  const canMatchIn = (event: EventSchema): boolean => {
    const field = findField(event, path);
    const answer = known.get(event) ?? alternatives.some((each) => canMatch(each, field));
    known.set(event, answer);
    return answer;
  };
  return { path, at, alternatives, canMatch: canMatchIn };
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

// Saying what is allowed.

function allowedBy(
  fields: readonly { event: EventSchema; field: Field }[],
  wanted: Alternative['wanted'],
): string {
  const texts = fields.map(({ event, field: { cases } }) => {
    if (wanted === 'absent') return { event, text: 'always has it' };
    if (cases.length === 0) return { event, text: 'has an object there, and a pattern names its fields' };
    return { event, text: `allows ${[...new Set(cases.map(describe))].join(' or ')}` };
  });
  return grouped(texts);
}

/** `Order Placed, Order Dispatched: each allows …; Order Processed allows …`, a text said once. */
function grouped(texts: readonly { event: EventSchema; text: string }[]): string {
  const names = new Map<string, string[]>();
  for (const { event, text } of texts) names.set(text, [...(names.get(text) ?? []), event.name]);
  return [...names]
    .map(([text, of]) => `${of.join(', ')}${of.length > 1 ? ': each' : ''} ${text}`)
    .join('; ');
}

function describe(parts: readonly Keywords[]): string {
  const all: Keywords = Object.assign({}, ...parts);
  const values = namedValues(all);
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ');
  const kinds: Record<string, string> = { string: 'a string', number: 'a number', integer: 'a whole number' };
  const type = [all.type]
    .flat()
    .map((each) => kinds[`${each}`] ?? `${each ?? 'any value'}`)
    .join(' or ');
  const limits = Object.entries(limitWords).flatMap(([keyword, say]) =>
    all[keyword] === undefined ? [] : [say(all[keyword])],
  );
  const [example] = Array.isArray(all.examples) ? all.examples : [];
  return [
    [type, limits.join(', ')].filter(Boolean).join(' '),
    ...(example === undefined ? [] : [`such as ${JSON.stringify(example)}`]),
  ].join(', ');
}

const limitWords: Record<string, (limit: unknown) => string> = {
  minLength: (limit) => `of at least ${limit} characters`,
  maxLength: (limit) => `of at most ${limit} characters`,
  pattern: (pattern) => `matching ${pattern}`,
  minimum: (limit) => `at least ${limit}`,
  exclusiveMinimum: (limit) => `above ${limit}`,
  maximum: (limit) => `at most ${limit}`,
  exclusiveMaximum: (limit) => `below ${limit}`,
  multipleOf: (step) => `a multiple of ${step}`,
};
