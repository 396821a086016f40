import { refuse } from './invalid-event-pattern-error.ts';
import { parseIpNetwork } from './ip-address.ts';
import {
  describeNode,
  isArrayNode,
  isObjectNode,
  type JsonNode,
  type ObjectNode,
  writeNode,
} from './json-text.ts';
import { limits } from './limits.ts';
import type { Alternative, Bound, FieldTest, ValueTest } from './pattern.ts';
import type { Place } from './place.ts';

/** Tells whether a string stands for something that isn't known yet. */
export type IsUnknown = (text: string) => boolean;

/**
 * Parses a member of the array of a field: a plain value, or an operator.
 *
 * @throws {InvalidEventPatternError} for what is neither
 */
export function parseAlternative(node: JsonNode, place: Place, isUnknown: IsUnknown): Alternative {
  const test: FieldTest = holdsUnknown(node, isUnknown) ? { kind: 'any' } : parseTest(node, place);
  return { place, written: writeNode(node), test };
}

function holdsUnknown(node: JsonNode, isUnknown: IsUnknown): boolean {
  if (isArrayNode(node)) return node.some((each) => holdsUnknown(each, isUnknown));
  if (isObjectNode(node)) {
    return node.members.some(([name, value]) => isUnknown(name) || holdsUnknown(value, isUnknown));
  }
  return typeof node === 'string' && isUnknown(node);
}

function parseTest(node: JsonNode, place: Place): FieldTest {
  if (isArrayNode(node)) {
    return refuse(place, describeNode(node), 'a string, a number, true, false, null or an operator');
  }
  if (!isObjectNode(node)) return { kind: 'value', value: node };

  const [name, operand] = onlyMember(node, place);
  const here = [...place, name];
  if (name === 'exists' && operand === false) return { kind: 'absent' };
  const parse = OPERATORS.get(name);
  return parse === undefined ? refuseOperator(here, OPERATORS.keys()) : parse(operand, here);
}

type ParseOperand = (operand: JsonNode, place: Place) => ValueTest;

/** The operators, by name. A Map, so that names such as `constructor` are unknown. */
const OPERATORS: ReadonlyMap<string, ParseOperand> = new Map<string, ParseOperand>([
  ['exactly', (operand, place) => ({ kind: 'exactly', value: textOf(operand, place) })],
  ['equals-ignore-case', (operand, place) => ({ kind: 'equals-ignore-case', text: textOf(operand, place) })],
  ['prefix', (operand, place) => parseAffix('prefix', operand, place)],
  ['suffix', (operand, place) => parseAffix('suffix', operand, place)],
  ['wildcard', parseWildcard],
  ['anything-but', parseAnythingBut],
  ['numeric', parseNumeric],
  ['cidr', parseCidr],
  ['exists', parseExists],
]);

/** The operators that `anything-but` may negate. */
const NEGATABLE: ReadonlySet<string> = new Set(['equals-ignore-case', 'prefix', 'suffix', 'wildcard']);

function onlyMember(operator: ObjectNode, place: Place): readonly [string, JsonNode] {
  const [member, ...others] = operator.members;
  if (member === undefined || others.length > 0) {
    return refuse(
      place,
      describeNode(operator),
      'an object with exactly one operator, such as {"prefix": "eu-"}',
    );
  }
  return member;
}

function refuseOperator(place: Place, known: Iterable<string>): never {
  return refuse(place, `operator ${JSON.stringify(place.at(-1))}`, [...known].join(' or '));
}

function textOf(operand: JsonNode, place: Place, allowed = 'a string'): string {
  return typeof operand === 'string' ? operand : refuse(place, describeNode(operand), allowed);
}

function parseAffix(kind: 'prefix' | 'suffix', operand: JsonNode, place: Place): ValueTest {
  if (!isObjectNode(operand)) {
    const text = textOf(operand, place, 'a string or {"equals-ignore-case": "…"}');
    return { kind, text, ignoresCase: false };
  }
  const [name, text] = onlyMember(operand, place);
  const here = [...place, name];
  if (name !== 'equals-ignore-case') refuseOperator(here, ['equals-ignore-case']);
  return { kind, text: textOf(text, here), ignoresCase: true };
}

