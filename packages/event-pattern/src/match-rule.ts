import type { Element, Leaves } from './event-leaves.ts';
import { compileTests, type MatchValue } from './match-value.ts';
import type { Combination, Field } from './pattern.ts';

/** A field of a pattern, compiled. */
export interface FieldRule {
  readonly field: Field;
  /** Is the value one of those that the pattern takes? */
  readonly matches: MatchValue;
  /** May the field be missing (`{"exists": false}`)? */
  readonly matchesAbsence: boolean;
}

/** A pattern without `$or`: all of its fields have to match. Sorted by path, as the order counts in {@link advance}. */
export type Rule = readonly FieldRule[];

/** Compiles combinations of one pattern. They share the fields that they have in common. */
export function compileRules(combinations: readonly Combination[]): Rule[] {
  const compiled = new Map<Field, FieldRule>();
  const compile = (field: Field): FieldRule => {
    const known = compiled.get(field);
    if (known !== undefined) return known;
    const tests = field.alternatives.map(({ test }) => test);
    const present = tests.filter((test) => test.kind !== 'absent');
    const rule = { field, matches: compileTests(present), matchesAbsence: present.length < tests.length };
    compiled.set(field, rule);
    return rule;
  };
  return combinations.map(({ fields }) =>
    [...fields.values()].map(compile).sort((a, b) => (a.field.path < b.field.path ? -1 : 1)),
  );
}

/** For each array, by its number, the element that the match so far is in. */
export type Choice = ReadonlyMap<number, number>;

/** Nothing is chosen yet. */
export const noChoice: readonly Choice[] = [new Map()];

/** Does every field match, in the same element of each array? */
export function matchesRule(rule: Rule, leaves: Leaves): boolean {
  let choices = noChoice;
  for (const position of rule.keys()) {
    choices = advance(choices, rule, position, leaves);
    if (choices.length === 0) return false;
  }
  return true;
}

/**
 * Goes on to the field at a position, and returns the choices of elements under which it matches as well as the fields
 * before it. A field is absent if it is absent from the elements that the fields before it have chosen.
 */
export function advance(
  choices: readonly Choice[],
  rule: Rule,
  position: number,
  leaves: Leaves,
): readonly Choice[] {
  const { field, matches, matchesAbsence } = rule[position] as FieldRule;
  const present = leaves.get(field.path) ?? [];
  const matching = present.filter(({ value }) => matches(value));
  const extended: Choice[] = [];
  for (const choice of choices) {
    if (matchesAbsence && !present.some(({ element }) => choose(choice, element))) extended.push(choice);
    for (const { element } of matching) {
      const next = choose(choice, element);
      if (next !== undefined) extended.push(next);
    }
  }
  return extended.length <= 1 ? extended : distinct(extended, arraysOf(rule.slice(position + 1), leaves));
}

/** Adds an element and those around it to a choice. Undefined if the choice has another element of one of the arrays. */
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

/** Finds the arrays that the leaves of some fields are in. */
function arraysOf(rule: Rule, leaves: Leaves): Set<number> {
  const arrays = new Set<number>();
  for (const { field } of rule) {
    for (const { element } of leaves.get(field.path) ?? []) {
      for (let each = element; each !== undefined; each = each.outer) arrays.add(each.array);
    }
  }
  return arrays;
}

/**
 * Keeps one of the choices that differ only in arrays without a later field: they have the same future. Without this,
 * fields in several arrays would multiply.
 */
function distinct(choices: readonly Choice[], arraysAhead: ReadonlySet<number>): Choice[] {
  const byFuture = new Map<string, Choice>();
  for (const choice of choices) {
    const ahead = [...choice].filter(([array]) => arraysAhead.has(array));
    byFuture.set(ahead.join(';'), new Map(ahead));
  }
  return [...byFuture.values()];
}
