import { StatesError } from '@orders/states-language';
import type { AwsError } from '../../aws-error.ts';
import { lambdaStatuses } from '../function/lambda-api.ts';

/**
 * The form in which Step Functions gives results and errors: by AWS's first SDK for Java, or by its second one. The
 * `aws-sdk:` integrations have the second form. The others have the form of their day.
 */
export type Form = 'first' | 'second';

/** What a form calls a service. */
interface Names {
  /** What the names of all its errors begin with: `DynamoDB`. */
  readonly prefix: string;
  /** The error for whatever the service's model doesn't have: a denied call, an invalid parameter. */
  readonly other: string;
  /** What the cause calls it. */
  readonly service: string;
}

/** How the errors of a service are named in `Retry` and `Catch`. */
export interface ServiceErrors {
  readonly first?: Names;
  readonly second: Names;
  /** The errors of its model. */
  readonly modelled: readonly string[];
  /** The HTTP statuses of errors that don't carry their own. */
  readonly statuses?: Readonly<Record<string, number>>;
}

export const dynamoDbErrors: ServiceErrors = {
  first: { prefix: 'DynamoDB', other: 'AmazonDynamoDBException', service: 'AmazonDynamoDBv2' },
  second: { prefix: 'DynamoDb', other: 'DynamoDbException', service: 'DynamoDb' },
  modelled: [
    'ConditionalCheckFailedException',
    'InternalServerError',
    'ItemCollectionSizeLimitExceededException',
    'ProvisionedThroughputExceededException',
    'ReplicatedWriteConflictException',
    'RequestLimitExceeded',
    'ResourceNotFoundException',
    'ThrottlingException',
    'TransactionConflictException',
  ],
};

export const eventBridgeErrors: ServiceErrors = {
  second: { prefix: 'EventBridge', other: 'EventBridgeException', service: 'EventBridge' },
  modelled: ['InternalException', 'ResourceNotFoundException'],
};

export const lambdaErrors: ServiceErrors = {
  first: { prefix: 'Lambda', other: 'AWSLambdaException', service: 'AWSLambda' },
  second: { prefix: 'Lambda', other: 'LambdaException', service: 'Lambda' },
  // Those of a function without a network, a file system or a key of its own.
  modelled: [
    'InvalidParameterValueException',
    'InvalidRequestContentException',
    'InvalidRuntimeException',
    'InvalidZipFileException',
    'RecursiveInvocationException',
    'RequestTooLargeException',
    'ResourceConflictException',
    'ResourceNotFoundException',
    'ResourceNotReadyException',
    'ServiceException',
    'TooManyRequestsException',
    'UnsupportedMediaTypeException',
  ],
  statuses: lambdaStatuses,
};

export const sqsErrors: ServiceErrors = {
  first: { prefix: 'SQS', other: 'AmazonSQSException', service: 'AmazonSQS' },
  second: { prefix: 'Sqs', other: 'SqsException', service: 'Sqs' },
  modelled: [
    'InvalidAddress',
    'InvalidMessageContents',
    'InvalidSecurity',
    'QueueDoesNotExist',
    'RequestThrottled',
    'UnsupportedOperation',
  ],
  statuses: { AccessDeniedException: 403 },
};

/**
 * An error of a service, as a workflow sees it.
 *
 * @param requestId the id of the request that failed
 */
export function statesErrorOf(
  error: AwsError,
  errors: ServiceErrors,
  form: Form,
  requestId: string,
): StatesError {
  // `com.amazonaws.sqs#QueueDoesNotExist`
  const code = error.name.slice(error.name.lastIndexOf('#') + 1);
  const status = errors.statuses?.[code] ?? error.status;
  const names = form === 'first' ? (errors.first ?? errors.second) : errors.second;
  const name = errors.modelled.includes(code) ? code.replace(/(?:Exception)?$/, 'Exception') : names.other;
  const details =
    form === 'first'
      ? `(Service: ${names.service}; Status Code: ${status}; Error Code: ${error.queryCode ?? code}; ` +
        `Request ID: ${requestId}; Proxy: null)`
      : `(Service: ${names.service}, Status Code: ${status}, Request ID: ${requestId}) (SDK Attempt Count: 1)`;
  return new StatesError(`${names.prefix}.${name}`, `${error.message} ${details}`);
}
