/** The Lambda function behind the rule for Order Processed. Builds what it needs, once per environment. */
import { getXRayTraceIdFromEnv } from '@aws-lambda-powertools/commons/utils/env';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { publish } from '@orders/events/publish';
import type { Context } from 'aws-lambda';
import { dispatchOrder } from './dispatch-order.ts';
import { orderTable } from './order-table.ts';

const { BUS_NAME: busName, TABLE_NAME: tableName } = process.env;
if (!busName) throw new Error('BUS_NAME is not set: it must be the name of the event bus to publish to');
if (!tableName) throw new Error('TABLE_NAME is not set: it must be the name of the table of orders');

// Bounded, so that a table or a bus that hangs is an error in the log before the function's own time is up.
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };
const eventBridge = new EventBridgeClient({ requestHandler });
const table = orderTable(DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler })), tableName);

// Named by POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE. Both write to the process's own output: through
// Lambda's console, a metric is text inside a log line.
const log = new Logger();
const metrics = new Metrics({ singleMetric: true });

/** Throws for whatever it can't finish, so that Lambda retries it, and then gives it up as failed. */
export const handler = (event: unknown, context: Context): Promise<void> => {
  log.addContext(context);
  return dispatchOrder(event, {
    store: (order) => table.store(order),
    publish: (outgoing) => publish(eventBridge, busName, [outgoing]),
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
