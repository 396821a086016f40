import { isIPv6 } from 'node:net';
import type { JsonScalar } from '../../json.ts';
import {
  describe,
  isPatternObject,
  type PatternNode,
  type PatternObject,
  type PatternPath,
  refuse,
} from './pattern-syntax.ts';

/** Decides about one leaf value of an event. */
type Matcher = (value: JsonScalar) => boolean;
type Operator = (operand: PatternNode, at: PatternPath) => Matcher;

/** What a pattern asks of one field: the compiled array at one of its leaves. */
export interface FieldTest {
  /** Is a value of the field one of those that the pattern names? */
  readonly matches: Matcher;
  /** Is the field allowed to be missing (`{"exists": false}`)? */
  readonly matchesAbsence: boolean;
}

/** EventBridge compares numbers from -5e9 to 5e9 (user guide, "Numeric matching"). */
const NUMERIC_LIMIT = 5e9;

/** Compiles the array at a leaf of a pattern: alternatives, each a plain value or an operator. */
export function compileField(alternatives: readonly PatternNode[], at: PatternPath): FieldTest {
  if (alternatives.length === 0) refuse(at, 'an empty array', 'an array of at least one value or operator');

  const matchers: Matcher[] = [];
  let matchesAbsence = false;
  for (const [index, alternative] of alternatives.entries()) {
    const here = [...at, index];
    if (Array.isArray(alternative)) {
      refuse(here, describe(alternative), 'a string, a number, true, false, null or an operator');
    }
    if (!isPatternObject(alternative)) {
      matchers.push(exactly(alternative));
      continue;
    }
    const [name, operand] = onlyMember(alternative, here);
    const operator = OPERATORS.get(name);
    if (name === 'exists' && operand === false) matchesAbsence = true;
    else if (operator !== undefined) matchers.push(operator(operand, [...here, name]));
    else refuseOperator([...here, name], OPERATORS.keys());
  }
  return { matches: anyOf(matchers), matchesAbsence };
}

/** The operators, by name. A Map, so that names such as `constructor` are unknown as they should be. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['exactly', (operand, at) => equals(textOf(operand, at))],
  ['equals-ignore-case', (operand, at) => ignoringCase('^', textOf(operand, at), '$')],
  ['prefix', prefix],
  ['suffix', suffix],
  ['wildcard', wildcard],
  ['anything-but', anythingBut],
  ['numeric', numeric],
  ['cidr', cidr],
  ['exists', exists],
]);

/** The operators that `anything-but` may negate. */
const NEGATABLE: ReadonlySet<string> = new Set(['equals-ignore-case', 'prefix', 'suffix', 'wildcard']);

function onlyMember(operator: PatternObject, at: PatternPath): readonly [string, PatternNode] {
  const [member, ...others] = operator.members;
  if (member === undefined || others.length > 0) {
    refuse(at, describe(operator), 'an object with exactly one operator, such as {"prefix": "eu-"}');
  }
  return member;
}

function refuseOperator(at: PatternPath, known: Iterable<string>): never {
  refuse(at, `operator ${JSON.stringify(at.at(-1))}`, [...known].join(' or '));
}

function textOf(operand: PatternNode, at: PatternPath, allowed = 'a string'): string {
  return typeof operand === 'string' ? operand : refuse(at, describe(operand), allowed);
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  const [only, ...others] = matchers;
  if (only !== undefined && others.length === 0) return only;
  return (value) => matchers.some((matches) => matches(value));
}

function equals(expected: JsonScalar): Matcher {
  return (value) => value === expected;
}

/**
 * A plain value. As in event-ruler a number is compared by value (300 is 300.0), and an IP address as an
 * address, however it is written (::1 is 0:0:0:0:0:0:0:1).
 */
function exactly(expected: JsonScalar): Matcher {
  const address = typeof expected === 'string' ? parseAddress(expected) : undefined;
  return address === undefined ? equals(expected) : inNetwork(address, address.bits);
}

function exists(operand: PatternNode, at: PatternPath): Matcher {
  return operand === true ? () => true : refuse(at, describe(operand), 'true or false');
}

