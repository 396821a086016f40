import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Lazy, type TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { forThisAccount } from './account.ts';

/** One permission: these actions, on these resources. */
export interface Allow {
  actions: readonly string[];
  /** ARNs. */
  resources: readonly string[];
}

/** The permission to send traces to X-Ray. A trace belongs to no resource that a policy could name. */
export const traceWithXRay: Allow = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
};

/**
 * Notes beside a resource, in the synthesized stack, which call of its construct gives a role the permission for an action.
 * A local run that refuses the action can then name the call. Terraform ignores the note.
 *
 * @param action `events:PutEvents`, or `dynamodb:*` for all actions of a service
 * @param call `allowPutEvents()`; `<action>` in it is the action
 */
export const noteGrant = (resource: TerraformResource, action: string, call: string): void =>
  resource.addOverride('//.grants', { [action]: call });

/** A policy of these statements, as JSON. */
export const policyDocument = (...statements: readonly object[]): string =>
  // Not Terraform's jsonencode: cdktf 0.21 doesn't escape its quotes.
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });

const statement = ({ actions, resources }: Allow) => ({ Action: actions, Resource: resources });

/** The statement in the policy of a resource that lets an AWS service do this for one source. */
export const serviceMay = (service: string, allow: Allow, sourceArn: string) => ({
  Principal: { Service: service },
  ...statement(allow),
  Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
});

export interface ServiceRoleProps {
  /** The service that may assume the role: `lambda.amazonaws.com`. */
  service: string;
  /** What the role may do. */
  allow: readonly Allow[];
}

/** A role that one AWS service assumes for resources of this account. Its permissions are inline, so that they are deleted with it. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly #policy: IamRolePolicy;
  readonly #allow: Allow[];

  constructor(scope: Construct, id: string, { service, allow }: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      namePrefix: 'orders-',
      assumeRolePolicy: policyDocument({
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...forThisAccount(this),
      }),
    });
    this.arn = role.arn;
    this.#allow = [...allow];
    this.#policy = new IamRolePolicy(this, 'policy', {
      role: role.name,
      // Read at synth, after every grant.
      policy: Lazy.stringValue({ produce: () => policyDocument(...this.#allow.map(statement)) }),
    });
  }

  /** Lets the role do this as well. */
  grant(allow: Allow): void {
    this.#allow.push(allow);
  }

  /** A dependency of everything that acts in this role: its policy, not just the role. */
  get ready(): IamRolePolicy {
    return this.#policy;
  }
}
