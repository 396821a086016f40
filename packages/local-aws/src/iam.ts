import { AwsError } from './aws-error.ts';
import type { Ids } from './ids.ts';
import type { JsonObject } from './json.ts';
import { createMissingGrants } from './missing-grant.ts';
import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { UnsupportedError } from './plan/unsupported-error.ts';
import { readPolicy, type Statement } from './policy.ts';

/** What AWS says to a call that no policy allows. */
export class AccessDeniedError extends AwsError {
  /** The action that isn't allowed, `sts:AssumeRole`. */
  readonly action: string;

  constructor(message: string, action: string) {
    super('AccessDeniedException', message);
    this.action = action;
  }
}

/** What allows a call: a statement, and the resource of the stack that has it. */
export interface Grant {
  /** `lambda:InvokeFunction`. */
  action: string;
  /** `aws_iam_role_policy.producer_role_policy_5F…`. */
  address: string;
  statement: JsonObject;
}

/** The statement of a policy as the answer to who allows an action. */
export const grantOf = ({ address, document }: Statement, action: string): Grant => ({
  action,
  address,
  statement: document,
});

/**
 * The permissions of the stack, kept as AWS keeps them: a permission that is missing there is missed here first.
 * There are two questions, as there are two kinds of policy.
 */
export interface Iam {
  /**
   * May the role do the action on the resource? Its own policies say so.
   *
   * @returns what allows it
   * @throws {AccessDeniedError} unless they do
   */
  authorizeRole(roleArn: string, action: string, resource: string): Grant;
  /**
   * Does the resource let the service in? Its own policy says so: the trust of a role (`sts:AssumeRole`), the
   * permissions of a function, the policy of a queue, or the resource policy of CloudWatch Logs.
   *
   * @param service `events.amazonaws.com`
   * @param resource the ARN of what the service acts on
   * @param sourceArn for whom the service acts: a rule, a stage of an API, a function; undefined if it doesn't say
   * @returns what allows it
   * @throws {AccessDeniedError} unless it does
   */
  authorizeService(service: string, action: string, resource: string, sourceArn: string | undefined): Grant;
  /** Opens a session in a role, and gives its access key id. Calls with that key are the role's. */
  openSession(roleArn: string): string;
  /** The role of a session; undefined for an access key of anybody else. */
  roleOfAccessKey(accessKeyId: string): string | undefined;
}

/** What a service may do to a resource, for whom. */
interface ServiceCall {
  service: string;
  action: string;
  /** The ARN of what the service acts on. */
  resource: string;
  /** Left out by a service that names nobody. */
  sourceArn: string | undefined;
}

/** The policy of a resource: what it allows, and what it is called in the stack. */
interface ResourcePolicy {
  statements: Statement[];
  /** The type of resource that a permission is missing in. */
  missingIn: string;
  /** That resource, if the stack has it. */
  address?: string;
  /** What it would have to say to allow a call. */
  statementFor(call: ServiceCall): JsonObject;
}

/** The statement that lets a service in for one source. */
const sourceStatement = ({ service, action, resource, sourceArn }: ServiceCall): JsonObject => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action: action,
  Resource: resource,
  ...(sourceArn !== undefined && { Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } } }),
});

