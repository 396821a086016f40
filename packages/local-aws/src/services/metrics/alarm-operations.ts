import { AwsError } from '../../aws-error.ts';
import { AwsTime } from '../../aws-time.ts';
import type { Context } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import type { MetricId } from '../../metrics/metric-store.ts';
import { type Operation, operation } from '../../operation.ts';
import { type Alarm, type Evaluation, evaluateAlarm, metricsOf } from './alarm.ts';

/**
 * The operation that says which alarms are on.
 *
 * @param check throws for a metric that isn't counted here
 */
export function alarmOperations(
  alarms: readonly Alarm[],
  { metrics, clock }: Pick<Context, 'metrics' | 'clock'>,
  check: (id: MetricId) => void,
): Record<string, Operation> {
  /** An alarm on a metric that isn't counted here has no data, and says why. */
  const evaluate = (alarm: Alarm, now: number): Evaluation => {
    try {
      metricsOf(alarm).forEach(check);
    } catch (error) {
      if (error instanceof AwsError) return { state: 'INSUFFICIENT_DATA', reason: error.message };
      throw error;
    }
    return evaluateAlarm(alarm, metrics, now);
  };

  return {
    DescribeAlarms: operation(
      {
        AlarmNames: { type: 'texts' },
        AlarmNamePrefix: { type: 'text' },
        StateValue: { type: 'text', oneOf: ['OK', 'ALARM', 'INSUFFICIENT_DATA'] },
      },
      ({ AlarmNames, AlarmNamePrefix = '', StateValue }, { authorize }) => {
        authorize('*');
        const now = clock.now();
        const MetricAlarms = alarms
          .filter(({ name }) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix))
          .map((alarm) => ({ alarm, ...evaluate(alarm, now) }))
          .filter(({ state }) => StateValue === undefined || state === StateValue)
          .map(({ alarm, state, reason }) => ({
            ...describe(alarm),
            StateValue: state,
            StateReason: reason,
            StateUpdatedTimestamp: new AwsTime(now),
          }));
        return { MetricAlarms, CompositeAlarms: [] };
      },
    ),
  };
}

function describe(alarm: Alarm): object {
  const { attributes, queries } = alarm;
  const [first] = queries;
  const isSingle = first && 'metric' in first.what && attributes.metric_query === undefined;
  return {
    AlarmName: alarm.name,
    AlarmArn: attributes.arn,
    ...(attributes.alarm_description !== undefined && { AlarmDescription: attributes.alarm_description }),
    ActionsEnabled: attributes.actions_enabled ?? true,
    AlarmActions: attributes.alarm_actions ?? [],
    OKActions: attributes.ok_actions ?? [],
    InsufficientDataActions: attributes.insufficient_data_actions ?? [],
    ...(isSingle && 'metric' in first.what ? describeMetric(attributes, first.what.metric) : {}),
    ...(!isSingle && {
      Metrics: queries.map(({ id, what }) => ({
        Id: id,
        ...('expression' in what
          ? { Expression: what.expression }
          : {
              MetricStat: {
                Metric: metricOf(what.metric),
                Period: alarm.periodMs / 1_000,
                Stat: what.statistic,
              },
            }),
        ReturnData: id === alarm.watched,
      })),
    }),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missing,
  };
}

const describeMetric = (
  { statistic, extended_statistic: extended, period }: JsonObject,
  metric: MetricId,
) => ({
  ...metricOf(metric),
  ...(extended === undefined ? { Statistic: statistic } : { ExtendedStatistic: extended }),
  Period: period,
});

/** A metric as CloudWatch writes it. */
export const metricOf = ({ namespace, name, dimensions }: MetricId) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
