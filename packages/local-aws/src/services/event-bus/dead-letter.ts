import type { ExhaustedRetryCondition } from '../../retry.ts';
import type { DeliveryErrorCode } from '../../target.ts';

/** An event that was given up. */
export interface DeadLetter {
  ruleArn: string;
  targetArn: string;
  code: DeliveryErrorCode;
  message: string;
  /** How many attempts there were, the first one included. */
  attempts: number;
  /** Left out for an error that isn't retried. */
  exhausted?: ExhaustedRetryCondition;
}

/** The attributes of a dead letter: what EventBridge says beside the event of a delivery that it gave up. */
export const deadLetterAttributes = ({
  ruleArn,
  targetArn,
  code,
  message,
  attempts,
  exhausted,
}: DeadLetter): Readonly<Record<string, string>> => ({
  RULE_ARN: ruleArn,
  TARGET_ARN: targetArn,
  ERROR_CODE: code,
  ERROR_MESSAGE: message,
  ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
  RETRY_ATTEMPTS: String(attempts - 1),
});

/** Which target of which rule gave an event up; undefined for a message that isn't a dead letter of a rule. */
export function originOf(
  attributes: Readonly<Record<string, string>>,
): Pick<DeadLetter, 'ruleArn' | 'targetArn'> | undefined {
  const { RULE_ARN: ruleArn, TARGET_ARN: targetArn } = attributes;
  return ruleArn === undefined || targetArn === undefined ? undefined : { ruleArn, targetArn };
}
