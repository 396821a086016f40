import { AwsError } from '../../aws-error.ts';

/** An error that SQS has in its model: `QueueDoesNotExist`. */
export const sqsError = (name: string, message: string, queryCode = name): AwsError =>
  new AwsError(`com.amazonaws.sqs#${name}`, message, queryCode);

/** What SQS says to a value that it doesn't take; every AWS service has this one. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError('com.amazon.coral.service#InvalidParameterValueException', message, 'InvalidParameterValue');
