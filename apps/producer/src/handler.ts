/** The Lambda function behind the HTTP API. Builds what an order needs, once per environment, and delegates. */
import { getXRayTraceIdFromEnv } from '@aws-lambda-powertools/commons/utils/env';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { publish } from '@orders/events/publish';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { v7 } from 'uuid';
import { handleRequest } from './handle-request.ts';

const { BUS_NAME: busName } = process.env;
if (!busName) throw new Error('BUS_NAME is not set: it must be the name of the event bus to publish to');

// Bounded, so that a bus that hangs is answered with 503 before the function's own time is up.
const client = new EventBridgeClient({
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
});
// Named by POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE. Both write to the process's own output: through
// Lambda's console, a metric is text inside a log line.
const log = new Logger();
const metrics = new Metrics({ singleMetric: true });

export const handler = (
  request: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> => {
  log.addContext(context);
  return handleRequest(request, {
    publish: (event) => publish(client, busName, [event]),
    newId: v7,
    log,
    count: (metric, ids) => {
      const line = {
        ...ids,
        function_request_id: context.awsRequestId,
        xray_trace_id: getXRayTraceIdFromEnv(),
      };
      for (const [name, id] of Object.entries(line)) if (id !== undefined) metrics.addMetadata(name, id);
      metrics.addMetric(metric, MetricUnit.Count, 1);
    },
  });
};
