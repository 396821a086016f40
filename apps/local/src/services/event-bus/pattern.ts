import type { JsonObject, JsonScalar, JsonValue } from '../../json.ts';
import { compileField, type FieldTest } from './pattern-matchers.ts';
import {
  describe,
  InvalidEventPatternError,
  isPatternObject,
  type PatternNode,
  type PatternPath,
  parsePattern,
  refuse,
} from './pattern-syntax.ts';

export { InvalidEventPatternError };

/** The longest `EventPattern` that PutRule takes, in characters. */
const MAX_PATTERN_LENGTH = 4096;

/** More combinations of `$or` branches than this are refused (EventBridge user guide, `$or`). */
const MAX_RULE_COMBINATIONS = 1000;

/** Fields of these names can't stand in an `$or`: they tell the operator from a field that is called `$or`. */
const RESERVED_IN_OR: ReadonlySet<string> = new Set(
  `exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr html = < <= > >= regex
  not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range
  ip-address-in-range ip-address-not-in-range`.split(/\s+/),
);

/**
 * Compiles an event pattern, as EventBridge does when a rule is made.
 *
 * The semantics are those of AWS's own event-ruler. Two of them are easily missed: the fields of a pattern
 * have to match within the same element of an array in the event, and `detail.state` and a field `state`
 * inside `detail` are the same.
 *
 * @param patternJson the pattern as JSON text, at most 4096 characters
 * @returns a predicate over the event as a JSON object; it never throws, and it keeps no state
 * @throws {InvalidEventPatternError} for a pattern that EventBridge would refuse
 *
 * @example
 * const isEuropean = compileEventPattern('{"detail": {"location": [{"prefix": "eu-west"}]}}');
 * isEuropean({ detail: { location: 'eu-west-1' } }); // true
 */
export function compileEventPattern(patternJson: string): (event: JsonObject) => boolean {
  if (patternJson.length > MAX_PATTERN_LENGTH) {
    refuse([], `${patternJson.length} characters`, `at most ${MAX_PATTERN_LENGTH} characters`);
  }
  const root = parsePattern(patternJson);
  const rules = compileRules(root);
  const paths = new Set(rules.flatMap((rule) => rule.flatMap(({ path }) => prefixesOf(path))));
  return (event) => {
    const leaves = leavesOf(event, paths);
    return rules.some((rule) => matches(rule, leaves));
  };
}

interface FieldRule {
  /** The names from the root to the field, joined by dots. */
  readonly path: string;
  readonly test: FieldTest;
}

/** A pattern without `$or`: all of its fields have to match. In order of path, see {@link matches}. */
type Rule = readonly FieldRule[];

/** A rule that is being compiled, by path: a field that is named again replaces the earlier one. */
type Draft = Map<string, FieldTest>;

