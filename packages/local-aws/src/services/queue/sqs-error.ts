import { AwsError } from '../../aws-error.ts';

/** An error of SQS's own model, `ReceiptHandleIsInvalid`. */
export const sqsError = (name: string, message: string, queryCode = name, status = 400): AwsError =>
  new AwsError(`com.amazonaws.sqs#${name}`, message, queryCode, status);

/** An error of SQS's own model that its first protocol called `AWS.SimpleQueueService.…`. */
export const simpleQueueError = (name: string, message: string, status = 400): AwsError =>
  sqsError(name, message, `AWS.SimpleQueueService.${name}`, status);

/** SQS's answer to a value that it doesn't take. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError('com.amazon.coral.service#InvalidParameterValueException', message, 'InvalidParameterValue');

/** SQS's answer to a request without a parameter that it needs. */
export const missingParameter = (name: string): AwsError =>
  new AwsError(
    'com.amazon.coral.service#MissingRequiredParameterException',
    `The request must contain the parameter ${name}.`,
    'MissingParameter',
  );
