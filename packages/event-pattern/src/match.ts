import { leavesOf, prefixesOf } from './event-leaves.ts';
import type { JsonObject } from './json.ts';
import { compileRules, matchesRule } from './match-rule.ts';
import { combinationsOf, type Pattern } from './pattern.ts';

/**
 * Compiles a pattern, to match many events.
 *
 * The semantics are those of AWS's event-ruler. Two of them are easily missed: the fields of a pattern have to match in
 * the same element of an array of the event, and `detail.state` is the same field as `state` inside `detail`.
 *
 * @returns a predicate over the event as a JSON object. It never throws, and it keeps no state.
 *
 * @example
 * const isEuropean = compilePattern(parsePattern('{"detail": {"location": [{"prefix": "eu-west"}]}}'));
 * isEuropean({ detail: { location: 'eu-west-1' } }); // true
 */
export function compilePattern(pattern: Pattern): (event: JsonObject) => boolean {
  const rules = compileRules(combinationsOf(pattern));
  const paths = new Set(rules.flatMap((rule) => rule.flatMap(({ field }) => prefixesOf(field.path))));
  return (event) => {
    const leaves = leavesOf(event, paths);
    return rules.some((rule) => matchesRule(rule, leaves));
  };
}