function compileRules(root: PatternNode): Rule[] {
  let drafts: Draft[];
  try {
    drafts = compileObject(root, [], [new Map()], 'outside $or');
  } catch (error) {
    // As in event-ruler: a pattern in which `$or` doesn't have the form of the operator may mean a field.
    if (!(error instanceof InvalidEventPatternError)) throw error;
    try {
      drafts = compileObject(root, [], [new Map()], '$or is a field');
    } catch {
      throw error;
    }
  }
  return drafts.map((draft) =>
    [...draft].map(([path, test]) => ({ path, test })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

type OrMode = 'outside $or' | 'inside $or' | '$or is a field';

/** Adds the fields of an object to every draft. An `$or` makes as many drafts of each as it has branches. */
function compileObject(node: PatternNode, at: PatternPath, drafts: Draft[], mode: OrMode): Draft[] {
  if (!isPatternObject(node)) return refuse(at, describe(node), 'an object');
  if (node.members.length === 0) refuse(at, 'an empty object', 'an object with at least one field');

  let current = drafts;
  for (const [name, value] of node.members) {
    const here = [...at, name];
    if (name === '$or' && mode !== '$or is a field') {
      current = compileOr(value, here, current);
    } else if (mode === 'inside $or' && RESERVED_IN_OR.has(name)) {
      refuse(here, `the reserved word ${JSON.stringify(name)}`, 'another field name inside $or');
    } else if (Array.isArray(value)) {
      const names = here.filter(
        (step) => typeof step === 'string' && (step !== '$or' || mode === '$or is a field'),
      );
      const test = compileField(value, here);
      for (const draft of current) draft.set(names.join('.'), test);
    } else if (isPatternObject(value)) {
      current = compileObject(value, here, current, mode);
    } else {
      refuse(here, describe(value), 'an array of values, or an object of fields');
    }
  }
  return current;
}

function compileOr(node: PatternNode, at: PatternPath, drafts: readonly Draft[]): Draft[] {
  if (!Array.isArray(node) || node.length < 2) refuse(at, describe(node), 'an array of at least two objects');

  const combinations: Draft[] = [];
  for (const [index, branch] of node.entries()) {
    const copies = drafts.map((draft) => new Map(draft));
    combinations.push(...compileObject(branch, [...at, index], copies, 'inside $or'));
    if (combinations.length > MAX_RULE_COMBINATIONS) {
      const limit = `at most ${MAX_RULE_COMBINATIONS}`;
      refuse(at, `more than ${MAX_RULE_COMBINATIONS} combinations of $or branches`, limit);
    }
  }
  return combinations;
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
function prefixesOf(path: string): string[] {
  const steps = path.split('.');
  return steps.map((_, index) => steps.slice(0, index + 1).join('.'));
}

/** One scalar of an event. */
interface Leaf {
  readonly value: JsonScalar;
  /** The element of the innermost array that it stands in; a scalar that is an element isn't in itself. */
  readonly element: Element | undefined;
}

/** An object or array that is an element of an array in the event. */
interface Element {
  readonly array: number;
  readonly index: number;
  readonly outer: Element | undefined;
}

/**
 * Flattens an event into its leaves by path, as far as the pattern names them. Empty objects and arrays have
 * none, which is why a field that holds one doesn't exist to EventBridge.
 */
function leavesOf(event: JsonObject, paths: ReadonlySet<string>): Map<string, Leaf[]> {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;
  // A list of what is left to visit rather than recursion: an event may be nested deeper than the call stack.
  const pending: { value: JsonValue; path: string | undefined; element: Element | undefined }[] = [
    { value: event, path: undefined, element: undefined },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path, element } = next;
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, item] of value.entries()) {
        const isLeaf = typeof item !== 'object' || item === null;
        pending.push({ value: item, path, element: isLeaf ? element : { array, index, outer: element } });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) {
        const child = value[name];
        const childPath = path === undefined ? name : `${path}.${name}`;
        if (child !== undefined && paths.has(childPath))
          pending.push({ value: child, path: childPath, element });
      }
    } else if (path !== undefined) {
      const found = leaves.get(path);
      if (found === undefined) leaves.set(path, [{ value, element }]);
      else found.push({ value, element });
    }
  }
  return leaves;
}

/** Which element of which array the match so far stands on. */
type Choice = ReadonlyMap<number, number>;

/**
 * Does every field match, within the same element of each array?
 *
 * Goes from field to field with all the choices of elements under which the fields so far match. The order
 * of the fields counts: a field is absent when it is absent from the elements that earlier ones have chosen.
 */
function matches(rule: Rule, leaves: ReadonlyMap<string, readonly Leaf[]>): boolean {
  let choices: Choice[] = [new Map()];
  for (const [position, { path, test }] of rule.entries()) {
    const present = leaves.get(path) ?? [];
    const matching = present.filter(({ value }) => test.matches(value));
    const extended: Choice[] = [];
    for (const choice of choices) {
      if (test.matchesAbsence && !present.some(({ element }) => choose(choice, element)))
        extended.push(choice);
      for (const { element } of matching) {
        const next = choose(choice, element);
        if (next !== undefined) extended.push(next);
      }
    }
    if (extended.length === 0) return false;
    choices =
      extended.length === 1 ? extended : distinct(extended, arraysOf(rule.slice(position + 1), leaves));
  }
  return true;
}

/** The choice with an element and those around it, or undefined if it already stands on another element. */
function choose(choice: Choice, element: Element | undefined): Choice | undefined {
  let extended: Map<number, number> | undefined;
  for (let each = element; each !== undefined; each = each.outer) {
    const chosen = choice.get(each.array);
    if (chosen === undefined) {
      extended ??= new Map(choice);
      extended.set(each.array, each.index);
    } else if (chosen !== each.index) return undefined;
  }
  return extended ?? choice;
}

/** The arrays that the leaves of some fields stand in. */
function arraysOf(rule: Rule, leaves: ReadonlyMap<string, readonly Leaf[]>): Set<number> {
  const arrays = new Set<number>();
  for (const { path } of rule) {
    for (const { element } of leaves.get(path) ?? []) {
      for (let each = element; each !== undefined; each = each.outer) arrays.add(each.array);
    }
  }
  return arrays;
}

/**
 * Choices that differ only in arrays that no later field stands in have the same future, and one of them is
 * enough. Without this, fields in several arrays would multiply.
 */
function distinct(choices: readonly Choice[], arraysAhead: ReadonlySet<number>): Choice[] {
  const byFuture = new Map<string, Choice>();
  for (const choice of choices) {
    const ahead = [...choice].filter(([array]) => arraysAhead.has(array));
    byFuture.set(ahead.join(';'), new Map(ahead));
  }
  return [...byFuture.values()];
}
