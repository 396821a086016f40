import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { argumentLimits } from './limits.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** The arguments by which AWS tells the resources of a type apart. Two with the same can't both be there. */
const identities: Readonly<Record<string, readonly string[]>> = {
  aws_apigatewayv2_route: ['api_id', 'route_key'],
  aws_apigatewayv2_stage: ['api_id', 'name'],
  aws_cloudwatch_event_api_destination: ['name'],
  aws_cloudwatch_event_archive: ['name'],
  aws_cloudwatch_event_bus: ['name'],
  aws_cloudwatch_event_connection: ['name'],
  aws_cloudwatch_event_rule: ['event_bus_name', 'name'],
  aws_cloudwatch_event_target: ['event_bus_name', 'rule', 'target_id'],
  aws_cloudwatch_log_group: ['name'],
  aws_cloudwatch_log_resource_policy: ['policy_name'],
  aws_cloudwatch_metric_alarm: ['alarm_name'],
  aws_dynamodb_table: ['name'],
  aws_iam_role: ['name'],
  aws_iam_role_policy: ['role', 'name'],
  aws_lambda_function: ['function_name'],
  aws_lambda_function_event_invoke_config: ['function_name'],
  aws_lambda_permission: ['function_name', 'statement_id'],
  aws_sfn_state_machine: ['name'],
  aws_sqs_queue: ['name'],
  aws_sqs_queue_policy: ['queue_url'],
};

/**
 * Checks the arguments of a resource, and reads each as what it is to Terraform.
 *
 * @throws {UnsupportedError} for what AWS or its provider refuses
 */
export function readLimited(type: string, { address, attributes }: Checked): JsonObject {
  let read = attributes;
  for (const [path, limit] of Object.entries(argumentLimits[type] ?? {})) {
    const value = valueAt(attributes, path);
    if (value === undefined || value === null) continue;
    if (!limit.fits(value)) {
      throw new UnsupportedError(`${address}: ${path} is ${shorten(value)}; AWS takes ${limit.takes}`);
    }
    if (limit.read) read = withValueAt(read, path.split('.'), limit.read(value));
  }
  return read;
}

/**
 * Checks that no two resources of a type are the same to AWS. One that leaves a part of its identity to AWS differs
 * from all others.
 *
 * @throws {UnsupportedError} for two that are
 */
export function refuseTwins(type: string, resources: readonly Checked[]): void {
  const identity = identities[type];
  if (!identity) return;
  const seen = new Map<string, string>();
  for (const { address, attributes } of resources) {
    const values = identity.map((argument) => attributes[argument]);
    if (values.includes(undefined)) continue;
    const key = JSON.stringify(values);
    const twin = seen.get(key);
    if (twin !== undefined) {
      throw new UnsupportedError(
        `${address}: ${twin} has the same ${identity.join(' and ')}, ${values.map(shorten).join(' and ')}`,
      );
    }
    seen.set(key, address);
  }
}

interface Checked {
  address: string;
  attributes: JsonObject;
}

const valueAt = (attributes: JsonObject, path: string): JsonValue | undefined =>
  path
    .split('.')
    .reduce<JsonValue | undefined>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      attributes,
    );

/** The same attributes, with another value at a path. */
function withValueAt(attributes: JsonObject, [name = '', ...inner]: string[], value: JsonValue): JsonObject {
  const within = attributes[name];
  return {
    ...attributes,
    [name]: inner.length > 0 && isObject(within) ? withValueAt(within, inner, value) : value,
  };
}

const shorten = (value: JsonValue | undefined) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}… (${text.length} characters)` : text;
};
