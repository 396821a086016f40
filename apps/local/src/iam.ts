import { AwsError } from './aws-error.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { UnsupportedError } from './plan/unsupported-error.ts';

/** What AWS says to a call that no policy allows. */
export class AccessDeniedError extends AwsError {
  constructor(message: string) {
    super('AccessDeniedException', message);
  }
}

/** What one policy statement allows. */
interface Statement {
  /** The services it speaks of, in a policy on a resource or of a role's trust. */
  services: readonly string[];
  actions: readonly string[];
  resources: readonly string[];
  /** The ARNs that the service may act for; left out, it may act for anybody. */
  sources?: readonly string[];
}

/**
 * The permissions of the stack, held as AWS holds them, so that a permission that is missing here is missed
 * here, and not first on AWS. Of IAM's language this is what the stack uses: statements that allow.
 */
export interface Iam {
  /** @throws {AccessDeniedError} unless the role's policies allow the action on the resource. */
  authorizeRole(roleArn: string, action: string, resource: string): void;
  /** @throws {AccessDeniedError} unless the service may assume the role. */
  authorizeAssume(service: string, roleArn: string): void;
  /** @throws {AccessDeniedError} unless the function lets the service invoke it for the source. */
  authorizeInvoke(service: string, functionName: string, sourceArn: string): void;
  /** @throws {AccessDeniedError} unless the log service lets the service do the action on the log group. */
  authorizeLogs(service: string, action: string, resource: string): void;
  /** @throws {AccessDeniedError} unless the queue's policy lets the service do the action for the source. */
  authorizeQueue(service: string, action: string, queueArn: string, sourceArn: string): void;
}

export function createIam(plan: Plan): Iam {
  const roles = new Map(
    plan.resources('aws_iam_role').map((role) => [
      text(role, 'arn'),
      {
        name: text(role, 'name'),
        trust: statements(text(role, 'assume_role_policy'), role.address),
        policies: [] as Statement[],
      },
    ]),
  );
  for (const policy of plan.resources('aws_iam_role_policy')) {
    const role = [...roles.values()].find(({ name }) => name === text(policy, 'role'));
    if (!role) {
      throw new UnsupportedError(`${policy.address}: the stack has no role ${text(policy, 'role')}`);
    }
    role.policies.push(...statements(text(policy, 'policy'), policy.address));
  }
  const functionNames = plan
    .resources('aws_lambda_function')
    .map((resource) => text(resource, 'function_name'));
  const permissions = plan.resources('aws_lambda_permission').map((permission) => ({
    functionName: knownFunction(permission, functionNames),
    action: text(permission, 'action'),
    service: text(permission, 'principal'),
    sourceArn: text(permission, 'source_arn'),
  }));
  const logPolicies = plan
    .resources('aws_cloudwatch_log_resource_policy')
    .flatMap((policy) => statements(text(policy, 'policy_document'), policy.address));
  const queuePolicies = readQueuePolicies(plan);

  const role = (roleArn: string) => {
    const found = roles.get(roleArn);
    if (!found) throw new AccessDeniedError(`The role ${roleArn} isn't in the stack`);
    return found;
  };

  return {
    authorizeRole(roleArn, action, resource) {
      if (role(roleArn).policies.some((statement) => covers(statement, action, resource))) return;
      throw new AccessDeniedError(
        `${roleArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based ` +
          `policy allows the ${action} action`,
      );
    },
    authorizeAssume(service, roleArn) {
      const trusted = role(roleArn).trust.some(
        ({ services, actions }) => services.includes(service) && actions.includes('sts:AssumeRole'),
      );
      if (trusted) return;
      throw new AccessDeniedError(`${service} is not authorized to assume the role ${roleArn}`);
    },
    authorizeInvoke(service, functionName, sourceArn) {
      const permitted = permissions.some(
        (permission) =>
          permission.functionName === functionName &&
          permission.service === service &&
          matchesWildcards(permission.action, 'lambda:InvokeFunction') &&
          matchesWildcards(permission.sourceArn, sourceArn),
      );
      if (permitted) return;
      throw new AccessDeniedError(
        `${service} is not authorized to perform: lambda:InvokeFunction on ${functionName} for ${sourceArn} ` +
          'because no resource-based policy (aws_lambda_permission) allows it',
      );
    },
    authorizeLogs(service, action, resource) {
      const allowed = logPolicies.some(
        (statement) => statement.services.includes(service) && covers(statement, action, resource),
      );
      if (allowed) return;
      throw new AccessDeniedError(
        `${service} is not authorized to perform: ${action} on resource: ${resource} because no log resource ` +
          'policy allows it',
      );
    },
    authorizeQueue(service, action, queueArn, sourceArn) {
      const allowed = queuePolicies
        .get(queueArn)
        ?.some(
          (statement) =>
            statement.services.includes(service) &&
            covers(statement, action, queueArn) &&
            (statement.sources?.some((source) => matchesWildcards(source, sourceArn)) ?? true),
        );
      if (allowed) return;
      throw new AccessDeniedError(
        `${service} is not authorized to perform: ${action} on resource: ${queueArn} for ${sourceArn} because no ` +
          'resource-based policy (aws_sqs_queue_policy) allows it',
      );
    },
  };
}

