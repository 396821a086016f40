import type { ConditionExplanation } from './explain.ts';
import { writeValue } from './words.ts';

/**
 * Lists the fields of an explained pattern, a line each: whether it matches, what the pattern wants, and what the event
 * has.
 *
 * @example
 * listFields(explain(pattern, event).conditions);
 * // ['  ✗ detail.location: wanted a value that starts with "eu-west"; the event has "us-east-1"']
 */
export const listFields = (conditions: readonly ConditionExplanation[]): string[] =>
  listIndented(conditions, '  ');

/** A rule whose pattern was explained. */
export interface ExplainedRule {
  rule: string;
  matches: boolean;
  /** The explanation in words, without the full stop. */
  sentence: string;
  conditions: readonly ConditionExplanation[];
}

/** Tells why a rule matches an event, or doesn't: a sentence, and below it each field that the pattern names. */
export const tellRule = ({ rule, matches, sentence, conditions }: ExplainedRule): string[] => [
  `The rule ${rule} ${matches ? 'matches' : "doesn't match"}: ${sentence}.`,
  '',
  ...listFields(conditions),
];

const listIndented = (conditions: readonly ConditionExplanation[], indent: string): string[] =>
  conditions.flatMap((condition) => {
    if (condition.kind === 'or') {
      const branches = condition.branches.flatMap((branch) =>
        listIndented(branch.conditions, `${indent}    `),
      );
      return [`${indent}${mark(condition.matches)} one of these:`, ...branches];
    }
    const { path, outcome, wanted, received } = condition;
    // A later field of the same path counts in its place.
    if (outcome === 'replaced') return [];
    const values = received.map(writeValue).join(', ') || 'nothing';
    const place = outcome === 'elsewhere' ? ', and not in the element of the fields before it' : '';
    return [
      `${indent}${mark(outcome === 'matches')} ${path}: wanted ${wanted}; the event has ${values}${place}`,
    ];
  });

const mark = (isMet: boolean) => (isMet ? '✓' : '✗');
