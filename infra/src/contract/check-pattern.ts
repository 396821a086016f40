import { describeField, findWritten, type Search } from '@orders/schema-compatibility';
import { type EventSchema, readEventSchemas } from './event-schema.ts';
import { fieldNames, isDeclared, schemasOf } from './pattern-schema.ts';
import { type Alternative, type Combination, type Leaf, Malformed, readPattern } from './read-pattern.ts';

/**
 * Holds a rule's pattern against the schemas of the events that it names: those whose envelope it can match.
 *
 * Every field has to be declared by one of these events, every alternative of a field has to match an event, and so has
 * the pattern as a whole, by each branch of each `$or`: such an event is looked for, and either found, or there provably
 * is none. What is neither is undecided, and counts as a fault; docs/decisions/0005-compatibility.md says what that can
 * be. What `anything-but` excludes has to be possible too, or it excludes nothing.
 *
 * A value that Terraform knows and synth doesn't may be anything.
 *
 * @param subject whose pattern it is, for the error: `rule USOrdertoAPI`
 * @param events the contract; by default that of `@orders/events`
 * @throws an Error that says for each fault which rule and field, what was received, and what is allowed
 *
 * @example
 * checkPattern('rule USOrdertoAPI', pattern('Order Placed', { location: [{ prefix: 'US-' }] }));
 * // Error: The rule USOrdertoAPI can never match: detail.location is {"prefix":"US-"}, but Order Placed allows a
 * // string of at most 32 characters matching ^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$, such as "eu-west"
 */
export function checkPattern(
  subject: string,
  pattern: object,
  events: readonly EventSchema[] = readEventSchemas(),
): void {
  const faults = new Set<string>();
  for (const fault of faultsOf(pattern, events)) faults.add(`The ${subject} ${fault}`);
  if (faults.size > 0) throw new Error([...faults].join('\n'));
}

