import { arn, type Calls, type Cloud } from '../cloud.ts';

export function logs(cloud: Cloud): Calls {
  const groups = cloud.shelf('logGroups');
  const policies = cloud.shelf('logPolicies');

  return {
    CreateLogGroup: (input) => {
      const { logGroupName } = input;
      const logGroupArn = arn('logs', `log-group:${logGroupName}`);
      groups.add(logGroupName, { logGroupName, arn: `${logGroupArn}:*`, logGroupArn });
      cloud.tag(logGroupArn, input);
      return undefined;
    },
    PutRetentionPolicy: ({ logGroupName, retentionInDays }) => {
      Object.assign(groups.get(logGroupName), { retentionInDays });
      return undefined;
    },
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups: groups.where('logGroupName', logGroupNamePrefix),
    }),
    DeleteLogGroup: ({ logGroupName }) => groups.remove(logGroupName),
    ListTagsForResource: ({ resourceArn }) => ({ tags: cloud.tags(resourceArn) }),
    PutResourcePolicy: (input) => ({ resourcePolicy: policies.add(input.policyName, input) }),
    DescribeResourcePolicies: () => ({ resourcePolicies: policies.where('policyName', '') }),
    DeleteResourcePolicy: ({ policyName }) => policies.remove(policyName),
  };
}
