import { getXRayTraceIdFromEnv } from '@aws-lambda-powertools/commons/utils/env';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a count says other than "one more, now". */
export interface CountOptions {
  /** How many more, or fewer if it is negative; 1 by default. */
  value?: number;
  /**
   * The time that it counts for; now by default. CloudWatch ignores what is more than two weeks old, or more than two hours
   * ahead.
   */
  at?: Date;
}

/**
 * Counts one more of a metric, in a line of embedded metric format that has the ids beside it. The ids are
 * properties, not dimensions: the count can be followed to its order and costs no further metric.
 */
export type Count<Metric extends string = string, Ids extends object = object> = (
  metric: Metric,
  ids: Ids,
  options?: CountOptions,
) => void;

/**
 * Makes what counts in an invocation.
 *
 * Powertools takes the service and the namespace from POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE. It
 * writes to the output of the process: Lambda's console would put the metric as text into a log line.
 */
export function createMetrics(): (invocation: { awsRequestId: string }) => Count {
  // All that it could warn of is a time that CloudWatch ignores. The line would have no ids, and nobody could do anything.
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const metrics = new Metrics({ singleMetric: true, logger });
  return ({ awsRequestId }) =>
    (metric, ids, { value = 1, at } = {}) => {
      const properties = {
        ...ids,
        function_request_id: awsRequestId,
        xray_trace_id: getXRayTraceIdFromEnv(),
      };
      for (const [name, id] of Object.entries(properties)) {
        if (id !== undefined) metrics.addMetadata(name, id);
      }
      if (at) metrics.setTimestamp(at);
      metrics.addMetric(metric, MetricUnit.Count, value);
    };
}
