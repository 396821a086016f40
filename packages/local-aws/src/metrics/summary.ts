/** What is known of the values of some time, as CloudWatch keeps it. */
export interface Summary {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** How many values there are of each size, in three significant digits: enough for a percentile. */
  readonly sizes: Map<number, number>;
}

export const emptySummary = (): Summary => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  sizes: new Map(),
});

export function addValue(summary: Summary, value: number, times = 1): void {
  summary.count += times;
  summary.sum += value * times;
  summary.min = Math.min(summary.min, value);
  summary.max = Math.max(summary.max, value);
  const size = Number.isInteger(value) && Math.abs(value) < 1_000 ? value : Number(value.toPrecision(3));
  summary.sizes.set(size, (summary.sizes.get(size) ?? 0) + times);
}

/** Adds one summary to another. */
export function addSummary(to: Summary, from: Summary): void {
  to.count += from.count;
  to.sum += from.sum;
  to.min = Math.min(to.min, from.min);
  to.max = Math.max(to.max, from.max);
  for (const [size, times] of from.sizes) to.sizes.set(size, (to.sizes.get(size) ?? 0) + times);
}

/** Gives one figure of a summary that has values. */
type Statistic = (summary: Summary) => number;

const plain: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

export const statisticNames: readonly string[] = Object.keys(plain);

/** The statistic of a name: one of {@link statisticNames}, or a percentile such as `p95`; undefined for any other. */
export function statisticOf(name: string): Statistic | undefined {
  if (Object.hasOwn(plain, name)) return plain[name];
  const percent = Number(/^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1] ?? Number.NaN);
  return Number.isNaN(percent) ? undefined : (summary) => percentile(summary, percent / 100);
}

/** The smallest size that so large a share of the values doesn't exceed. */
function percentile({ sizes, count, min, max }: Summary, share: number): number {
  let seen = 0;
  for (const [size, times] of [...sizes].sort(([a], [b]) => a - b)) {
    seen += times;
    if (seen >= share * count) return Math.min(max, Math.max(min, size));
  }
  return max;
}
