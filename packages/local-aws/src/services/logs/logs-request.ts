import { AwsError } from '../../aws-error.ts';
import { type Call, type Input, type ParameterErrors, parameterErrors } from '../../operation.ts';
import { pageOf } from '../../page.ts';
import type { LogGroup } from './log-group.ts';

const invalidParameterName = 'InvalidParameterException';

export const invalidParameter = (message: string): AwsError => new AwsError(invalidParameterName, message);
export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);
export const invalidToken = (): AwsError => invalidParameter('The specified nextToken is invalid.');

const violation = (name: string, value: string, constraint: string) =>
  invalidParameter(
    `1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: Member must ${constraint}`,
  );

/** CloudWatch Logs' answers to parameters that it doesn't take. */
export const logsParameterErrors: ParameterErrors = {
  ...parameterErrors(invalidParameterName),
  missing: (name) => violation(name, 'null', 'not be null'),
  invalid(name, value, allowed, { min, max }) {
    const shown = `'${typeof value === 'string' ? value : JSON.stringify(value)}'`;
    if (Number.isInteger(value) && max !== undefined && Number(value) > max) {
      return violation(name, shown, `have value less than or equal to ${max}`);
    }
    if (Number.isInteger(value) && min !== undefined && Number(value) < min) {
      return violation(name, shown, `have value greater than or equal to ${min}`);
    }
    return violation(name, shown, `be ${allowed}`);
  },
};

/** How an operation names a group: by its name, or by its name or ARN. */
export const groupParameters = {
  logGroupName: { type: 'text' },
  logGroupIdentifier: { type: 'text' },
} as const;

/** The most groups, or streams, that are described at once. */
const maxDescribed = 50;
export const pageParameters = {
  limit: { type: 'integer', min: 1, max: maxDescribed },
  nextToken: { type: 'text' },
} as const;

/** Finds the group that an operation is about, for a caller with the permission. */
export function groupOf(
  groups: readonly LogGroup[],
  { logGroupName, logGroupIdentifier }: Input<typeof groupParameters>,
  { authorize }: Call,
): LogGroup {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new AwsError(
      'ValidationException',
      'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    );
  }
  const named = logGroupName ?? logGroupIdentifier;
  if (named === undefined)
    throw violation('logGroupName', 'null', 'not be null. A logGroupIdentifier does as well');
  const group = groups.find(
    ({ config }) => config.name === named || (logGroupName === undefined && config.arn === named),
  );
  if (!group) {
    const known = groups.map(({ config }) => config.name).join(', ');
    throw notFound(`The specified log group does not exist. The stack has ${known}; received ${named}`);
  }
  authorize(`${group.config.arn}:*`);
  return group;
}

/** @throws {AwsError} for a token that no page gave */
export function pageOfDescribed<T>(
  items: readonly T[],
  { limit = maxDescribed, nextToken }: Input<typeof pageParameters>,
): { page: readonly T[]; next: { nextToken?: string } } {
  const found = pageOf(items, limit, nextToken);
  if (!found) throw invalidToken();
  return { page: found.page, next: found.nextToken === undefined ? {} : { nextToken: found.nextToken } };
}
