import {
  type EventSchema,
  type Field,
  fieldNames,
  findField,
  type Keywords,
  namedValues,
  readEventSchemas,
} from './pattern-fields.ts';
import { canBe } from './possible-values.ts';
import { type Alternative, type Combination, type Leaf, Malformed, readPattern } from './read-pattern.ts';

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

function faultsOf(pattern: object, events: readonly EventSchema[]): string[] {
  let combinations: Combination[];
  try {
    combinations = readPattern(pattern);
  } catch (error) {
    if (error instanceof Malformed) return [error.message];
    throw error;
  }

  const whyNot = createWhyNot();
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
  return faults.length > 0 ? faults : wholeFaults(combinations, named, events, whyNot);
}

const isEnvelope = ({ path }: Leaf) => path !== 'detail' && !path.startsWith('detail.');

/** The first leaf by which a combination can't match an event. */
type WhyNot = (
  combination: Combination,
  event: EventSchema,
  only?: (leaf: Leaf) => boolean,
) => Leaf | undefined;

/** Remembers its answers: a leaf stands in many combinations. */
function createWhyNot(): WhyNot {
  const known = new Map<Leaf, Map<EventSchema, boolean>>();
  const canMatchIn = (leaf: Leaf, event: EventSchema): boolean => {
    const answers = known.get(leaf) ?? new Map<EventSchema, boolean>();
    known.set(leaf, answers);
    const before = answers.get(event);
    if (before !== undefined) return before;
    const field = findField(event, leaf.path);
    const answer = leaf.alternatives.some((each) => canMatch(each, field));
    answers.set(event, answer);
    return answer;
  };
  return ({ leaves }, event, only = () => true) =>
    [...leaves.values()].filter(only).find((leaf) => !canMatchIn(leaf, event));
}

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
  whyNot: WhyNot,
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
