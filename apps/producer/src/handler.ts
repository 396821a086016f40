/** The Lambda function behind the HTTP API. Builds what an order needs, once per environment, and delegates. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { publish } from '@orders/events/publish';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { v7 } from 'uuid';
import { handleRequest } from './handle-request.ts';

const { BUS_NAME: busName } = process.env;
if (!busName) throw new Error('BUS_NAME is not set: it must be the name of the event bus to publish to');

// Bounded, so that a bus that hangs is answered with 503 before the function's own time is up.
const client = new EventBridgeClient({
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
});

export const handler = (request: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  handleRequest(request, {
    publish: (event) => publish(client, busName, [event]),
    newId: v7,
    log: console,
  });
