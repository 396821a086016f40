import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { ApiDestination } from './api-destination.ts';
import type { NodeFunction } from './node-function.ts';
import { type Allow, policyDocument, ServiceRole } from './policy.ts';
import type { Queue } from './queue.ts';
import type { BindTarget, Rule } from './rule.ts';
import type { StateMachine } from './state-machine.ts';

/** Invokes a function, which lets this one rule do so, and keeps the events that it fails for. */
export const toFunction =
  (target: NodeFunction): BindTarget =>
  (rule) => {
    const permission = new LambdaPermission(rule, 'permission', {
      functionName: target.name,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    // For EventBridge an event is delivered once Lambda has taken it, whatever becomes of it.
    const onFailure = target.configureAsyncInvoke();
    return { arn: target.arn, dependsOn: [permission, onFailure] };
  };

/** Starts an execution of a state machine, its input the event. */
export const toStateMachine =
  (target: StateMachine): BindTarget =>
  (rule) =>
    inRole(rule, target.arn, { actions: ['states:StartExecution'], resources: [target.arn] });

/** Calls an API destination, its body the event. */
export const toApiDestination =
  (target: ApiDestination): BindTarget =>
  (rule) =>
    inRole(rule, target.arn, { actions: ['events:InvokeApiDestination'], resources: [target.arn] });

/** Sends the events to a queue, which lets this one rule do so. */
export const toQueue =
  (target: Queue): BindTarget =>
  (rule) => ({ arn: target.arn, dependsOn: [target.grantSendMessages(rule)] });

/**
 * Writes the events to a log group of their own.
 *
 * @param name the log group's; must start with `/aws/events/`
 */
export const toLogGroup =
  (name: `/aws/events/${string}`): BindTarget =>
  (rule) => {
    const logGroup = new CloudwatchLogGroup(rule, 'log-group', { name });
    const Principal = { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] };
    // A log group has no role to deliver in: the log service has to let EventBridge in.
    const policy = new CloudwatchLogResourcePolicy(rule, 'log-policy', {
      policyName: `${rule.node.id}-to-log-group`,
      policyDocument: policyDocument(
        { Principal, Action: 'logs:CreateLogStream', Resource: `${logGroup.arn}:*` },
        { Principal, Action: 'logs:PutLogEvents', Resource: `${logGroup.arn}:*:*` },
      ),
    });
    return { arn: logGroup.arn, dependsOn: [policy] };
  };

function inRole(rule: Rule, arn: string, allow: Allow) {
  const role = new ServiceRole(rule, 'role', { service: 'events.amazonaws.com', allow: [allow] });
  return { arn, roleArn: role.arn, dependsOn: [role.ready] };
}
