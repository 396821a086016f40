import type { ConditionExplanation, Explanation, FieldExplanation, OrExplanation } from './explain.ts';
import type { JsonScalar } from './json.ts';
import { pathOf } from './place.ts';
import { writeValue } from './words.ts';

/** More values than these of one field aren't listed. */
const maxValues = 3;

/**
 * Makes one sentence of an explanation, without the full stop.
 *
 * @example
 * explainInWords(explain(pattern, event));
 * // '`detail.location` is "us-east-1"; the rule wants a value that starts with "eu-west"'
 */
export function explainInWords({ matches, conditions }: Explanation): string {
  return matches
    ? ['every field of the rule matches', ...branchesIn(conditions)].join(', ')
    : missesIn(conditions).join('; ');
}

/** Says what is wrong with each field that keeps the nearest way from a match. */
function missesIn(conditions: readonly ConditionExplanation[], by = ''): string[] {
  return conditions.flatMap((condition) => {
    if (condition.kind === 'field') return describeMiss(condition, by);
    const [branch] = nearestOf(condition);
    return branch ? missesIn(branch.conditions, ` by \`${pathOf(branch.place)}\`, the nearest branch`) : [];
  });
}

function describeMiss({ path, outcome, wanted, received }: FieldExplanation, by: string): string[] {
  const field = `\`${path}\``;
  if (outcome === 'differs') return [`${field} ${describeReceived(received)}; the rule wants ${wanted}${by}`];
  if (outcome !== 'elsewhere') return [];
  return [`${field} matches${by}, but not in the same element of an array as the fields before it`];
}

function describeReceived(values: readonly JsonScalar[]): string {
  const listed = values.slice(0, maxValues).map(writeValue);
  const more = values.length - listed.length;
  if (listed.length <= 1) return listed.length === 0 ? 'is missing' : `is ${listed}`;
  return `has the values ${[...listed, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

/** Names the branches by which a pattern matches. */
const branchesIn = (conditions: readonly ConditionExplanation[]): string[] =>
  conditions.flatMap((condition) =>
    condition.kind === 'field'
      ? []
      : nearestOf(condition).flatMap((branch) => [
          `by \`${pathOf(branch.place)}\``,
          ...branchesIn(branch.conditions),
        ]),
  );

const nearestOf = ({ branches }: OrExplanation) => branches.filter(({ isNearest }) => isNearest);
