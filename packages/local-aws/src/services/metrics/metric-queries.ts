import { AwsError } from '../../aws-error.ts';
import { type MetricId, type MetricStore, minuteMs } from '../../metrics/metric-store.ts';
import { statisticNames, statisticOf } from '../../metrics/summary.ts';
import { evaluateMath, type Points } from './metric-math.ts';

/** A metric by a statistic, or an expression of other queries. */
export interface MetricQuery {
  readonly id: string;
  readonly what: { readonly metric: MetricId; readonly statistic: string } | { readonly expression: string };
}

/** A time, in periods of one length, all in milliseconds since 1970. */
export interface Periods {
  /** The beginning of the first period. */
  from: number;
  /** The end of the last one. It isn't in it. */
  to: number;
  periodMs: number;
}

/** The values of a statistic of a metric, of the periods that have any. */
export function pointsOf(store: MetricStore, metric: MetricId, statistic: string, periods: Periods): Points {
  const read = statisticOf(statistic);
  if (!read) {
    throw new AwsError(
      'InvalidParameterValue',
      `The local run doesn't know the statistic ${statistic}. It knows ${statisticNames.join(', ')} and percentiles such as p95`,
    );
  }
  const summarize = store.read(metric);
  return new Map(
    timesOf(periods).flatMap((at) => {
      const summary = summarize(at, Math.min(at + periods.periodMs, periods.to));
      return summary ? [[at, read(summary)] as const] : [];
    }),
  );
}

/** The beginning of each period. */
export const timesOf = ({ from, to, periodMs }: Periods): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / periodMs)) }, (_, at) => from + at * periodMs);

/**
 * Evaluates queries that may use each other.
 *
 * @returns gives the values of a query by its id
 * @throws {AwsError} ValidationError for an expression that can't be evaluated, or isn't a time series
 */
export function evaluateQueries(
  store: MetricStore,
  queries: readonly MetricQuery[],
  periods: Periods,
): (id: string) => Points {
  const known = new Map<string, Points | 'begun'>();
  const pointsOfQuery = (id: string): Points | undefined => {
    const query = queries.find((each) => each.id === id);
    if (!query) return undefined;
    const found = known.get(id);
    if (found === 'begun') throw new AwsError('ValidationError', `The query ${id} refers to itself`);
    if (found) return found;
    known.set(id, 'begun');
    const points = evaluate(query);
    known.set(id, points);
    return points;
  };
  const evaluate = ({ id, what }: MetricQuery): Points => {
    if ('metric' in what) return pointsOf(store, what.metric, what.statistic, periods);
    const value = evaluateMath(what.expression, {
      query: pointsOfQuery,
      metrics: () =>
        queries.flatMap((each) => ('metric' in each.what ? [pointsOfQuery(each.id) ?? new Map()] : [])),
      times: timesOf(periods),
    });
    if (typeof value !== 'number' && !Array.isArray(value)) return value as Points;
    throw new AwsError('ValidationError', `The expression of ${id} has to give one time series`);
  };
  return (id) => pointsOfQuery(id) ?? new Map();
}

/** @throws {AwsError} InvalidParameterValue for a period that CloudWatch, or the local run, doesn't take */
export function readPeriod(seconds: number): number {
  if (seconds >= 60 && seconds % 60 === 0) return seconds * 1_000;
  throw new AwsError(
    'InvalidParameterValue',
    `The period has ${seconds} seconds. It has to be a multiple of 60: the local run counts by the minute`,
  );
}

/**
 * @param most how many periods an answer may have, for one metric
 * @throws {AwsError} InvalidParameterCombination for a time that ends before it begins, or has more periods
 */
export function readPeriods(
  startSeconds: number,
  endSeconds: number,
  { periodMs, most }: { periodMs: number; most: number },
): Periods {
  const refuse = (message: string) => new AwsError('InvalidParameterCombination', message);
  if (startSeconds >= endSeconds) {
    throw refuse('The parameter StartTime must be less than the parameter EndTime.');
  }
  // As on AWS: a time begins with the minute that it begins in.
  const from = Math.floor((startSeconds * 1_000) / minuteMs) * minuteMs;
  const to = endSeconds * 1_000;
  const count = Math.ceil((to - from) / periodMs);
  if (count > most) {
    throw refuse(
      `You have requested up to ${count} datapoints, which exceeds the limit of ${most}. You may reduce the datapoints ` +
        'requested by increasing Period, or decreasing the time range.',
    );
  }
  return { from, to, periodMs };
}
