/** Two Lambda functions, which share the table. Each environment builds its client once. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientLimits, createHandler, requiredNumber, requiredVariable } from '@orders/function';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { answerRequest } from './answer-request.ts';
import type { Promised } from './late-orders.ts';
import { statusTable } from './status-table.ts';
import { trackEvent } from './track-event.ts';

const tableName = requiredVariable('TABLE_NAME', 'the name of the table of statuses');
const table = statusTable(DynamoDBDocumentClient.from(new DynamoDBClient(clientLimits)), tableName);
const promised: Promised = {
  location: requiredVariable(
    'DISPATCHED_LOCATION',
    'what the location of an order begins with that is dispatched',
  ),
  withinMinutes: requiredNumber('DISPATCHED_WITHIN_MINUTES', 'how long that may take, in minutes'),
};

/**
 * The function behind the rule for every order event. It throws for an event that it can't record, so that Lambda
 * retries it and in the end reports it as failed.
 */
export const handler = createHandler((event: unknown, { log, count, abortSignal }) =>
  trackEvent(event, { log, count, promised, record: (step) => table.record(step, abortSignal) }),
);

/** The function behind the API's route `GET /orders/{orderId}`. */
export const answer = createHandler((request: APIGatewayProxyEventV2, { log, abortSignal }) =>
  answerRequest(request, { log, find: (orderId) => table.find(orderId, abortSignal) }),
);
