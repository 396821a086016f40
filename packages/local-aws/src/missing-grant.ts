import type { JsonObject, JsonValue } from './json.ts';
import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { resourceTypes } from './plan/resource-types.ts';

/** An action that a role may not do. */
interface Denied {
  roleArn: string;
  action: string;
  /** The ARN of what it is done to. */
  resource: string;
}

/** Says what the stack would have to have for an action to be allowed: in its own words, as far as it has some. */
export interface MissingGrants {
  /** The statement that the policy of a role lacks, and the call of a construct that would make it. */
  ofRole(denied: Denied): string;
  /** The statement that the policy of a resource lacks. */
  ofResource(type: string, address: string | undefined, statement: JsonObject): string;
}

export function createMissingGrants(plan: Plan): MissingGrants {
  const resources = Object.keys(resourceTypes).flatMap((type) => plan.resources(type));
  const findByArn = (arn: JsonValue) => resources.find(({ attributes }) => attributes.arn === arn);
  const referTo = (arn: string) => {
    const known = findByArn(arn);
    return known ? `\${${known.address}.arn}` : arn;
  };

  const policyOf = (roleArn: string) => {
    const role = findByArn(roleArn);
    return plan
      .resources('aws_iam_role_policy')
      .find((policy) => role && text(policy, 'role') === role.attributes.name);
  };

  return {
    ofRole({ roleArn, action, resource }) {
      const policy = policyOf(roleArn);
      const call = callOf(findByArn(resource), action);
      const owner = policy && ownerOf(policy, ['role', 'policy']);
      const words =
        call !== undefined && owner !== undefined ? `\`allow: [${call}]\` of ${owner}, which makes ` : '';
      const statement = { Effect: 'Allow', Action: action, Resource: referTo(resource) };
      return `What the stack lacks is ${words}this statement in ${policy?.address ?? 'an aws_iam_role_policy'}: ${JSON.stringify(statement)}`;
    },
    ofResource(type, address, statement) {
      const said = Object.entries(statement).map(([name, value]) => [
        name,
        typeof value === 'string' ? referTo(value) : value,
      ]);
      return `What the stack lacks is this in ${address ?? `an ${type}`}: ${JSON.stringify(Object.fromEntries(said))}`;
    },
  };
}

/** The call that gives the permission, as the stack writes it: `bus.allowPutEvents()`. */
function callOf(resource: Resource | undefined, action: string): string | undefined {
  const service = action.split(':')[0];
  const call = resource?.notes?.grants?.[action] ?? resource?.notes?.grants?.[`${service}:*`];
  const owner = resource && ownerOf(resource, [resource.notes?.path?.split('/').at(-1) ?? '']);
  return call !== undefined && owner !== undefined
    ? `${owner}.${call.replace('<action>', action)}`
    : undefined;
}

/**
 * The construct of the stack that has a resource of its own below it; undefined unless it is the stack's own child, where
 * a reader finds it by that name.
 */
function ownerOf({ notes }: Resource, below: readonly string[]): string | undefined {
  const [, owner, ...rest] = notes?.path?.split('/') ?? [];
  return rest.join('/') === below.join('/') ? owner : undefined;
}
