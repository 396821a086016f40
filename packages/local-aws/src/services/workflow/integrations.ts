import type { TaskResource } from '@orders/states-language';
import { putEventsParameters } from '../event-bus/put-events-operations.ts';
import { invokeParameters } from '../function/lambda-operations.ts';
import { sendMessageParameters } from '../queue/message-operations.ts';
import { QueueUrl } from '../queue/sqs-request.ts';
import { tableParameters } from '../table/table-parameters.ts';
import type { Integration } from './integration.ts';
import {
  unlessEntryFailed,
  unlessFunctionFailed,
  withExecution,
  withParsedPayload,
  withPayloadAsText,
  withSdkNames,
} from './integration-data.ts';
import { dynamoDbErrors, eventBridgeErrors, lambdaErrors, sqsErrors } from './service-errors.ts';

const requestResponse = ['requestResponse'] as const;
const both = ['requestResponse', 'waitForTaskToken'] as const;

const putEvents = {
  target: 'AWSEvents.PutEvents',
  parameters: putEventsParameters,
  patterns: both,
  errors: eventBridgeErrors,
  form: 'second',
  shape: {
    fields: {
      FailedEntryCount: 'number',
      Entries: { list: { fields: { EventId: 'string', ErrorCode: 'string', ErrorMessage: 'string' } } },
    },
  },
} as const satisfies Integration;

const invocation = {
  ExecutedVersion: 'string',
  FunctionError: 'string',
  LogResult: 'string',
  StatusCode: 'number',
} as const;
const invoke = {
  target: 'AWSLambda.Invoke',
  parameters: invokeParameters,
  patterns: both,
  errors: lambdaErrors,
  toInput: withParsedPayload,
} as const;

const sendMessage = {
  target: 'AmazonSQS.SendMessage',
  parameters: { QueueUrl, ...sendMessageParameters },
  patterns: both,
  errors: sqsErrors,
  shape: { fields: { MessageId: 'string', SequenceNumber: 'string' } },
} as const;

const dynamoDb = (operation: keyof typeof tableParameters) => ({
  target: `DynamoDB_20120810.${operation}`,
  parameters: tableParameters[operation],
  errors: dynamoDbErrors,
  shape: {
    fields: {
      Attributes: 'object',
      ConsumedCapacity: { fields: { CapacityUnits: 'number', TableName: 'string' } },
      Count: 'number',
      Item: 'object',
      ItemCollectionMetrics: 'object',
      Items: { list: 'object' },
      LastEvaluatedKey: 'object',
      ScannedCount: 'number',
    },
  } as const,
});
const optimizedDynamoDb = (operation: keyof typeof tableParameters) =>
  ({ ...dynamoDb(operation), patterns: requestResponse, form: 'first' }) as const;
const sdkDynamoDb = (operation: keyof typeof tableParameters) =>
  ({ ...dynamoDb(operation), patterns: both, form: 'second' }) as const;

/** Everything that a Task can call by a service's name: `dynamodb:putItem` is `arn:aws:states:::dynamodb:putItem`. */
export const integrations: Readonly<Record<string, Integration>> = {
  'dynamodb:deleteItem': optimizedDynamoDb('DeleteItem'),
  'dynamodb:getItem': optimizedDynamoDb('GetItem'),
  'dynamodb:putItem': optimizedDynamoDb('PutItem'),
  'dynamodb:updateItem': optimizedDynamoDb('UpdateItem'),
  'events:putEvents': { ...putEvents, toInput: withExecution, toResult: unlessEntryFailed },
  'lambda:invoke': {
    ...invoke,
    form: 'first',
    shape: { fields: invocation },
    toResult: unlessFunctionFailed,
  },
  'sqs:sendMessage': { ...sendMessage, form: 'first' },
  'aws-sdk:dynamodb:deleteItem': sdkDynamoDb('DeleteItem'),
  'aws-sdk:dynamodb:getItem': sdkDynamoDb('GetItem'),
  'aws-sdk:dynamodb:putItem': sdkDynamoDb('PutItem'),
  'aws-sdk:dynamodb:query': sdkDynamoDb('Query'),
  'aws-sdk:dynamodb:updateItem': sdkDynamoDb('UpdateItem'),
  'aws-sdk:eventbridge:putEvents': putEvents,
  'aws-sdk:lambda:invoke': {
    ...invoke,
    form: 'second',
    shape: { fields: { ...invocation, Payload: 'string' } },
    toResult: withPayloadAsText,
  },
  'aws-sdk:sqs:sendMessage': { ...sendMessage, form: 'second', toResult: withSdkNames },
};

/** The name of what a Task calls among the {@link integrations}. A function by its ARN is invoked as by its name. */
export const nameOf = (resource: TaskResource): string => {
  if (resource.kind === 'function') return 'lambda:invoke';
  return `${resource.kind === 'sdk' ? 'aws-sdk:' : ''}${resource.service}:${resource.action}`;
};

/** What a Task calls; undefined for what isn't known here. */
export function findIntegration(resource: TaskResource): Integration | undefined {
  const name = nameOf(resource);
  return Object.hasOwn(integrations, name) ? integrations[name] : undefined;
}
