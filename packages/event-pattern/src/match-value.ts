import { isInNetwork, parseIpAddress } from './ip-address.ts';
import type { JsonScalar } from './json.ts';
import type { Bound, ValueTest } from './pattern.ts';

/** Decides about one scalar of an event. */
export type MatchValue = (value: JsonScalar) => boolean;

/** Compiles tests into one that a value passes if it passes one of them. */
export function compileTests(tests: readonly ValueTest[]): MatchValue {
  const matchers = tests.map(compileTest);
  const [only, ...others] = matchers;
  if (only !== undefined && others.length === 0) return only;
  return (value) => matchers.some((matches) => matches(value));
}

function compileTest(test: ValueTest): MatchValue {
  switch (test.kind) {
    case 'any':
      return () => true;
    case 'value':
      return equalsValue(test.value);
    case 'exactly':
      return equals(test.value);
    case 'equals-ignore-case':
      return ignoringCase('^', test.text, '$');
    case 'prefix':
      return test.ignoresCase ? ignoringCase('^', test.text, '') : startsWith(test.text);
    case 'suffix':
      return test.ignoresCase ? ignoringCase('', test.text, '$') : endsWith(test.text);
    case 'wildcard':
      return wildcard(test.literals);
    case 'numeric':
      return inRange(test.lower, test.upper);
    case 'cidr':
      return (value) => typeof value === 'string' && isInNetwork(test.network, value);
    case 'anything-but': {
      const isExcluded = compileTests(test.excluded);
      return (value) => !isExcluded(value);
    }
  }
}

function equals(expected: JsonScalar): MatchValue {
  return (value) => value === expected;
}

/** As in event-ruler, a number is compared by value (300 is 300.0), and an IP address as an address. */
function equalsValue(expected: JsonScalar): MatchValue {
  const address = typeof expected === 'string' ? parseIpAddress(expected) : undefined;
  if (address === undefined) return equals(expected);
  const network = { address, maskBits: address.bits };
  return (value) => typeof value === 'string' && isInNetwork(network, value);
}

function startsWith(text: string): MatchValue {
  return (value) => typeof value === 'string' && value.startsWith(text);
}

function endsWith(text: string): MatchValue {
  return (value) => typeof value === 'string' && value.endsWith(text);
}

/**
 * Ignores case as event-ruler does: each UTF-16 unit of the pattern is its lower-case or its upper-case form, which may
 * be longer (`ß` is also `SS`, but `SS` isn't `ß`).
 */
function ignoringCase(start: '^' | '', text: string, end: '$' | ''): MatchValue {
  const source = text.split('').map((unit) => {
    const [lower, upper] = [unit.toLowerCase(), unit.toUpperCase()];
    return lower === upper ? unit.replace(/[\\^$.*+?()[\]{}|]/, '\\$&') : `(?:${lower}|${upper})`;
  });
  const expected = new RegExp(`${start}${source.join('')}${end}`);
  // No unit has more than three in its other case. A short tail keeps the search for a suffix short.
  const tail = start === '' ? -3 * text.length : 0;
  return (value) => typeof value === 'string' && expected.test(value.slice(tail));
}

/** Finds the literals between the wildcards from left to right. No backtracking is needed. */
function wildcard([first = '', ...rest]: readonly string[]): MatchValue {
  const middle = rest.slice(0, -1);
  const last = rest.at(-1);
  if (last === undefined) return equals(first);

  return (value) => {
    if (typeof value !== 'string' || !value.startsWith(first) || !value.endsWith(last)) return false;
    let position = first.length;
    for (const literal of middle) {
      const found = value.indexOf(literal, position);
      if (found === -1) return false;
      position = found + literal.length;
    }
    return position + last.length <= value.length;
  };
}

function inRange(lower: Bound, upper: Bound): MatchValue {
  return (value) =>
    typeof value === 'number' &&
    (lower.isIncluded ? value >= lower.value : value > lower.value) &&
    (upper.isIncluded ? value <= upper.value : value < upper.value);
}
