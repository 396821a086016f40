import { getXRayTraceIdFromEnv } from '@aws-lambda-powertools/commons/utils/env';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Counts one more of a metric, in a line of embedded metric format that has the ids beside it. The ids are
 * properties, not dimensions: the count can be followed to its order and costs no further metric.
 */
export type Count<Metric extends string = string, Ids extends object = object> = (
  metric: Metric,
  ids: Ids,
) => void;

/**
 * Makes what counts in an invocation.
 *
 * Powertools takes the service and the namespace from POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE. It
 * writes to the output of the process: Lambda's console would put the metric as text into a log line.
 */
export function createMetrics(): (invocation: { awsRequestId: string }) => Count {
  const metrics = new Metrics({ singleMetric: true });
  return ({ awsRequestId }) =>
    (metric, ids) => {
      const properties = {
        ...ids,
        function_request_id: awsRequestId,
        xray_trace_id: getXRayTraceIdFromEnv(),
      };
      for (const [name, id] of Object.entries(properties)) {
        if (id !== undefined) metrics.addMetadata(name, id);
      }
      metrics.addMetric(metric, MetricUnit.Count, 1);
    };
}