export function createIam(plan: Plan, ids: Ids): Iam {
  const roles = readRoles(plan);
  const byArn = new Map<string, ResourcePolicy>([
    ...roles.trust,
    ...readFunctionPermissions(plan),
    ...readQueuePolicies(plan),
  ]);
  const logPolicies = plan.resources('aws_cloudwatch_log_resource_policy');
  const ofLogs: ResourcePolicy = {
    statements: logPolicies.flatMap((policy) =>
      readPolicy(text(policy, 'policy_document'), 'resource', policy.address),
    ),
    missingIn: 'aws_cloudwatch_log_resource_policy',
    ...(logPolicies[0] && { address: logPolicies[0].address }),
    statementFor: sourceStatement,
  };
  const missing = createMissingGrants(plan);
  const sessions = new Map<string, string>();

  return {
    authorizeRole(roleArn, action, resource) {
      const statements = roles.policies.get(roleArn);
      if (!statements) throw new AccessDeniedError(`The role ${roleArn} isn't in the stack`, action);
      const found = statements.find((known) => known.allowsAction(action) && known.coversResource(resource));
      if (found) return grantOf(found, action);
      throw new AccessDeniedError(
        `${roleArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based ` +
          `policy allows the ${action} action. ${missing.ofRole({ roleArn, action, resource })}`,
        action,
      );
    },

    authorizeService(service, action, resource, sourceArn) {
      const policy = resource.startsWith('arn:aws:logs:') ? ofLogs : byArn.get(resource);
      const source =
        sourceArn === undefined
          ? {}
          : { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': plan.place.account };
      const found = policy?.statements.find(
        (statement) =>
          statement.services.includes(service) &&
          statement.allowsAction(action) &&
          statement.coversResource(resource) &&
          statement.holdsFor(source),
      );
      if (found) return grantOf(found, action);
      throw new AccessDeniedError(
        `${service} is not authorized to perform: ${action} on resource: ${resource} for ${sourceArn ?? 'nobody that it names'} because ` +
          (policy
            ? `no resource-based policy (${policy.missingIn}) allows it. ` +
              missing.ofResource(
                policy.missingIn,
                policy.address,
                policy.statementFor({ service, action, resource, sourceArn }),
              )
            : 'the stack has no such resource with a policy'),
        action,
      );
    },

    openSession(roleArn) {
      const accessKeyId = `ASIA${ids.hex(8).toUpperCase()}`;
      sessions.set(accessKeyId, roleArn);
      return accessKeyId;
    },

    roleOfAccessKey: (accessKeyId) => sessions.get(accessKeyId),
  };
}

/** What each role may do, and whom it lets in, both by the role's ARN. */
function readRoles(plan: Plan) {
  const policies = new Map<string, Statement[]>();
  const trust = new Map<string, ResourcePolicy>();
  const arns = new Map<string, string>();
  for (const role of plan.resources('aws_iam_role')) {
    const arn = text(role, 'arn');
    arns.set(text(role, 'name'), arn);
    policies.set(arn, []);
    const statements = readPolicy(text(role, 'assume_role_policy'), 'resource', role.address);
    trust.set(arn, {
      // A trust policy names no resource: it is about the role that has it.
      statements: statements.map((statement) => ({ ...statement, coversResource: () => true })),
      missingIn: 'the assume_role_policy of the aws_iam_role',
      address: `the assume_role_policy of ${role.address}`,
      statementFor: ({ service, action }) => ({
        Effect: 'Allow',
        Principal: { Service: service },
        Action: action,
      }),
    });
  }
  for (const policy of plan.resources('aws_iam_role_policy')) {
    const name = text(policy, 'role');
    const ofRole = policies.get(arns.get(name) ?? '');
    if (!ofRole) throw new UnsupportedError(`${policy.address}: the stack has no role ${name}`);
    ofRole.push(...readPolicy(text(policy, 'policy'), 'role', policy.address));
  }
  return { policies, trust };
}

/** The permissions on functions, by the function's ARN. */
function readFunctionPermissions(plan: Plan): Map<string, ResourcePolicy> {
  const functions = plan.resources('aws_lambda_function');
  const policies = new Map<string, ResourcePolicy>(
    functions.map((resource) => [
      text(resource, 'arn'),
      {
        statements: [],
        missingIn: 'aws_lambda_permission',
        statementFor: ({ service, action, sourceArn }) => ({
          function_name: text(resource, 'function_name'),
          action,
          principal: service,
          ...(sourceArn !== undefined && { source_arn: sourceArn }),
        }),
      },
    ]),
  );
  for (const permission of plan.resources('aws_lambda_permission')) {
    const name = text(permission, 'function_name');
    const owner = functions.find((candidate) => text(candidate, 'function_name') === name);
    if (!owner) {
      const known = functions.map((resource) => text(resource, 'function_name')).join(', ');
      throw new UnsupportedError(`${permission.address}: the stack has no function ${name}, only ${known}`);
    }
    policies
      .get(text(owner, 'arn'))
      ?.statements.push(...permissionStatements(permission, text(owner, 'arn')));
  }
  return policies;
}

/** The statements that let services in to a function. */
export const permissionsOn = (plan: Plan, functionArn: string): readonly Statement[] =>
  readFunctionPermissions(plan).get(functionArn)?.statements ?? [];

/** A permission is a statement in other words; Lambda writes it into the function's policy as this one. */
const permissionStatements = (permission: Resource, functionArn: string): Statement[] =>
  readPolicy(
    JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: { Service: text(permission, 'principal') },
        Action: text(permission, 'action'),
        Resource: functionArn,
        Condition: { ArnLike: { 'aws:SourceArn': text(permission, 'source_arn') } },
      },
    }),
    'resource',
    permission.address,
  );

/** The policies of the queues, by the queue's ARN. */
function readQueuePolicies(plan: Plan): Map<string, ResourcePolicy> {
  const queues = plan.resources('aws_sqs_queue');
  const missingIn = 'aws_sqs_queue_policy';
  const policies = new Map<string, ResourcePolicy>(
    queues.map((queue) => [text(queue, 'arn'), { statements: [], missingIn, statementFor: sourceStatement }]),
  );
  for (const policy of plan.resources('aws_sqs_queue_policy')) {
    const queue = queues.find((candidate) => text(candidate, 'url') === text(policy, 'queue_url'));
    if (!queue) {
      throw new UnsupportedError(`${policy.address}: the stack has no queue ${text(policy, 'queue_url')}`);
    }
    const queueArn = text(queue, 'arn');
    policies.set(queueArn, {
      statements: readPolicy(text(policy, 'policy'), 'resource', policy.address),
      missingIn,
      address: policy.address,
      statementFor: sourceStatement,
    });
  }
  return policies;
}
