import { shorten } from './json-text.ts';
import { limits } from './limits.ts';
import type { Alternative, Bound, FieldTest } from './pattern.ts';

/** Says what a field has to be: `300 or a value that starts with "eu-" or "us-"`. */
export const describeWanted = (alternatives: readonly Alternative[]): string =>
  describeTests(alternatives.map(({ test }) => test));

/** Says what JSON values are, the way they are written. */
export const writeValue = (value: unknown): string => shorten(JSON.stringify(value));

/** `a`, `a or b`, or `a, b, or c`. An Intl.ListFormat takes each process 25 ms at its start. */
const oneOf = (texts: readonly string[]): string =>
  texts.length < 3 ? texts.join(' or ') : `${texts.slice(0, -1).join(', ')}, or ${texts.at(-1)}`;

/** Tests of one kind share their words: `a value that starts with "eu-" or "us-"`. */
function describeTests(tests: readonly FieldTest[]): string {
  const byWords = new Map<string, string[]>();
  for (const test of tests) {
    const { words, operand } = partsOf(test);
    byWords.set(words, [...(byWords.get(words) ?? []), operand]);
  }
  return oneOf([...byWords].map(([words, operands]) => words + oneOf(operands)));
}

/** What tests of one kind have in common, and what a single one has. */
function partsOf(test: FieldTest): { words: string; operand: string } {
  switch (test.kind) {
    case 'absent':
      return { words: '', operand: 'no value' };
    case 'any':
      return { words: '', operand: 'any value' };
    case 'value':
    case 'exactly':
      return { words: '', operand: writeValue(test.value) };
    case 'equals-ignore-case':
      return { words: 'a value that is, in any case, ', operand: writeValue(test.text) };
    case 'prefix':
    case 'suffix': {
      const verb = test.kind === 'prefix' ? 'starts' : 'ends';
      const words = `a value that ${verb}${test.ignoresCase ? ', in any case,' : ''} with `;
      return { words, operand: writeValue(test.text) };
    }
    case 'wildcard':
      return { words: 'a value of the form ', operand: writeValue(test.text) };
    case 'numeric':
      return { words: '', operand: describeRange(test.lower, test.upper) };
    case 'cidr':
      return { words: 'an IP address in ', operand: test.text };
    case 'anything-but':
      return { words: '', operand: `any value except ${describeTests(test.excluded)}` };
  }
}

function describeRange(lower: Bound, upper: Bound): string {
  if (lower.value === upper.value && lower.isIncluded && upper.isIncluded) return `the number ${lower.value}`;
  const isLimit = ({ value, isIncluded }: Bound) => isIncluded && Math.abs(value) === limits.largestNumber;
  const bounds = [
    ...(isLimit(lower) ? [] : [`${lower.isIncluded ? 'at least' : 'above'} ${lower.value}`]),
    ...(isLimit(upper) ? [] : [`${upper.isIncluded ? 'at most' : 'below'} ${upper.value}`]),
  ];
  return ['a number', bounds.join(' and ')].filter(Boolean).join(' ');
}
