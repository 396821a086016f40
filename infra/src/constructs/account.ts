import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** The id of the account that the stack is deployed to, read once for the whole stack. */
export function accountId(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const known = stack.node.tryFindChild('account') as DataAwsCallerIdentity | undefined;
  return (known ?? new DataAwsCallerIdentity(stack, 'account')).accountId;
}

/**
 * The condition that a service acts for a resource of this account. Without it, a resource of a stranger could make
 * the service act here. It refuses a service that doesn't send the key: Lambda, Step Functions and EventBridge send it when
 * they assume a role, and CloudWatch when it publishes an alarm, as AWS's own policies for them have it. A delivery to a log
 * group is another matter (`toLogGroup`).
 */
export const forThisAccount = (scope: Construct) => ({
  Condition: { StringEquals: { 'aws:SourceAccount': accountId(scope) } },
});
