/**
 * The producer as teams commonly write it: Powertools, middy, zod and the AWS SDK, with what their guides show. It does less
 * than ours: it has no deadline, no idempotency, no exact numbers and no problem details.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import middy from '@middy/core';
import { v7 } from 'uuid';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'orders-producer' });
const metrics = new Metrics({ namespace: 'Orders', serviceName: 'orders-producer' });
const client = new EventBridgeClient({});

const order = z.object({
  category: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  location: z
    .string()
    .max(32)
    .regex(/^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$/),
  value: z.coerce.number().min(0.000001).max(5_000_000_000),
});

interface Request {
  queryStringParameters?: Record<string, string>;
  body?: string;
}

export const handler = middy(async (event: Request) => {
  const parsed = order.safeParse(event.body ? JSON.parse(event.body) : event.queryStringParameters);
  if (!parsed.success) return { statusCode: 400, body: JSON.stringify(parsed.error.issues) };
  const orderId = v7();
  await client.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: process.env.BUS_NAME,
          Source: 'com.aws.orders',
          DetailType: 'Order Placed',
          Detail: JSON.stringify({ ...parsed.data, orderId }),
        },
      ],
    }),
  );
  logger.info('order placed', { orderId });
  metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1);
  return { statusCode: 202, body: JSON.stringify({ orderId }) };
})
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics));
