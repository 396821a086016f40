import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { ApiDestination } from './api-destination.ts';
import type { BindTarget, Rule } from './event-bus.ts';
import { logRetentionDays } from './log-retention.ts';
import type { NodeFunction } from './node-function.ts';
import { type Allow, ServiceRole } from './policy.ts';
import type { StateMachine } from './state-machine.ts';

/** Invokes a function, which lets this one rule do so. */
export const toFunction =
  (target: NodeFunction): BindTarget =>
  (rule) => {
    const permission = new LambdaPermission(rule, 'permission', {
      functionName: target.name,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    return { arn: target.arn, dependsOn: [permission] };
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

/**
 * Writes the events to a log group of their own.
 *
 * @param name the log group's; must start with `/aws/events/`
 */
export const toLogGroup =
  (name: `/aws/events/${string}`): BindTarget =>
  (rule) => {
    const logGroup = new CloudwatchLogGroup(rule, 'log-group', { name, retentionInDays: logRetentionDays });
    // A log group has no role to deliver in: the log service has to let EventBridge in.
    const policy = new CloudwatchLogResourcePolicy(rule, 'log-policy', {
      policyName: `${rule.node.id}-to-log-group`,
      policyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Action: 'logs:CreateLogStream', Resource: `${logGroup.arn}:*` },
          { Action: 'logs:PutLogEvents', Resource: `${logGroup.arn}:*:*` },
        ].map((statement) => ({
          Effect: 'Allow',
          Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
          ...statement,
        })),
      }),
    });
    return { arn: logGroup.arn, dependsOn: [policy] };
  };

function inRole(rule: Rule, arn: string, allow: Allow) {
  const role = new ServiceRole(rule, 'role', { service: 'events.amazonaws.com', allow: [allow] });
  return { arn, roleArn: role.arn, dependsOn: [role.ready] };
}
