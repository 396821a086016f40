import { AwsError } from '../../aws-error.ts';

/** The only version that a function has here. */
export const latest = '$LATEST';

/** Finds functions as the calls of Lambda name them. */
export type FindFunction<Target> = (
  named: string,
  qualifier?: string,
) => {
  target: Target;
  /** The ARN by which policies know it: a named version has an ARN of its own. */
  asNamed: string;
};

/**
 * @returns finds a function by its name, its ARN, or its account and name: `000000000000:function:f`. The version may follow. It
 *   throws an AwsError, ResourceNotFoundException
 */
export const findFunctionIn =
  <Target extends { name: string; arn: string }>(functions: readonly Target[]): FindFunction<Target> =>
  (named, qualifier) => {
    const suffix = `:${latest}`;
    const isQualified = qualifier !== undefined || named.endsWith(suffix);
    const plain = named.endsWith(suffix) ? named.slice(0, -suffix.length) : named;
    const target = functions.find(
      ({ name, arn }) => plain === name || plain === arn || arn.endsWith(`:${plain}`),
    );
    if (target) return { target, asNamed: `${target.arn}${isQualified ? suffix : ''}` };
    throw new AwsError(
      'ResourceNotFoundException',
      `Function not found: ${named}. The stack has ${functions.map(({ name }) => name).join(', ')}`,
    );
  };
