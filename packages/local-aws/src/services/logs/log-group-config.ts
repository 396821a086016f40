import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { LogGroupConfig } from './log-group.ts';

/** The days that CloudWatch Logs can keep a line. 0 is for good. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const groupName = /^[\w./#-]{1,512}$/;

/**
 * Reads the log groups of the stack.
 *
 * @throws {UnsupportedError} for what CloudWatch Logs refuses
 */
export function readLogGroupConfigs(plan: Plan): LogGroupConfig[] {
  const configs = plan.resources('aws_cloudwatch_log_group').map(readConfig);
  for (const { name } of configs) {
    if (configs.filter((other) => other.name === name).length > 1) {
      throw new UnsupportedError(`aws_cloudwatch_log_group: two log groups have the name ${name}`);
    }
  }
  return configs;
}

function readConfig(resource: Resource): LogGroupConfig {
  const { address, attributes } = resource;
  const name = text(resource, 'name');
  if (!groupName.test(name)) {
    throw new UnsupportedError(
      `${address}: name is ${JSON.stringify(name)}; CloudWatch Logs takes 1 to 512 of letters, digits and _ - / # .`,
    );
  }
  const days = Number(attributes.retention_in_days ?? 0);
  if (!retentionDays.includes(days)) {
    throw new UnsupportedError(
      `${address}: retention_in_days is ${JSON.stringify(attributes.retention_in_days)}; CloudWatch Logs takes ` +
        retentionDays.join(', '),
    );
  }
  return { name, arn: text(resource, 'arn'), ...(days > 0 && { retentionInDays: days }) };
}
