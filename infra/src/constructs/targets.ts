import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { accountId } from './account.ts';
import type { ApiDestination } from './api-destination.ts';
import type { NodeFunction } from './node-function.ts';
import { type Allow, policyDocument, ServiceRole } from './policy.ts';
import type { Queue } from './queue.ts';
import type { BindTarget, Rule } from './rule.ts';
import type { StateMachine } from './state-machine.ts';

/** Invokes a function. The function lets this rule in, and keeps the events that it fails for. */
export const toFunction =
  (target: NodeFunction): BindTarget =>
  (rule) => {
    const permission = new LambdaPermission(rule, 'permission', {
      functionName: target.name,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    // For EventBridge, an event is delivered once Lambda has taken it. What the function fails for is Lambda's to keep.
    const onFailure = target.configureAsyncInvoke();
    return { arn: target.arn, dependsOn: [permission, onFailure] };
  };

/** Starts an execution of a state machine with the event as its input. */
export const toStateMachine =
  (target: StateMachine): BindTarget =>
  (rule) =>
    inRole(rule, target.arn, { actions: ['states:StartExecution'], resources: [target.arn] });

/** Posts the event to an API destination. */
export const toApiDestination =
  (target: ApiDestination): BindTarget =>
  (rule) =>
    inRole(rule, target.arn, { actions: ['events:InvokeApiDestination'], resources: [target.arn] });

/** Sends the event to a queue. The queue lets this rule in. */
export const toQueue =
  (target: Queue): BindTarget =>
  (rule) => ({ arn: target.arn, dependsOn: [target.grantSendMessages(rule)] });

/**
 * Writes the event to a log group, which it makes.
 *
 * @param name the name of the log group, below `/aws/events/`
 */
export const toLogGroup =
  (name: `/aws/events/${string}`): BindTarget =>
  (rule) => {
    const logGroup = new CloudwatchLogGroup(rule, 'log-group', { name });
    const services = { Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] } };
    // Nothing of AWS says that EventBridge names the account, nor for whom it makes a stream. A condition that asks for what
    // isn't sent would refuse every event (docs/decisions/0007-nothing-is-lost.md).
    const account = { StringEqualsIfExists: { 'aws:SourceAccount': accountId(rule) } };
    // EventBridge delivers to a log group without a role, so the log service has to let it in.
    const policy = new CloudwatchLogResourcePolicy(rule, 'log-policy', {
      policyName: `${rule.uniqueName}-to-log-group`,
      policyDocument: policyDocument(
        { ...services, Action: 'logs:CreateLogStream', Resource: `${logGroup.arn}:*`, Condition: account },
        {
          ...services,
          Action: 'logs:PutLogEvents',
          Resource: `${logGroup.arn}:*:*`,
          Condition: { ...account, ArnEquals: { 'aws:SourceArn': rule.arn } },
        },
      ),
    });
    return { arn: logGroup.arn, dependsOn: [policy] };
  };

function inRole(rule: Rule, arn: string, allow: Allow) {
  const role = new ServiceRole(rule, 'role', { service: 'events.amazonaws.com', allow: [allow] });
  return { arn, roleArn: role.arn, dependsOn: [role.ready] };
}
