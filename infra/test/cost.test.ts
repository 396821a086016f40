import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readableStack } from '../scripts/readable-stack.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { Stack } from './stack.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/cost.md'), 'utf8');

/** The cells of every row of a table that begins so. */
const rowsOf = (start: RegExp) =>
  page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('**', '')),
    )
    .filter(([name = '']) => start.test(name));

const mix = [0.6, 0.3, 0.1];
const cents = (dollars: number) => Math.round(dollars * 100) / 100;

/** The prices and quantities of one million orders, by what is paid for: the EU, the US, elsewhere. */
const items = rowsOf(/^(?!A month)[\w .-]+: /).map(([name = '', price, ...cells]) => {
  const quantities = cells.slice(0, 3).map(Number);
  return { name, costs: quantities.map((quantity) => cents(quantity * Number(price))) };
});
type Item = (typeof items)[number];

/** The costs of these items, and their mix. */
function total(of: readonly Item[]): number[] {
  const sums = mix.map((_, column) => cents(of.reduce((sum, { costs }) => sum + (costs[column] ?? 0), 0)));
  return [...sums, cents(sums.reduce((sum, cost, column) => sum + cost * (mix[column] ?? 0), 0))];
}
/** The items with another cost in the EU for one of them. */
const withEu = (name: string, cost: number) =>
  items.map((item) => (item.name === name ? { name, costs: [cost, 0, 0] } : item));

const transition = 'Step Functions: state transition';

test.each<[name: string, items: Item[]]>([
  ['This design', items],
  ['With an Express workflow', withEu(transition, cents(1) + cents(0.00625 * 16.67))],
  ['Without the Pass state', withEu(transition, 2 * 25)],
  ['Without the tracker', items.filter(({ name }) => !name.startsWith('Tracker'))],
  ['Without X-Ray', items.filter(({ name }) => !name.startsWith('X-Ray'))],
])('%s costs what the prices and quantities make', (name, of) => {
  const [row = []] = rowsOf(new RegExp(`^${name}`));
  expect(row.slice(1).map(Number)).toEqual(total(of));
});

test('the page names the two items that cost most', () => {
  const [, , , sum] = total(items);
  const byCost = new Map<string, number>();
  for (const item of items) {
    const [service = ''] = item.name.split(':');
    byCost.set(service, cents((byCost.get(service) ?? 0) + (total([item])[3] ?? 0)));
  }
  const [first, second] = [...byCost].sort(([, a], [, b]) => b - a);
  const [most, next] = [first, second].map((entry) => entry?.[1].toFixed(2));
  expect(page).toContain(
    `${first?.[0]} costs ${most} of the ${sum?.toFixed(2)}. ${second?.[0]} is next with ${next}.`,
  );
});

const fixed = [...page.matchAll(/about (\d+)(?: a month)? in `(\w+)`/g)].map(
  ([, sum, stage = '']) => [stage, sum] as const,
);

test('the page says the fixed sum of some stages', () => expect(fixed.length).toBeGreaterThan(1));

// A rule adds less than half a dollar, and shouldn't need a new sum each time.
test.each(fixed)('the fixed sum of %s is that of its stack, to two dollars', (stage, said) => {
  const stack = new Stack(readableStack(synthStack(stage)));
  const price = (what: string) => Number(rowsOf(new RegExp(`^A month: ${what}`))[0]?.[1]);
  const counted = /"Orders","(\w+)","service"/g;
  const dashboards = stack.ofType('aws_cloudwatch_dashboard');
  const customMetrics = new Set([...JSON.stringify(dashboards).matchAll(counted)].map(([, name]) => name));
  const sum =
    price('alarm') * stack.ofType('aws_cloudwatch_metric_alarm').length +
    price('custom metric') * customMetrics.size +
    price('dashboard') * dashboards.length +
    price('KMS key') * stack.ofType('aws_kms_key').length;
  expect(customMetrics.size).toBeGreaterThan(0);
  expect(Math.abs(Number(said) - sum)).toBeLessThan(2);
});
