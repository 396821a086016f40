import { InvalidEventPatternError, refuse } from './invalid-event-pattern-error.ts';
import { describeNode, isArrayNode, isObjectNode, type JsonNode, readTokens, tokensOf } from './json-text.ts';
import { limits } from './limits.ts';
import { type IsUnknown, parseAlternative } from './parse-alternative.ts';
import type { Branch, Condition, Field, Or, Pattern } from './pattern.ts';
import type { Place } from './place.ts';

export interface ParseOptions {
  /**
   * Tells whether a string of the pattern stands for something that isn't known yet, such as the reference
   * `${var.account}`. A value or an operator that holds such a string is read as any value. By default none does.
   */
  readonly isUnknown?: IsUnknown;
}

/**
 * Parses an event pattern. What AWS's event-ruler refuses is refused here.
 *
 * @param text the pattern as JSON text, at most 4,096 characters
 * @throws {InvalidEventPatternError} for a text that isn't a pattern
 *
 * @example
 * parsePattern('{"detail": {"location": [{"prefix": "eu-west"}]}}');
 */
export function parsePattern(text: string, { isUnknown = () => false }: ParseOptions = {}): Pattern {
  const root = readTokens(tokenize(text, isUnknown));
  try {
    return readPattern(root, { isUnknown, orIsField: false });
  } catch (error) {
    // event-ruler reads a pattern again, with `$or` as the name of a field, if one doesn't have the form of the operator.
    if (!(error instanceof InvalidEventPatternError)) throw error;
    try {
      return readPattern(root, { isUnknown, orIsField: true });
    } catch {
      throw error;
    }
  }
}

function tokenize(text: string, isUnknown: IsUnknown): string[] {
  let tokens: string[];
  try {
    tokens = tokensOf(text);
  } catch (cause) {
    return refuse([], 'text that is not JSON', 'a JSON object', cause);
  }
  const unknown = tokens.filter((token) => token.startsWith('"') && isUnknown(JSON.parse(token)));
  // What isn't known yet may be empty.
  const length = text.length - unknown.reduce((sum, token) => sum + token.length, 0);
  if (length > limits.characters) {
    refuse([], `${length} characters`, `at most ${limits.characters} characters`);
  }
  return tokens;
}

interface Reading {
  readonly isUnknown: IsUnknown;
  /** Whether `$or` is the name of a field, and not the operator. */
  readonly orIsField: boolean;
}

/** Where in a pattern an object is. */
interface Scope {
  readonly place: Place;
  /** The names of the fields around the object. */
  readonly names: readonly string[];
  readonly isInsideOr: boolean;
}

/** The conditions of an object, and how many combinations of `$or` branches there are up to its end. */
interface Read {
  readonly conditions: readonly Condition[];
  readonly combinations: number;
}

function readPattern(root: JsonNode, reading: Reading): Pattern {
  const { conditions } = readObject(root, { place: [], names: [], isInsideOr: false }, 1, reading);
  return { conditions };
}

/** @param before the number of combinations of the `$or`s that come before the object */
function readObject(node: JsonNode, scope: Scope, before: number, reading: Reading): Read {
  if (!isObjectNode(node)) return refuse(scope.place, describeNode(node), 'an object');
  if (node.members.length === 0) refuse(scope.place, 'an empty object', 'an object with at least one field');

  const conditions: Condition[] = [];
  let combinations = before;
  for (const [name, value] of node.members) {
    const inner = { ...scope, place: [...scope.place, name], names: [...scope.names, name] };
    if (name === '$or' && !reading.orIsField) {
      const or = readOr(value, { ...scope, place: inner.place }, combinations, reading);
      conditions.push(or.condition);
      combinations = or.combinations;
    } else if (scope.isInsideOr && RESERVED_INSIDE_OR.has(name)) {
      refuse(inner.place, `the reserved word ${JSON.stringify(name)}`, 'another field name inside $or');
    } else if (isArrayNode(value)) {
      conditions.push(readField(value, inner, reading));
    } else if (isObjectNode(value)) {
      const nested = readObject(value, inner, combinations, reading);
      conditions.push(...nested.conditions);
      combinations = nested.combinations;
    } else {
      refuse(inner.place, describeNode(value), 'an array of values, or an object of fields');
    }
  }
  return { conditions, combinations };
}

function readField(nodes: readonly JsonNode[], { place, names }: Scope, { isUnknown }: Reading): Field {
  if (nodes.length === 0) refuse(place, 'an empty array', 'an array of at least one value or operator');
  const alternatives = nodes.map((node, index) => parseAlternative(node, [...place, index], isUnknown));
  return { kind: 'field', place, path: names.join('.'), alternatives };
}

function readOr(
  node: JsonNode,
  scope: Scope,
  before: number,
  reading: Reading,
): { condition: Or; combinations: number } {
  const { place } = scope;
  if (!isArrayNode(node) || node.length < limits.minOrBranches) {
    return refuse(place, describeNode(node), `an array of at least ${limits.minOrBranches} objects`);
  }
  let combinations = 0;
  const branches = node.map((branch, index): Branch => {
    const inner = { ...scope, place: [...place, index], isInsideOr: true };
    const read = readObject(branch, inner, before, reading);
    combinations += read.combinations;
    if (combinations > limits.orCombinations) {
      const received = `more than ${limits.orCombinations} combinations of $or branches`;
      refuse(place, received, `at most ${limits.orCombinations}`);
    }
    return { place: inner.place, conditions: read.conditions };
  });
  return { condition: { kind: 'or', place, branches }, combinations };
}

/** The names that a field can't have inside `$or`, where event-ruler tells by them that `$or` isn't the operator. */
const RESERVED_INSIDE_OR: ReadonlySet<string> = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric'],
  ...['cidr', '=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
  ...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range'],
  'ip-address-not-in-range',
]);
