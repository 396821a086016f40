import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

/** A metric of CloudWatch. */
export interface Metric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** What is taken of each period: `Sum` of a count, `Maximum` or a percentile, `p95`, of a level. */
  statistic: string;
  /** What the dashboard calls it; the metric's name if left out. */
  label?: string;
}

/** The metrics of one resource, by name; counted, unless another statistic is asked for. */
export const metricsOf =
  (namespace: string, dimensions: Metric['dimensions']) =>
  (name: string, statistic = 'Sum'): Metric => ({ namespace, name, dimensions, statistic });

/** Says that somebody has to look. */
export interface Alarm {
  /** Its name on AWS. */
  name: string;
  metric: Metric;
  /** It goes off when the metric is above this, in the metric's own unit: 0 if left out … */
  above?: number;
  /** … where the metric's statistic is taken of so many minutes: 1 if left out … */
  periodMinutes?: number;
  /** … so many times on end: once if left out. */
  periods?: number;
  /** What has happened when it goes off, as a sentence. */
  meaning: string;
  /** What to do about it: `docs/runbooks/<runbook>.md`. */
  runbook: string;
}

/** How a part of the system is watched: a row of the dashboard, and its alarms. */
export interface Watch {
  title: string;
  /** Left to right. */
  graphs: readonly { title: string; metrics: readonly Metric[] }[];
  alarms: readonly Alarm[];
}

/** A construct that knows how it is to be watched. */
export interface Watched {
  readonly watch: Watch;
}

export interface MonitoringProps {
  /** The dashboard's name. */
  name: string;
  /** The region of the metrics. */
  region: string;
  /** Who is told when an alarm goes off; without it, the alarms are seen only by who looks. */
  topic: AlarmTopic | undefined;
  /** What is watched; the rows of the dashboard, top to bottom. */
  watched: readonly Watched[];
}

/** The alarms and the dashboard of everything that is watched. */
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
    { name, metric, above = 0, periodMinutes = 1, periods = 1, meaning, runbook }: Alarm,
    topic: AlarmTopic | undefined,
  ) {
    return new CloudwatchMetricAlarm(this, name, {
      alarmName: name,
      alarmDescription: `${meaning} See docs/runbooks/${runbook}.md`,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: { ...metric.dimensions },
      ...(isPercentile(metric) ? { extendedStatistic: metric.statistic } : { statistic: metric.statistic }),
      period: 60 * periodMinutes,
      evaluationPeriods: periods,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: above,
      // Most metrics are not sent at all while there is nothing to count.
      treatMissingData: 'notBreaching',
      ...(topic && { alarmActions: [topic.arn] }),
      // A count is over by the next minute, and what it counted is not: only a level is said to be well again.
      ...(topic && metric.statistic !== 'Sum' && { okActions: [topic.arn] }),
    });
  }
}

const isPercentile = ({ statistic }: Metric) => /^p\d/.test(statistic);

/** A metric as a line of a graph. */
const toDashboard = ({ namespace, name, dimensions, statistic, label = name }: Metric) => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  { stat: statistic, label },
];
