import type { JsonObject } from '../../json.ts';
import { type MetricId, MetricStore } from '../../metrics/metric-store.ts';
import type { Plan, Resource } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { evaluateQueries, type MetricQuery } from './metric-queries.ts';
import { queriesOf, readMetric } from './stack-metrics.ts';

/** An alarm of the stack. */
export interface Alarm {
  readonly name: string;
  readonly attributes: JsonObject;
  /** What it looks at: its metric as one query, or its queries. */
  readonly queries: readonly MetricQuery[];
  /** The query that is compared with the threshold. */
  readonly watched: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly missing: string;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** How a value is compared with the threshold of an alarm. */
const comparisons: Readonly<
  Record<string, { breaches: (value: number, threshold: number) => boolean; words: string }>
> = {
  GreaterThanThreshold: { breaches: (value, threshold) => value > threshold, words: 'greater than' },
  GreaterThanOrEqualToThreshold: {
    breaches: (value, threshold) => value >= threshold,
    words: 'greater than or equal to',
  },
  LessThanThreshold: { breaches: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: (value, threshold) => value <= threshold,
    words: 'less than or equal to',
  },
};

/** What an alarm takes a period without data for. With `ignore` it keeps its state, which an alarm doesn't have here. */
const missingData = ['missing', 'breaching', 'notBreaching'];

/**
 * The alarms on metrics of a stack.
 *
 * @throws {UnsupportedError} for an alarm of a kind that can't be evaluated here
 */
export const readAlarms = (plan: Plan): Alarm[] =>
  plan.resources('aws_cloudwatch_metric_alarm').map((resource) => {
    const alarm = readAlarm(resource);
    try {
      evaluateAlarm(alarm, new MetricStore(() => 0), 0);
    } catch (error) {
      throw new UnsupportedError(`${resource.address}: ${error instanceof Error ? error.message : error}`);
    }
    return alarm;
  });

function readAlarm({ address, attributes }: Resource): Alarm {
  const {
    comparison_operator: operator,
    evaluation_periods: evaluationPeriods,
    datapoints_to_alarm: datapoints = evaluationPeriods,
    treat_missing_data: missing = 'missing',
  } = attributes;
  const among = (argument: string, value: unknown, allowed: readonly string[]): string => {
    if (allowed.includes(String(value))) return String(value);
    throw new UnsupportedError(
      `${address}: ${argument} is ${JSON.stringify(value)}; the local run knows ${allowed.join(', ')}`,
    );
  };
  const queries = queriesOf(attributes);
  return {
    name: String(attributes.alarm_name),
    attributes,
    queries:
      queries.length > 0
        ? queries.map(readQuery)
        : [
            {
              id: 'metric',
              what: {
                metric: readMetric(attributes),
                statistic: String(attributes.extended_statistic ?? attributes.statistic),
              },
            },
          ],
    watched: String(
      queries.find(({ return_data }) => return_data === true)?.id ?? queries[0]?.id ?? 'metric',
    ),
    periodMs: 1_000 * periodOf(attributes, queries),
    evaluationPeriods: Number(evaluationPeriods),
    datapointsToAlarm: Number(datapoints),
    threshold: Number(attributes.threshold),
    comparison: among('comparison_operator', operator, Object.keys(comparisons)),
    missing: among('treat_missing_data', missing, missingData),
  };
}

const readQuery = ({ id, expression, metric }: JsonObject): MetricQuery => {
  if (expression !== undefined) return { id: String(id), what: { expression: String(expression) } };
  const { stat, ...of } = metric as JsonObject;
  return { id: String(id), what: { metric: readMetric(of), statistic: String(stat) } };
};

/** In seconds. All metrics of an expression have one period. */
const periodOf = ({ period }: JsonObject, queries: readonly JsonObject[]): number =>
  Number(
    period ?? queries.map(({ metric }) => (metric as JsonObject | undefined)?.period).find(Boolean) ?? 60,
  );

/** What an alarm says, and why. */
export interface Evaluation {
  state: AlarmState;
  reason: string;
}

/** The metrics that an alarm looks at. */
export const metricsOf = ({ queries }: Alarm): MetricId[] =>
  queries.flatMap(({ what }) => ('metric' in what ? [what.metric] : []));

/**
 * Evaluates an alarm as it is now. It looks at the last whole periods, and at those that end with the one that runs: so an alarm on
 * too much goes off at once, and stays on for a period after that. One on too little waits for the end of a period, and is over at
 * once.
 */
export function evaluateAlarm(alarm: Alarm, store: MetricStore, now: number): Evaluation {
  const { periodMs, evaluationPeriods: count, datapointsToAlarm, threshold, comparison, missing } = alarm;
  const running = Math.floor(now / periodMs) * periodMs;
  const points = evaluateQueries(store, alarm.queries, {
    from: running - count * periodMs,
    // A count may be for a time that is still to come.
    to: Math.min(running + periodMs, now + 1),
    periodMs,
  })(alarm.watched);
  const { breaches = () => false, words = '' } = comparisons[comparison] ?? {};
  const isBreaching = (at: number) => {
    const value = points.get(at);
    return value === undefined ? missing === 'breaching' : breaches(value, threshold);
  };
  const startingAt = (first: number) => Array.from({ length: count }, (_, index) => first + index * periodMs);
  const whole = startingAt(running - count * periodMs);
  const withRunning = startingAt(running - (count - 1) * periodMs);
  // What is too little so far may still be enough when the period is over; what is enough already stays so.
  const wantsMore = comparison.startsWith('LessThan');
  const isEnough = wantsMore && points.has(running) && !isBreaching(running);
  // The period that runs has no data yet where that alone would be a reason.
  const looksAtRunning = !wantsMore && (points.has(running) || count > 1);
  const looked = isEnough ? [] : [whole, ...(looksAtRunning ? [withRunning] : [])];

  const breached = looked.find(
    (times) => times.filter((at) => isKnown(at) && isBreaching(at)).length >= datapointsToAlarm,
  );
  const seen = (breached ?? withRunning).filter((at) => points.has(at));
  const values = seen.map((at) => `${points.get(at)} (${new Date(at).toISOString()})`).join(', ');
  const compared = (is: string) =>
    `Threshold Crossed: ${count} datapoints [${values || `no data, treated as ${missing}`}] ${is} ${words} the threshold (${threshold}).`;
  if (breached) return { state: 'ALARM', reason: compared('were') };
  if (
    [...whole, running].some((at) => points.has(at)) ||
    missing === 'notBreaching' ||
    missing === 'breaching'
  ) {
    return { state: 'OK', reason: compared('were not') };
  }
  return {
    state: 'INSUFFICIENT_DATA',
    reason: `Insufficient Data: ${count} datapoints were unknown.`,
  };

  /** Whether a period can count: the one that runs does once it has a value. */
  function isKnown(at: number): boolean {
    return at !== running || points.has(at);
  }
}
