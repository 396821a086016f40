import { isObject } from '../json.ts';
import { block, type Plan, text } from './read-plan.ts';

/** The names of the queues that get what failed: what a rule, a function or another queue gave up. */
export function deadLetterQueues(plan: Plan): string[] {
  const arns = new Set([
    ...plan
      .resources('aws_cloudwatch_event_target')
      .map((target) => block(target, 'dead_letter_config', ['arn']).arn),
    ...plan.resources('aws_lambda_function_event_invoke_config').map((config) => {
      const { on_failure: onFailure } = block(config, 'destination_config', ['on_failure']);
      return isObject(onFailure) ? onFailure.destination : undefined;
    }),
    ...plan
      .resources('aws_sqs_queue')
      .map(({ attributes }) => attributes.redrive_policy)
      .flatMap((policy) => (typeof policy === 'string' ? [JSON.parse(policy).deadLetterTargetArn] : [])),
  ]);
  return plan
    .resources('aws_sqs_queue')
    .filter((queue) => arns.has(text(queue, 'arn')))
    .map((queue) => text(queue, 'name'));
}