function parseWildcard(operand: JsonNode, place: Place): ValueTest {
  const text = textOf(operand, place);
  const received = JSON.stringify(text);
  if (!/^(?:[^\\]|\\[*\\])*$/.test(text)) refuse(place, received, 'a backslash only before * or \\');
  const literals = [''];
  for (const [part] of text.matchAll(/\\?./gs)) {
    if (part !== '*') literals.push(literals.pop() + part.slice(-1));
    else if (literals.length > 1 && literals.at(-1) === '') {
      refuse(place, received, 'no two wildcards in a row');
    } else literals.push('');
  }
  return { kind: 'wildcard', text, literals };
}

function parseAnythingBut(operand: JsonNode, place: Place): ValueTest {
  const excluded = isObjectNode(operand)
    ? parseExcludedOperator(operand, place)
    : parseExcludedValues(operand, place);
  return { kind: 'anything-but', excluded };
}

function parseExcludedOperator(operand: ObjectNode, place: Place): ValueTest[] {
  const [name, texts] = onlyMember(operand, place);
  const here = [...place, name];
  const parse = NEGATABLE.has(name) ? OPERATORS.get(name) : undefined;
  if (parse === undefined) return refuseOperator(here, NEGATABLE);
  const needsText = name === 'prefix' || name === 'suffix';
  const parseText = (node: JsonNode, at: Place) => {
    const text = textOf(node, at, 'a string or an array of strings');
    if (text === '' && needsText) refuse(at, 'an empty string', 'a string of at least one character');
    return parse(text, at);
  };
  if (!isArrayNode(texts)) return [parseText(texts, here)];
  if (texts.length === 0) refuse(here, 'an empty array', 'a string or an array of at least one string');
  return texts.map((text, index) => parseText(text, [...here, index]));
}

function parseExcludedValues(operand: JsonNode, place: Place): ValueTest[] {
  const values = isArrayNode(operand) ? operand : [operand];
  const texts = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  const ofOneType = texts.length === 0 ? numbers : texts;
  if (values.length === 0 || ofOneType.length < values.length) {
    const allowed = 'a string, a number, an array of only strings or only numbers, or an operator';
    refuse(place, describeNode(operand), allowed);
  }
  return ofOneType.map((value) => ({ kind: 'exactly', value }));
}

/** The terms of a `numeric`, with `n` for its numbers: one bound, or a lower bound and an upper bound. */
const NUMERIC_FORM = /^"(?:=|<=?|>=?)" n$|^">=?" n "<=?" n$/;

function parseNumeric(operand: JsonNode, place: Place): ValueTest {
  const terms = isArrayNode(operand) ? operand : [];
  const form = terms.map((term) => (typeof term === 'number' ? 'n' : describeNode(term))).join(' ');
  if (!NUMERIC_FORM.test(form)) {
    const received = form === '' ? describeNode(operand) : `the terms ${form}`;
    refuse(place, received, '["=", n], one bound such as ["<", n], or two such as [">=", n, "<", n]');
  }
  const bounds = terms.filter((term) => typeof term === 'number');
  const largest = limits.largestNumber;
  const tooLarge = bounds.find((bound) => Math.abs(bound) > largest);
  if (tooLarge !== undefined) refuse(place, `${tooLarge}`, `numbers from -${largest} to ${largest}`);
  const [low = 0, high = Number.POSITIVE_INFINITY] = bounds;
  if (low >= high) refuse(place, `a range from ${low} to ${high}`, 'a lower bound below the upper one');

  let lower: Bound = { value: -largest, isIncluded: true };
  let upper: Bound = { value: largest, isIncluded: true };
  for (const [index, value] of bounds.entries()) {
    const comparison = `${terms[2 * index]}`;
    const bound = { value, isIncluded: comparison.endsWith('=') };
    if (!comparison.startsWith('<')) lower = bound;
    if (!comparison.startsWith('>')) upper = bound;
  }
  return { kind: 'numeric', lower, upper };
}

function parseCidr(operand: JsonNode, place: Place): ValueTest {
  const text = textOf(operand, place);
  const network = parseIpNetwork(text);
  if (network !== undefined) return { kind: 'cidr', text, network };
  return refuse(place, describeNode(operand), 'an IPv4 network (/0 to /31) or an IPv6 network (/0 to /127)');
}

function parseExists(operand: JsonNode, place: Place): ValueTest {
  return operand === true ? { kind: 'any' } : refuse(place, describeNode(operand), 'true or false');
}
