import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import type { LogGroupConfig } from './log-group.ts';

/** Reads the log groups of the stack. */
export const readLogGroupConfigs = (plan: Plan): LogGroupConfig[] =>
  plan.resources('aws_cloudwatch_log_group').map(readConfig);

function readConfig(resource: Resource): LogGroupConfig {
  const days = Number(resource.attributes.retention_in_days ?? 0);
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    ...(days > 0 && { retentionInDays: days }),
  };
}
