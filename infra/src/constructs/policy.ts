import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Construct } from 'constructs';

/** One permission: these actions, on these resources. */
export interface Allow {
  actions: readonly string[];
  /** ARNs. */
  resources: readonly string[];
}

/** The JSON of an IAM policy with one statement for each permission. */
export const policyDocument = (allow: readonly Allow[]): string =>
  // JSON.stringify, and not Terraform's jsonencode: cdktf 0.21 writes that with its quotes unescaped.
  JSON.stringify({
    Version: '2012-10-17',
    Statement: allow.map(({ actions, resources }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
    })),
  });

export interface ServiceRoleProps {
  /** The service that may assume the role: `lambda.amazonaws.com`. */
  service: string;
  /** All that the role may do. */
  allow: readonly Allow[];
}

/** A role that one AWS service assumes, with its permissions inline, so that they live and die with it. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly #policy: IamRolePolicy;

  constructor(scope: Construct, id: string, { service, allow }: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      namePrefix: 'orders-',
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      }),
    });
    this.arn = role.arn;
    this.#policy = new IamRolePolicy(this, 'policy', { role: role.name, policy: policyDocument(allow) });
  }

  /** What must be there before anything acts in this role: its policy, not just the role. */
  get ready(): IamRolePolicy {
    return this.#policy;
  }
}
