import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { metricsOfAlarm } from './services/metrics/stack-metrics.ts';
import type { NodeKind } from './system-map.ts';

/** An alarm of the stack, as the map shows it. CloudWatch's DescribeAlarms says whether it is on. */
export interface Alarm {
  name: string;
  /** The metric that it looks at, `Errors`. */
  metric: string;
  /** What it means, and its runbook, as the stack says it. */
  description: string;
}

/** The dimension of a metric that names a part, and the attribute of the part that it has. */
const dimensions: Readonly<Partial<Record<NodeKind, readonly [dimension: string, attribute: string]>>> = {
  function: ['FunctionName', 'function_name'],
  queue: ['QueueName', 'name'],
  rule: ['RuleName', 'name'],
  table: ['TableName', 'name'],
  'state machine': ['StateMachineArn', 'arn'],
  'HTTP API': ['ApiId', 'id'],
};

/** Reads the alarms of a stack. @returns gives those that look at a part */
export function mapAlarms(plan: Plan): (kind: NodeKind, part: Resource) => Alarm[] {
  const all = plan.resources('aws_cloudwatch_metric_alarm').map((resource) => ({
    alarm: {
      name: text(resource, 'alarm_name'),
      metric: metricsOfAlarm(resource.attributes)[0]?.name ?? '',
      description: String(resource.attributes.alarm_description ?? ''),
    },
    metrics: metricsOfAlarm(resource.attributes),
  }));
  return (kind, part) => {
    const [dimension, attribute] = dimensions[kind] ?? [];
    if (dimension === undefined || attribute === undefined) return [];
    return all
      .filter(({ metrics }) =>
        metrics.some((metric) => metric.dimensions[dimension] === part.attributes[attribute]),
      )
      .map(({ alarm }) => alarm);
  };
}
