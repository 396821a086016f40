import { type Condition, compilePattern, explain, explainInWords, type Field } from '@orders/event-pattern';
import type { JsonObject } from '../../json.ts';
import type { NearMiss } from '../../trace.ts';
import type { RulePattern } from './rule-pattern.ts';

/** The fields that say what kind of event it is. */
const kindFields = ['source', 'detail-type'];

/**
 * Finds the rules that nearly matched an event of a bus, for somebody who wonders why no rule took it.
 *
 * These are the rules that miss by the fewest fields, among those that want an event of this kind, and of which a field
 * has a value that the rule names and that tells the rules of the bus apart. A miss isn't worth a word where a rule that matched names values of the
 * missed field: of two rules for two regions, one takes an order, and the other one never should.
 *
 * @param rules all rules of the bus
 * @returns the near misses of an event that these rules of the bus matched
 */
export function createNearMisses(
  rules: readonly RulePattern[],
): (event: JsonObject, matched: readonly RulePattern[]) => NearMiss[] {
  const demandsOf = new Map(rules.map((rule) => [rule, rule.pattern.conditions.map(readDemand)]));
  const isShared = ({ written }: Demand) =>
    [...demandsOf.values()].every((demands) => demands.some((other) => other.written === written));

  return (event, matched) => {
    const taken = new Set(
      matched
        .flatMap((rule) => demandsOf.get(rule) ?? [])
        .flatMap(({ namesValues, paths }) => (namesValues ? paths : [])),
    );
    const near = rules.flatMap((rule) => {
      if (matched.includes(rule)) return [];
      const demands = demandsOf.get(rule) ?? [];
      const missed = demands.filter(({ isMetBy }) => !isMetBy(event));
      const paths = missed.flatMap((demand) => demand.paths);
      // An event that no rule matched may have a slip in its very kind.
      const isOfAnotherKind = matched.length > 0 && paths.some((path) => kindFields.includes(path));
      if (isOfAnotherKind || (missed.length > 0 && paths.every((path) => taken.has(path)))) return [];
      const tellsApart = demands.some(
        (demand) => demand.namesValues && !missed.includes(demand) && !isShared(demand),
      );
      return tellsApart ? [{ rule, misses: missed.length }] : [];
    });
    const fewest = Math.min(...near.map(({ misses }) => misses));
    return near
      .filter(({ misses }) => misses === fewest)
      .map(({ rule: { name, pattern } }) => ({
        rule: name,
        sentence: explainInWords(explain(pattern, event)),
      }));
  };
}

/** A condition of a rule: one field, or one `$or`. */
interface Demand {
  /** The fields that it is about. */
  paths: string[];
  /** As the pattern has it, to compare it with those of other rules. */
  written: string;
  /** Whether it asks for values, and not for whatever is left, or for any. */
  namesValues: boolean;
  isMetBy(event: JsonObject): boolean;
}

function readDemand(condition: Condition): Demand {
  const fields = fieldsOf(condition);
  return {
    paths: fields.map(({ path }) => path),
    written: JSON.stringify(
      fields.map(({ path, alternatives }) => [path, alternatives.map((a) => a.written)]),
    ),
    namesValues: fields.some(({ alternatives }) =>
      alternatives.some(({ test }) => !['any', 'absent', 'anything-but'].includes(test.kind)),
    ),
    isMetBy: compilePattern({ conditions: [condition] }),
  };
}

const fieldsOf = (condition: Condition): Field[] =>
  condition.kind === 'field'
    ? [condition]
    : condition.branches.flatMap((branch) => branch.conditions.flatMap(fieldsOf));
