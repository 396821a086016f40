import { type Leaves, leavesOf, prefixesOf } from './event-leaves.ts';
import type { JsonObject, JsonScalar } from './json.ts';
import { advance, compileRules, noChoice, type Rule } from './match-rule.ts';
import {
  type Combination,
  type Condition,
  combinationsOf,
  type Field,
  type Or,
  type Pattern,
} from './pattern.ts';
import type { Place } from './place.ts';
import { describeWanted } from './words.ts';

/** Why a pattern matches an event, or doesn't: each of its conditions, with what became of it. */
export interface Explanation {
  readonly matches: boolean;
  /** The pattern matches if all of them match, except fields that are replaced. */
  readonly conditions: readonly ConditionExplanation[];
}

export type ConditionExplanation = FieldExplanation | OrExplanation;

/** What became of a field of the pattern. */
export interface FieldExplanation {
  readonly kind: 'field';
  readonly place: Place;
  /** The names from the event to the field, joined by dots. */
  readonly path: string;
  readonly outcome: FieldOutcome;
  /** What the pattern wants there, in words: `a value that starts with "eu-west"`. */
  readonly wanted: string;
  /** The scalars that the event has there. None: the field is missing, or it holds no scalar. */
  readonly received: readonly JsonScalar[];
}

/**
 * - `matches`
 * - `differs`: the event doesn't have there what the pattern wants.
 * - `elsewhere`: the event has it, but not in the elements of arrays in which the fields before it match.
 * - `replaced`: a later field of the same path counts in place of this one.
 */
export type FieldOutcome = 'matches' | 'differs' | 'elsewhere' | 'replaced';

/** What became of an `$or` of the pattern. */
export interface OrExplanation {
  readonly kind: 'or';
  readonly place: Place;
  /** Whether the nearest branch matches. */
  readonly matches: boolean;
  readonly branches: readonly BranchExplanation[];
}

export interface BranchExplanation {
  readonly place: Place;
  readonly matches: boolean;
  /** Whether the branch is the one, of its `$or`, by which the pattern as a whole comes nearest to a match. */
  readonly isNearest: boolean;
  readonly conditions: readonly ConditionExplanation[];
}

/**
 * Explains why a pattern matches an event, or doesn't.
 *
 * Where the pattern has an `$or`, the conditions beside it are explained for the branch that leaves the fewest fields
 * without a match, and each other branch for itself.
 *
 * @example
 * const pattern = parsePattern('{"detail": {"location": [{"prefix": "eu-west"}]}}');
 * explain(pattern, { detail: { location: 'us-east-1' } });
 * // { matches: false, conditions: [{ kind: 'field', path: 'detail.location', outcome: 'differs',
 * //   wanted: 'a value that starts with "eu-west"', received: ['us-east-1'], … }] }
 */
export function explain(pattern: Pattern, event: JsonObject): Explanation {
  const paths = new Set(fieldsOf(pattern.conditions).flatMap(({ path }) => prefixesOf(path)));
  const leaves = leavesOf(event, paths);
  const combinations = combinationsOf(pattern);
  const rules = compileRules(combinations);
  const ways = combinations.map((combination, index) => wayOf(combination, rules[index] as Rule, leaves));
  const nearest = nearestOf(ways);
  return {
    matches: nearest.misses === 0,
    conditions: explainConditions(pattern.conditions, ways, nearest, leaves),
  };
}

const fieldsOf = (conditions: readonly Condition[]): Field[] =>
  conditions.flatMap((condition) =>
    condition.kind === 'field'
      ? [condition]
      : condition.branches.flatMap((branch) => fieldsOf(branch.conditions)),
  );

/** A way to choose a branch of each `$or`, and what becomes of its fields. */
interface Way {
  readonly combination: Combination;
  readonly outcomes: ReadonlyMap<Field, FieldOutcome>;
  /** The number of fields without a match. */
  readonly misses: number;
}

function wayOf(combination: Combination, rule: Rule, leaves: Leaves): Way {
  const outcomes = new Map<Field, FieldOutcome>();
  let choices = noChoice;
  let misses = 0;
  for (const [position, { field }] of rule.entries()) {
    const next = advance(choices, rule, position, leaves);
    if (next.length > 0) {
      choices = next;
      outcomes.set(field, 'matches');
    } else {
      misses++;
      const matchesAlone = advance(noChoice, rule, position, leaves).length > 0;
      outcomes.set(field, matchesAlone ? 'elsewhere' : 'differs');
    }
  }
  return { combination, outcomes, misses };
}

const nearestOf = (ways: readonly Way[]): Way =>
  ways.reduce((nearest, way) => (way.misses < nearest.misses ? way : nearest));

/** @param ways the ways that take all of these conditions, and `nearest`, the one of them that they are explained by */
function explainConditions(
  conditions: readonly Condition[],
  ways: readonly Way[],
  nearest: Way,
  leaves: Leaves,
): ConditionExplanation[] {
  return conditions.map((condition) =>
    condition.kind === 'field'
      ? explainField(condition, nearest, leaves)
      : explainOr(condition, ways, nearest, leaves),
  );
}

function explainField(field: Field, { outcomes }: Way, leaves: Leaves): FieldExplanation {
  const { place, path, alternatives } = field;
  return {
    kind: 'field',
    place,
    path,
    outcome: outcomes.get(field) ?? 'replaced',
    wanted: describeWanted(alternatives),
    // Leaves are found from the end of the event.
    received: (leaves.get(path) ?? []).map(({ value }) => value).reverse(),
  };
}

function explainOr(
  { place, branches }: Or,
  ways: readonly Way[],
  nearest: Way,
  leaves: Leaves,
): OrExplanation {
  const explained = branches.map((branch): BranchExplanation => {
    const through = ways.filter(({ combination }) => combination.branches.includes(branch));
    const way = nearestOf(through);
    const conditions = explainConditions(branch.conditions, through, way, leaves);
    return { place: branch.place, matches: conditions.every(isMet), isNearest: way === nearest, conditions };
  });
  const matches = explained.some((branch) => branch.isNearest && branch.matches);
  return { kind: 'or', place, matches, branches: explained };
}

const isMet = (condition: ConditionExplanation): boolean =>
  condition.kind === 'or'
    ? condition.matches
    : condition.outcome === 'matches' || condition.outcome === 'replaced';
