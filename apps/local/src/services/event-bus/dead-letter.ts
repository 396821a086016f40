import { AccessDeniedError } from '../../iam.ts';
import { type MessageAttributes, stringAttribute } from '../queue/message-attributes.ts';

export interface FailedDelivery {
  ruleArn: string;
  targetArn: string;
  error: unknown;
}

/** What EventBridge says of a delivery that failed, beside the event, in the attributes of its message. */
export function deadLetterAttributes({ ruleArn, targetArn, error }: FailedDelivery): MessageAttributes {
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: targetArn,
    ERROR_CODE: error instanceof AccessDeniedError ? 'NO_PERMISSIONS' : 'ERROR_FROM_TARGET',
    ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    // And no EXHAUSTED_RETRY_CONDITION: nothing was retried that such a condition could have ended.
    RETRY_ATTEMPTS: '0',
  };
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, stringAttribute(value)]),
  );
}