function faultsOf(pattern: object, events: readonly EventSchema[]): string[] {
  let combinations: Combination[];
  try {
    combinations = readPattern(pattern);
  } catch (error) {
    if (error instanceof Malformed) return [error.message];
    throw error;
  }

  const search = createSearch();
  const named = new Map(
    combinations.map((each) => [
      each,
      events.filter((event) =>
        envelopeLeaves(each).every((leaf) => search(event, [leaf]).outcome === 'found'),
      ),
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
  const faults = [...candidates].flatMap(([leaf, ofLeaf]) => leafFaults(leaf, [...ofLeaf], search));
  return faults.length > 0 ? faults : wholeFaults(named, events, search);
}

const isEnvelope = ({ path }: Leaf) => path !== 'detail' && !path.startsWith('detail.');
const envelopeLeaves = ({ leaves }: Combination) => [...leaves.values()].filter(isEnvelope);
const detailLeaves = ({ leaves }: Combination) => [...leaves.values()].filter((leaf) => !isEnvelope(leaf));

/** Finds an event that all of the leaves match. */
type SearchEvent = (event: EventSchema, leaves: readonly [Leaf, ...Leaf[]]) => Search;

/** Remembers its answers for single leaves, which stand in many combinations. */
function createSearch(): SearchEvent {
  const known = new Map<EventSchema, Map<Leaf, Search>>();
  return (event, leaves) => {
    const [leaf, ...others] = leaves;
    const find = () => findWritten(event.writer, schemasOf(leaves, event));
    if (others.length > 0) return find();
    const ofEvent = known.get(event) ?? new Map<Leaf, Search>();
    known.set(event, ofEvent);
    const answer = ofEvent.get(leaf) ?? find();
    ofEvent.set(leaf, answer);
    return answer;
  };
}

/** What becomes of a search in one event or the other: found, or undecided in some, or none. */
function inAny(events: readonly EventSchema[], search: (event: EventSchema) => Search): Search {
  let doubt: Search | undefined;
  for (const event of events) {
    const result = search(event);
    if (result.outcome === 'found') return result;
    if (result.outcome === 'undecided') doubt ??= result;
  }
  return doubt ?? { outcome: 'none' };
}

function leafFaults(leaf: Leaf, events: readonly EventSchema[], search: SearchEvent): string[] {
  if (events.length === 0) return [];
  const declaring = events.filter((event) => isDeclared(event, leaf.path));
  if (declaring.length === 0) return [undeclared(leaf, events)];

  return leaf.alternatives.flatMap((alternative) => {
    const { at, received, wanted } = alternative;
    const find = (one: Alternative) => {
      const alone =
        leaf.alternatives.length === 1 && one === alternative ? leaf : { ...leaf, alternatives: [one] };
      return inAny(events, (event) => search(event, [alone]));
    };
    const describe = (event: EventSchema) =>
      wanted === 'absent' ? 'always has it' : describeField(event.schema, leaf.path);
    const allowed = grouped(declaring.map((event) => ({ event, text: describe(event) })));
    const is = `${at} is ${JSON.stringify(received)}`;

    const result = find(alternative);
    if (result.outcome === 'undecided') return [undecided(result, `${is}, and ${allowed}`)];
    if (result.outcome === 'none') {
      return leaf.alternatives.length === 1 && !leaf.at.includes('$or')
        ? [`can never match: ${is}, but ${allowed}`]
        : [`has an alternative that can never match: ${is}, but ${allowed}`];
    }
    const excluded = wanted === 'absent' ? [] : (wanted.excluded ?? []);
    const excludesNothing = excluded.some(
      (schema) => find({ ...alternative, wanted: { schema } }).outcome === 'none',
    );
    return excludesNothing ? [`excludes what can never be: ${is}, but ${allowed}`] : [];
  });
}

const undecided = ({ keyword, path }: Extract<Search, { outcome: 'undecided' }>, what: string) =>
  `is not let through, as whether it can match is undecided at "${keyword}" of ${path}: ${what}; ` +
  'docs/decisions/0005-compatibility.md says what can be decided';

function undeclared(leaf: Leaf, events: readonly EventSchema[]): string {
  const inEvents = events.map((event) => {
    // The names that there are, beside the first name that isn't one.
    const steps = leaf.path.split('.');
    const depth = steps.findIndex((_, index) => !isDeclared(event, steps.slice(0, index + 1).join('.')));
    const parent = steps.slice(0, depth).join('.');
    const names = fieldNames(event, parent);
    const place = parent === '' ? 'at the top' : `in ${parent}`;
    return { event, text: names.length > 0 ? `has ${names.join(', ')} ${place}` : `has no fields ${place}` };
  });
  const isAbsence = leaf.alternatives.every(({ wanted }) => wanted === 'absent');
  return `${isAbsence ? 'asks for nothing' : 'can never match'}: ${leaf.at} is ${received(leaf)}, but no event that the pattern names has it: ${grouped(inEvents)}`;
}

const received = ({ alternatives }: Leaf) => JSON.stringify(alternatives.map((each) => each.received));

function wholeFaults(
  named: ReadonlyMap<Combination, readonly EventSchema[]>,
  events: readonly EventSchema[],
  search: SearchEvent,
): string[] {
  const combinations = [...named.keys()];
  const results = new Map(
    [...named].map(([each, ofEach]) => [
      each,
      inAny(ofEach, (event) => searchAll(each, event, search).result),
    ]),
  );
  const why = (each: Combination) =>
    events.map((event) => `not ${event.name}, as ${searchAll(each, event, search).named}`).join('; ');
  const faultIn = (some: readonly Combination[], never: (first: Combination) => string): string[] => {
    const doubtful = some.flatMap((each) => {
      const result = results.get(each);
      return result?.outcome === 'undecided' ? [undecided(result, 'what it names, all at once')] : [];
    });
    return doubtful.length > 0 ? doubtful.slice(0, 1) : some.slice(0, 1).map(never);
  };

  const possible = combinations.filter((each) => results.get(each)?.outcome === 'found');
  if (possible.length === 0) {
    return faultIn(combinations, (first) => `can never match: no event has all that it names: ${why(first)}`);
  }
  const branches = new Set(combinations.flatMap((each) => each.branches));
  for (const branch of possible.flatMap((each) => each.branches)) branches.delete(branch);
  return [...branches].flatMap((branch) =>
    faultIn(
      combinations.filter((each) => each.branches.includes(branch)),
      (first) => `has a branch that can never match: ${branch} matches no event: ${why(first)}`,
    ),
  );
}

/** Looks for an event that a whole combination matches. Fields of the envelope and of the detail don't depend on another. */
function searchAll(
  combination: Combination,
  event: EventSchema,
  search: SearchEvent,
): { result: Search; named: string } {
  const say = (leaves: readonly Leaf[]) =>
    leaves.map((leaf) => `${leaf.at} is ${received(leaf)}`).join(', and ');
  const [first, ...others] = detailLeaves(combination);
  const parts: [Leaf, ...Leaf[]][] = [...combination.leaves.values()].map((leaf) => [leaf]);
  if (first && others.length > 0) parts.push([first, ...others]);
  let doubt: { result: Search; named: string } | undefined;
  for (const leaves of parts) {
    const result = search(event, leaves);
    if (result.outcome === 'none') return { result, named: say(leaves) };
    if (result.outcome === 'undecided') doubt ??= { result, named: say(leaves) };
  }
  return doubt ?? { result: { outcome: 'found', document: undefined }, named: '' };
}

/** `Order Placed, Order Dispatched: each allows …; Order Processed allows …`, a text said once. */
function grouped(texts: readonly { event: EventSchema; text: string }[]): string {
  const names = new Map<string, string[]>();
  for (const { event, text } of texts) names.set(text, [...(names.get(text) ?? []), event.name]);
  return [...names]
    .map(([text, of]) => `${of.join(', ')}${of.length > 1 ? ': each' : ''} ${text}`)
    .join('; ');
}