function prefix(operand: PatternNode, at: PatternPath): Matcher {
  if (isPatternObject(operand)) return ignoringCase('^', textIgnoringCase(operand, at), '');
  const text = textOf(operand, at, 'a string or {"equals-ignore-case": "…"}');
  return (value) => typeof value === 'string' && value.startsWith(text);
}

function suffix(operand: PatternNode, at: PatternPath): Matcher {
  if (isPatternObject(operand)) return ignoringCase('', textIgnoringCase(operand, at), '$');
  const text = textOf(operand, at, 'a string or {"equals-ignore-case": "…"}');
  return (value) => typeof value === 'string' && value.endsWith(text);
}

function textIgnoringCase(operand: PatternObject, at: PatternPath): string {
  const [name, text] = onlyMember(operand, at);
  if (name !== 'equals-ignore-case') refuseOperator([...at, name], ['equals-ignore-case']);
  return textOf(text, [...at, name]);
}

/**
 * Case is ignored as event-ruler does: each UTF-16 unit of the pattern stands for its lower-case or its
 * upper-case form, which need not be of the same length (`ß` is also `SS`, but `SS` isn't `ß`).
 */
function ignoringCase(start: '^' | '', text: string, end: '$' | ''): Matcher {
  const source = text.split('').map((unit) => {
    const [lower, upper] = [unit.toLowerCase(), unit.toUpperCase()];
    return lower === upper ? unit.replace(/[\\^$.*+?()[\]{}|]/, '\\$&') : `(?:${lower}|${upper})`;
  });
  const expected = new RegExp(`${start}${source.join('')}${end}`);
  // No unit has more than three in its other case. A short tail keeps the search for a suffix short.
  const tail = start === '' ? -3 * text.length : 0;
  return (value) => typeof value === 'string' && expected.test(value.slice(tail));
}

/** Between its wildcards a pattern is fixed text, found from left to right: no backtracking is needed. */
function wildcard(operand: PatternNode, at: PatternPath): Matcher {
  const [first = '', ...rest] = literalsOf(textOf(operand, at), at);
  const last = rest.pop();
  if (last === undefined) return equals(first);

  return (value) => {
    if (typeof value !== 'string' || !value.startsWith(first) || !value.endsWith(last)) return false;
    let position = first.length;
    for (const literal of rest) {
      const found = value.indexOf(literal, position);
      if (found === -1) return false;
      position = found + literal.length;
    }
    return position + last.length <= value.length;
  };
}

/** The fixed texts around the wildcards, unescaped: `a*b\*c` is `a` and `b*c`. */
function literalsOf(text: string, at: PatternPath): string[] {
  const received = JSON.stringify(text);
  if (!/^(?:[^\\]|\\[*\\])*$/.test(text)) refuse(at, received, 'a backslash only before * or \\');
  const literals = [''];
  for (const [part] of text.matchAll(/\\?./gs)) {
    if (part !== '*') literals.push(literals.pop() + part.slice(-1));
    else if (literals.length > 1 && literals.at(-1) === '') refuse(at, received, 'no two wildcards in a row');
    else literals.push('');
  }
  return literals;
}

/** Matches every value that is there, of whatever type, but the named ones. */
function anythingBut(operand: PatternNode, at: PatternPath): Matcher {
  const named = isPatternObject(operand) ? negatedOperator(operand, at) : anyOf(negatedValues(operand, at));
  return (value) => !named(value);
}

function negatedOperator(operand: PatternObject, at: PatternPath): Matcher {
  const [name, texts] = onlyMember(operand, at);
  const here = [...at, name];
  const operator = NEGATABLE.has(name) ? OPERATORS.get(name) : undefined;
  if (operator === undefined) return refuseOperator(here, NEGATABLE);
  const needsText = name === 'prefix' || name === 'suffix';
  const negated = (operand: PatternNode, at: PatternPath) => {
    const text = textOf(operand, at, 'a string or an array of strings');
    if (text === '' && needsText) refuse(at, 'an empty string', 'a string of at least one character');
    return operator(text, at);
  };
  if (!Array.isArray(texts)) return negated(texts, here);
  if (texts.length === 0) refuse(here, 'an empty array', 'a string or an array of at least one string');
  return anyOf(texts.map((text, index) => negated(text, [...here, index])));
}

