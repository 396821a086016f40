/** The Lambda function behind the rule for Order Processed. It builds its clients once per environment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { publish } from '@orders/events/publish';
import { clientLimits, createHandler, requiredVariable } from '@orders/function';
import { dispatchOrder } from './dispatch-order.ts';
import { orderTable } from './order-table.ts';

const busName = requiredVariable('BUS_NAME', 'the name of the event bus to publish to');
const tableName = requiredVariable('TABLE_NAME', 'the name of the table of orders');
const eventBridge = new EventBridgeClient(clientLimits);
const { store } = orderTable(DynamoDBDocumentClient.from(new DynamoDBClient(clientLimits)), tableName);

/** Throws for an event that it can't finish, so that Lambda retries it and in the end reports it as failed. */
export const handler = createHandler((event: unknown, { abortSignal, ...invocation }) =>
  dispatchOrder(event, {
    ...invocation,
    store: (order) => store(order, abortSignal),
    publish: (dispatched) => publish(eventBridge, busName, [dispatched], { abortSignal }),
  }),
);