/** The policies of the queues, by the queue's ARN. */
function readQueuePolicies(plan: Plan): Map<string, Statement[]> {
  const queues = plan.resources('aws_sqs_queue');
  const policies = new Map<string, Statement[]>();
  for (const policy of plan.resources('aws_sqs_queue_policy')) {
    const queue = queues.find((candidate) => text(candidate, 'url') === text(policy, 'queue_url'));
    if (!queue) {
      throw new UnsupportedError(`${policy.address}: the stack has no queue ${text(policy, 'queue_url')}`);
    }
    const queueArn = text(queue, 'arn');
    if (policies.has(queueArn)) {
      throw new UnsupportedError(
        `${policy.address}: ${text(queue, 'name')} has a policy already; of two, AWS keeps the last one to be set`,
      );
    }
    policies.set(queueArn, statements(text(policy, 'policy'), policy.address, parseSources));
  }
  return policies;
}

function knownFunction(permission: Resource, names: readonly string[]): string {
  const name = text(permission, 'function_name');
  if (names.includes(name)) return name;
  throw new UnsupportedError(
    `${permission.address}: the stack has no function ${name}, only ${names.join(', ')}`,
  );
}

const covers = ({ actions, resources }: Statement, action: string, resource: string) =>
  actions.some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase())) &&
  resources.some((pattern) => matchesWildcards(pattern, resource));

/** `*` is any text, `?` any one character. */
function matchesWildcards(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

/** Reads a statement's Condition, in the policies that may have one. */
type ParseCondition = (condition: JsonValue, address: string) => Pick<Statement, 'sources'>;

/** The one condition that the stack has: an AWS service acts for one source only. */
const parseSources: ParseCondition = (condition, address) => {
  const { ArnEquals: equals, ...others } = isObject(condition) ? condition : {};
  if (
    isObject(equals) &&
    Object.keys(equals).join() === 'aws:SourceArn' &&
    Object.keys(others).length === 0
  ) {
    return { sources: strings(equals['aws:SourceArn']) };
  }
  throw new UnsupportedError(
    `${address}: the local run knows the condition ArnEquals of aws:SourceArn, received ${JSON.stringify(condition)}`,
  );
};

function statements(policy: string, address: string, parseCondition?: ParseCondition): Statement[] {
  const document = JSON.parse(policy) as { Statement?: JsonValue };
  return list(document.Statement).map((statement) => {
    if (!isObject(statement)) throw new UnsupportedError(`${address}: a statement has to be an object`);
    const { Condition, ...unconditional } = statement;
    if (Condition === undefined || !parseCondition) return parseStatement(statement, address);
    return { ...parseStatement(unconditional, address), ...parseCondition(Condition, address) };
  });
}

function parseStatement(statement: JsonObject, address: string): Statement {
  const { Sid: _, Effect, Principal, Action, Resource, ...unknown } = statement;
  if (Effect !== 'Allow' || Object.keys(unknown).length > 0) {
    throw new UnsupportedError(
      `${address}: the local run knows statements that allow, with Principal, Action and Resource; ` +
        `received ${JSON.stringify(statement)}`,
    );
  }
  const principal = Principal ?? { Service: [] };
  if (!isObject(principal) || Object.keys(principal).join() !== 'Service') {
    throw new UnsupportedError(
      `${address}: the local run knows services as principals, received ${JSON.stringify(Principal)}`,
    );
  }
  return { services: strings(principal.Service), actions: strings(Action), resources: strings(Resource) };
}

const list = (value: JsonValue | undefined): JsonValue[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const strings = (value: JsonValue | undefined): string[] => list(value).map(String);