function negatedValues(operand: PatternNode, at: PatternPath): Matcher[] {
  const values = Array.isArray(operand) ? operand : [operand];
  const texts = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  const ofOneType = texts.length === 0 ? numbers : texts;
  if (values.length === 0 || ofOneType.length < values.length) {
    const allowed = 'a string, a number, an array of only strings or only numbers, or an operator';
    refuse(at, describe(operand), allowed);
  }
  return ofOneType.map(equals);
}

/** The terms of a `numeric` with its numbers as `n`: one bound, or a lower and an upper one. */
const NUMERIC_FORM = /^"(?:=|<=?|>=?)" n$|^">=?" n "<=?" n$/;

function numeric(operand: PatternNode, at: PatternPath): Matcher {
  const terms = Array.isArray(operand) ? operand : [];
  const form = terms.map((term) => (typeof term === 'number' ? 'n' : describe(term))).join(' ');
  if (!NUMERIC_FORM.test(form)) {
    const received = form === '' ? describe(operand) : `the terms ${form}`;
    refuse(at, received, '["=", n], one bound such as ["<", n], or two such as [">=", n, "<", n]');
  }
  const [comparison, , upperComparison] = terms;
  const [first = 0, second = NUMERIC_LIMIT] = terms.filter((term) => typeof term === 'number');
  const tooLarge = [first, second].find((bound) => Math.abs(bound) > NUMERIC_LIMIT);
  if (tooLarge !== undefined) refuse(at, `${tooLarge}`, `numbers from -${NUMERIC_LIMIT} to ${NUMERIC_LIMIT}`);
  if (comparison === '=') return equals(first);

  const isUpper = comparison === '<' || comparison === '<=';
  const [low, high] = isUpper ? [-NUMERIC_LIMIT, first] : [first, second];
  if (low >= high) refuse(at, `a range from ${low} to ${high}`, 'a lower bound below the upper one');
  const excludesLow = comparison === '>';
  const excludesHigh = comparison === '<' || upperComparison === '<';
  return (value) =>
    typeof value === 'number' &&
    (excludesLow ? value > low : value >= low) &&
    (excludesHigh ? value < high : value <= high);
}

function cidr(operand: PatternNode, at: PatternPath): Matcher {
  const [, ip = '', maskBits = ''] = /^([^/]*)\/(\d{1,3})$/.exec(textOf(operand, at)) ?? [];
  const network = parseAddress(ip);
  // A whole address (/32, /128) is refused by event-ruler: the address itself, as a plain value, does that.
  if (network === undefined || Number(maskBits) >= network.bits) {
    return refuse(at, describe(operand), 'an IPv4 network (/0 to /31) or an IPv6 network (/0 to /127)');
  }
  return inNetwork(network, Number(maskBits));
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function inNetwork(network: Address, maskBits: number): Matcher {
  const hostBits = BigInt(network.bits - maskBits);
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : undefined;
    return address?.bits === network.bits && address.value >> hostBits === network.value >> hostBits;
  };
}

function parseAddress(text: string): Address | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(BigInt);
    return bytes.every((byte) => byte <= 255n) ? { bits: 32, value: join(bytes, 8n) } : undefined;
  }
  // Addresses with dots inside or a zone are no addresses to event-ruler.
  if (!/^[\da-f:]+$/i.test(text) || !isIPv6(text)) return undefined;
  const written = text.split(':').filter((group) => group !== '').length;
  const full = text.replace('::', `:${'0:'.repeat(8 - written)}`);
  const groups = full.split(':').filter((group) => group !== '');
  const value = join(
    groups.map((group) => BigInt(`0x${group}`)),
    16n,
  );
  // Java, and so event-ruler, reads ::ffff:a00:1 as the IPv4 address 10.0.0.1.
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function join(parts: readonly bigint[], bitsEach: bigint): bigint {
  return parts.reduce((joined, part) => (joined << bitsEach) | part, 0n);
}
