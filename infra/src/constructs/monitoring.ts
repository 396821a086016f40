import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

/** A metric of CloudWatch. */
export interface Metric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** The statistic of each period: `Sum` for a count, `Maximum` or a percentile such as `p95` for a level. */
  statistic: string;
  /** Its name on the dashboard; by default the name of the metric. */
  label?: string;
}

/** Makes the metrics of one resource. The statistic is `Sum` by default. */
export const metricsOf =
  (namespace: string, dimensions: Metric['dimensions']) =>
  (name: string, statistic = 'Sum'): Metric => ({ namespace, name, dimensions, statistic });

/** Calls somebody to look. */
export interface Alarm {
  /** Its name on AWS. */
  name: string;
  metric: Metric;
  /** The count that the metric is a part of. With it, the alarm looks at the share in percent, of 20 or more. */
  shareOf?: Metric;
  /** The alarm goes off when the statistic is above this, in the unit of the metric; 0 by default. */
  above?: number;
  /** Instead of `above`: the alarm goes off when the statistic is below this, or there is nothing to count. */
  below?: number;
  /** The length of a period of the statistic; 1 minute by default. */
  periodMinutes?: number;
  /** How many periods in a row it has to be above or below; 1 by default. */
  periods?: number;
  /** Instead of `periods`: how many of the last periods count. The alarm is on while any of them is above or below. */
  anyOfPeriods?: number;
  /** What happened when it goes off, as a sentence. */
  meaning: string;
  /** What to do about it: `docs/runbooks/<runbook>.md`. */
  runbook: string;
}

/** A row of the dashboard, and the alarms of the same part of the system. */
export interface Watch {
  title: string;
  /** From left to right. */
  graphs: readonly { title: string; metrics: readonly Metric[] }[];
  alarms: readonly Alarm[];
}

/** A construct that says how to watch it. */
export interface Watched {
  readonly watch: Watch;
}

export interface MonitoringProps {
  /** The name of the dashboard. */
  name: string;
  /** The region of the metrics. */
  region: string;
  /** The topic that gets every alarm. Without it, only the console shows the alarms. */
  topic: AlarmTopic | undefined;
  /** The rows of the dashboard, from top to bottom. */
  watched: readonly Watched[];
}

/** The alarms and the dashboard of the watched constructs. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { name, region, topic, watched }: MonitoringProps) {
    super(scope, id);
    const watches = watched.map(({ watch }) => watch);
    const alarms = watches.flatMap(({ alarms }) => alarms).map((alarm) => this.#makeAlarm(alarm, topic));
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: name,
      dashboardBody: JSON.stringify({
        widgets: [
          {
            type: 'alarm',
            width: 24,
            height: 3,
            properties: { title: 'Alarms', alarms: alarms.map(({ arn }) => arn) },
          },
          ...watches.flatMap(({ title, graphs }) => [
            { type: 'text', width: 24, height: 1, properties: { markdown: `## ${title}` } },
            ...graphs.map((graph) => ({
              type: 'metric',
              width: Math.floor(24 / graphs.length),
              height: 6,
              properties: { title: graph.title, region, period: 60, metrics: graph.metrics.map(toDashboard) },
            })),
          ]),
        ],
      }),
    });
  }

  #makeAlarm(
    {
      name,
      metric,
      shareOf,
      above = 0,
      below,
      periodMinutes = 1,
      periods = 1,
      anyOfPeriods,
      meaning,
      runbook,
    }: Alarm,
    topic: AlarmTopic | undefined,
  ) {
    const isLevel = shareOf !== undefined || below !== undefined || metric.statistic !== 'Sum';
    return new CloudwatchMetricAlarm(this, name, {
      alarmName: name,
      alarmDescription: `${meaning} See docs/runbooks/${runbook}.md`,
      ...(shareOf
        ? { metricQuery: shareQuery(metric, shareOf, 60 * periodMinutes) }
        : singleMetric(metric, 60 * periodMinutes)),
      evaluationPeriods: anyOfPeriods ?? periods,
      ...(anyOfPeriods && { datapointsToAlarm: 1 }),
      // Most metrics have no data while there is nothing to count.
      ...(below === undefined
        ? { comparisonOperator: 'GreaterThanThreshold', threshold: above, treatMissingData: 'notBreaching' }
        : { comparisonOperator: 'LessThanThreshold', threshold: below, treatMissingData: 'breaching' }),
      ...(topic && { alarmActions: [topic.arn] }),
      // Only a level or a share can be well again. A count is 0 by the next minute, and nothing is mended by that.
      ...(topic && isLevel && { okActions: [topic.arn] }),
    });
  }
}

const singleMetric = (metric: Metric, period: number) => ({
  namespace: metric.namespace,
  metricName: metric.name,
  dimensions: { ...metric.dimensions },
  ...(isPercentile(metric) ? { extendedStatistic: metric.statistic } : { statistic: metric.statistic }),
  period,
});

/** Of so few, one is a large share and means nothing. */
const fewestOfAShare = 20;

/** The share of one count in another, in percent. */
const shareQuery = (part: Metric, whole: Metric, period: number) => {
  const query = (id: string, metric: Metric) => ({
    id,
    metric: {
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: { ...metric.dimensions },
      stat: metric.statistic,
      period,
    },
  });
  return [
    {
      id: 'share',
      expression: `IF(whole >= ${fewestOfAShare}, 100 * part / whole, 0)`,
      label: `${part.name} in ${whole.name} (%)`,
      returnData: true,
    },
    query('part', part),
    query('whole', whole),
  ];
};

const isPercentile = ({ statistic }: Metric) => /^p\d/.test(statistic);

/** A metric as the line of a graph. */
const toDashboard = ({ namespace, name, dimensions, statistic, label = name }: Metric) => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  { stat: statistic, label },
];
