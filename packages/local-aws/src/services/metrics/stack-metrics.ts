import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { MetricId } from '../../metrics/metric-store.ts';
import type { Plan } from '../../plan/read-plan.ts';

/** The metrics that the alarms and dashboards of a stack look at. */
export const metricsInStack = (plan: Plan): MetricId[] => [
  ...plan.resources('aws_cloudwatch_metric_alarm').flatMap(({ attributes }) => metricsOfAlarm(attributes)),
  ...plan.resources('aws_cloudwatch_dashboard').flatMap(({ attributes }) => metricsOfDashboard(attributes)),
];

/** The metrics of an alarm: its own one, or those of its queries. */
export const metricsOfAlarm = (attributes: JsonObject): MetricId[] =>
  [attributes, ...queriesOf(attributes).map(({ metric }) => metric)].flatMap((metric) =>
    isObject(metric) && metric.metric_name !== undefined ? [readMetric(metric)] : [],
  );

/** The queries of an alarm on an expression. */
export const queriesOf = ({ metric_query: queries = [] }: JsonObject): JsonObject[] =>
  [queries].flat().filter(isObject);

/** A metric as Terraform has it in an alarm. */
export const readMetric = ({ namespace, metric_name: name, dimensions }: JsonObject): MetricId => ({
  namespace: String(namespace),
  name: String(name),
  dimensions: isObject(dimensions) ? texts(Object.entries(dimensions)) : {},
});

/** The graphs of a dashboard: `["AWS/Lambda", "Errors", "FunctionName", "f", {…}]`. */
function metricsOfDashboard({ dashboard_body: body }: JsonObject): MetricId[] {
  const { widgets } = JSON.parse(String(body)) as { widgets?: JsonValue };
  const properties = [widgets ?? []]
    .flat()
    .flatMap((widget) => (isObject(widget) ? [widget.properties] : []));
  return properties.flatMap((property) => {
    const metrics = isObject(property) && Array.isArray(property.metrics) ? property.metrics : [];
    return metrics.flatMap((line) => (Array.isArray(line) ? readLine(line) : []));
  });
}

function readLine(line: readonly JsonValue[]): MetricId[] {
  const [namespace, name, ...rest] = line.filter((part) => typeof part === 'string');
  if (namespace === undefined || name === undefined) return [];
  const pairs = rest.flatMap((part, at) => (at % 2 === 0 ? [[part, rest[at + 1] ?? ''] as const] : []));
  return [{ namespace, name, dimensions: texts(pairs) }];
}

const texts = (entries: readonly (readonly [string, unknown])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
