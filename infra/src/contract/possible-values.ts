import { isIP } from 'node:net';
import {
  type Assertion,
  CharSet,
  type Concatenation,
  DFA,
  isDisjointWith,
  JS,
  NFA,
  type NoParent,
} from 'refa';
import { type Case, type Keywords, namedValues, typesOf } from './pattern-fields.ts';

export type Scalar = string | number | boolean | null;

/** What an alternative of a pattern asks of a value. */
export type Wanted =
  | { kind: 'anything' }
  | { kind: 'value'; value: Scalar }
  /** The whole text matches a regular expression without anchors and lookaround; `anyCharacter` is its dot. */
  | { kind: 'text'; source: string }
  | { kind: 'range'; low: number; excludesLow: boolean; high: number; excludesHigh: boolean }
  | { kind: 'none of'; these: readonly Wanted[] };

/**
 * Is there a value that a schema allows and a pattern wants?
 *
 * Yes, wherever it can't be decided: `format`, `not`, `contains`, a `multipleOf` that isn't a whole number
 * against a range, a `pattern` with lookaround or `\b`, or with a backreference that is no fixed text, a length above 512 characters against
 * anything but a plain value, and an IP address as a plain value, which EventBridge compares as an address.
 */
export function canBe(parts: Case, wanted: Wanted): boolean {
  if (wanted.kind === 'anything') return true;
  const types = typesOf(parts);
  const values = parts.map(namedValues).find((named) => named !== undefined) ?? [
    ...(types.has('boolean') ? [true, false] : []),
    ...(types.has('null') ? [null] : []),
  ];
  if (values.some((value) => allows(parts, value) && meets(value, wanted))) return true;
  if (parts.some((part) => namedValues(part))) return false;
  return (
    (types.has('string') && canBeText(parts, wanted)) || (types.has('number') && canBeNumber(parts, wanted))
  );
}

function meets(value: unknown, wanted: Wanted): boolean {
  switch (wanted.kind) {
    case 'anything':
      return true;
    case 'value':
      return value === wanted.value || isSameAddress(value, wanted.value);
    case 'text':
      return typeof value === 'string' && new RegExp(`^(?:${wanted.source})$`, 'u').test(value);
    case 'range':
      return typeof value === 'number' && rangeHolds(value, wanted);
    case 'none of':
      return !wanted.these.some((each) =>
        each.kind === 'value' ? value === each.value : meets(value, each),
      );
  }
}

/** An address can be written in more than one way; two of them are taken to be the same. */
const isSameAddress = (one: unknown, other: unknown) =>
  typeof one === 'string' && typeof other === 'string' && isIP(one) > 0 && isIP(other) > 0;

function rangeHolds(value: number, range: Extract<Wanted, { kind: 'range' }>): boolean {
  const { low, excludesLow, high, excludesHigh } = range;
  return (excludesLow ? value > low : value >= low) && (excludesHigh ? value < high : value <= high);
}

/** Do all the keywords that speak of scalars allow a value? */
function allows(parts: Case, value: unknown): boolean {
  const type = value === null ? 'null' : typeof value;
  return (
    typesOf(parts).has(type) &&
    parts.every((part) => namedValues(part)?.includes(value) ?? true) &&
    (typeof value !== 'string' || (lengthFits(parts, value) && patternsOf(parts).every(matches(value)))) &&
    (typeof value !== 'number' || numberFits(parts, value))
  );
}

const numbers = (parts: Case, keyword: string): number[] =>
  parts.map((part) => part[keyword]).filter((value) => typeof value === 'number');

const patternsOf = (parts: Case) =>
  parts.map(({ pattern }) => pattern).filter((each) => typeof each === 'string');
const matches = (text: string) => (pattern: string) => new RegExp(pattern, 'u').test(text);

function lengthFits(parts: Case, text: string): boolean {
  const length = [...text].length;
  const { min, max } = lengthsOf(parts);
  return length >= min && length <= max;
}

const lengthsOf = (parts: Case) => ({
  min: Math.max(0, ...numbers(parts, 'minLength')),
  max: Math.min(Number.POSITIVE_INFINITY, ...numbers(parts, 'maxLength')),
});

// Numbers.

type Range = Omit<Extract<Wanted, { kind: 'range' }>, 'kind'>;

function boundsOf(parts: Case): Range {
  const [minimum, above] = [numbers(parts, 'minimum'), numbers(parts, 'exclusiveMinimum')];
  const [maximum, below] = [numbers(parts, 'maximum'), numbers(parts, 'exclusiveMaximum')];
  const low = Math.max(Number.NEGATIVE_INFINITY, ...minimum, ...above);
  const high = Math.min(Number.POSITIVE_INFINITY, ...maximum, ...below);
  return { low, excludesLow: above.includes(low), high, excludesHigh: below.includes(high) };
}

/** Whole numbers that a number has to be a multiple of: 1 for an integer. */
function stepsOf(parts: Case): number[] {
  const isInteger = ({ type }: Keywords) =>
    [type].flat().includes('integer') && ![type].flat().includes('number');
  return [...(parts.some(isInteger) ? [1] : []), ...numbers(parts, 'multipleOf')];
}

function numberFits(parts: Case, value: number): boolean {
  const isMultiple = (step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-9;
  return rangeHolds(value, { kind: 'range', ...boundsOf(parts) }) && stepsOf(parts).every(isMultiple);
}

function canBeNumber(parts: Case, wanted: Wanted): boolean {
  if (wanted.kind === 'value') return typeof wanted.value === 'number' && numberFits(parts, wanted.value);
  if (wanted.kind === 'text') return false;
  const step = stepsOf(parts).find(Number.isInteger);
  const bounds = boundsOf(parts);
  if (wanted.kind === 'range') {
    const { low, high, excludesLow, excludesHigh } = narrower(bounds, wanted);
    if (step === undefined) return low < high || (low === high && !excludesLow && !excludesHigh);
    const first = excludesLow ? Math.floor(low / step) + 1 : Math.ceil(low / step);
    const last = excludesHigh ? Math.ceil(high / step) - 1 : Math.floor(high / step);
    return first <= last;
  }
  // None of some: there are others, unless the schema allows no more than a few.
  const few =
    step === undefined ? (bounds.low === bounds.high ? 1 : undefined) : (bounds.high - bounds.low) / step;
  if (few === undefined || few > 1000) return true;
  const start = step === undefined ? bounds.low : Math.ceil(bounds.low / step) * step;
  const all = Array.from({ length: Math.floor(few) + 1 }, (_, index) => start + index * (step ?? 1));
  return all.some((value) => numberFits(parts, value) && meets(value, wanted));
}

function narrower(one: Range, other: Range): Range {
  const low = Math.max(one.low, other.low);
  const high = Math.min(one.high, other.high);
  const both = [one, other];
  return {
    low,
    excludesLow: both.some((each) => each.low === low && each.excludesLow),
    high,
    excludesHigh: both.some((each) => each.high === high && each.excludesHigh),
  };
}

// Texts. A regular expression's anchors are no part of an automaton, so the text of one stands between marks:
// any number of `start`, the text, any number of `end`. `^` then reads a `start`, and `$` an `end`.

const start = 0x10fffe;
const end = 0x10ffff;
/** Any character of a text, as part of a regular expression. */
export const anyCharacter = '[^\\u{10fffe}\\u{10ffff}]';
/** A text as a regular expression that matches it. */
export const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const longest = 512;

function canBeText(parts: Case, wanted: Wanted): boolean {
  if (wanted.kind === 'value') {
    if (typeof wanted.value !== 'string') return false;
    return isIP(wanted.value) > 0 || allows(parts, wanted.value);
  }
  if (wanted.kind === 'range') return false;

  const { min, max } = lengthsOf(parts);
  const bounds = `{${min <= longest ? min : 0},${max <= longest ? max : ''}}`;
  try {
    const languages = [
      automaton(`${anyCharacter}${bounds}`),
      ...patternsOf(parts).map(searchAutomaton),
      ...(wanted.kind === 'text' ? [automaton(wanted.source)] : []),
      ...(wanted.kind === 'none of' ? wanted.these.flatMap(textsOf).map(complement) : []),
    ];
    const [last, ...others] = languages.reverse() as [NFA, ...NFA[]];
    const factory = () => new NFA.LimitedNodeFactory(10_000);
    const rest = others.reduce((all, language) => NFA.fromIntersection(all, language, factory()));
    return !isDisjointWith(rest, last);
  } catch {
    // Not a regular language, or too large a one: not decided.
    return true;
  }
}

function textsOf(wanted: Wanted): string[] {
  if (wanted.kind === 'text') return [wanted.source];
  return wanted.kind === 'value' && typeof wanted.value === 'string' ? [literal(wanted.value)] : [];
}

/** The marked texts that a regular expression matches as a whole. */
function automaton(source: string): NFA {
  return toAutomaton(`\\u{10fffe}*(?:${source})\\u{10ffff}*`);
}

/** The marked texts that it doesn't match; and some that aren't marked as they should be, which no other language has. */
function complement(source: string): NFA {
  const dfa = DFA.fromFA(automaton(source), new DFA.LimitedNodeFactory(10_000));
  dfa.complement();
  return NFA.fromFA(dfa);
}

/** The marked texts in which a schema's `pattern` finds a match. */
function searchAutomaton(pattern: string): NFA {
  const { alternatives } = parse(pattern);
  const anything = {
    type: 'Quantifier',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    lazy: false,
    alternatives: [concatenation([characters(CharSet.all(end))])],
  } satisfies Part['elements'][number];
  const match = { type: 'Alternation', alternatives: alternatives.map(withMarks) } as const;
  const search = concatenation([anything, match, anything]);
  return NFA.fromRegex(search, { maxCharacter: end }, {}, new NFA.LimitedNodeFactory(10_000));
}

type Part = NoParent<Concatenation>;
const concatenation = (elements: Part['elements']): Part => ({ type: 'Concatenation', elements });
const characters = (set: CharSet) => ({ type: 'CharacterClass', characters: set }) as const;

/** `^` and `$` read a mark, and nothing else does. */
const withMarks = ({ elements }: Part): Part => concatenation(elements.map(withMark));

function withMark(element: Part['elements'][number]): Part['elements'][number] {
  switch (element.type) {
    case 'CharacterClass':
      return characters(element.characters.without({ min: start, max: end }));
    case 'Assertion':
      return characters(CharSet.fromCharacter(end, markOf(element)));
    case 'Alternation':
    case 'Quantifier':
      return { ...element, alternatives: element.alternatives.map(withMarks) };
    case 'Unknown':
      throw new Error('not a regular expression');
  }
}

/** The parser reads `^` as "behind this is no character", and `$` as "ahead of this is none". */
function markOf({ kind, negate, alternatives }: NoParent<Assertion>): number {
  const [only, ...others] = alternatives.flatMap(({ elements }) => elements);
  if (negate && others.length === 0 && only?.type === 'CharacterClass' && only.characters.isAll) {
    return kind === 'behind' ? start : end;
  }
  throw new Error('lookaround and \\b are not decided');
}

function toAutomaton(source: string): NFA {
  return NFA.fromRegex(parse(source), { maxCharacter: end }, {}, new NFA.LimitedNodeFactory(10_000));
}

const parse = (source: string) =>
  JS.Parser.fromLiteral({ source, flags: 'u' }).parse({ backreferences: 'throw', assertions: 'parse' })
    .expression;
