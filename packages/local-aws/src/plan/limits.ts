import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** What an argument may be: by AWS, or by the AWS provider where that allows less. */
export interface Limit {
  /** In words. */
  readonly takes: string;
  readonly fits: (value: JsonValue) => boolean;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number, which Terraform's JSON may have as text. */
const numbers = (min: number, max: number): Limit => ({
  takes: `a whole number from ${min} to ${max}`,
  fits: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max;
  },
});

const oneOf = (...values: readonly (string | number)[]): Limit => ({
  takes: values.join(', '),
  fits: (value) => values.some((known) => String(known) === String(value)),
});

const textOf = (pattern: RegExp, takes: string): Limit => ({
  takes,
  fits: (value) => typeof value === 'string' && pattern.test(value),
});

const upTo = (max: number): Limit => textOf(new RegExp(`^.{0,${max}}$`, 'su'), `up to ${max} characters`);

/** Lambda sets these itself (developer guide, "Defined runtime environment variables"). */
const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const variables: Limit = {
  takes:
    'up to 4,096 bytes of JSON, whose names begin with a letter, have two or more letters, digits and underscores, ' +
    'and are none that Lambda sets itself',
  fits: (value) =>
    isObject(value) &&
    Buffer.byteLength(JSON.stringify(value)) <= 4_096 &&
    Object.keys(value).every((name) => /^[A-Za-z]\w+$/.test(name) && !reservedVariables.has(name)),
};

/** CloudWatch Logs keeps lines for so many days; 0 is for good. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** What SQS takes of a queue's settings, in the stack and in a call. */
export const queueRanges = {
  visibility_timeout_seconds: { min: 0, max: 43_200 },
  delay_seconds: { min: 0, max: 900 },
  message_retention_seconds: { min: 60, max: 1_209_600 },
  // SQS takes 1 MiB since August 2025. The provider keeps the limit of before.
  max_message_size: { min: 1_024, max: 262_144 },
  receive_wait_time_seconds: { min: 0, max: 20 },
} as const satisfies Readonly<Record<string, Range>>;

const eventsName = (max: number) =>
  textOf(new RegExp(`^[\\w.-]{1,${max}}$`), `1 to ${max} letters, digits and . _ -`);
const iamName = (max: number) =>
  textOf(new RegExp(`^[\\w+=,.@-]{1,${max}}$`), `1 to ${max} letters, digits and + = , . @ _ -`);
const json: Limit = {
  takes: 'JSON',
  fits: (value) => {
    try {
      JSON.parse(String(value));
      return true;
    } catch {
      return false;
    }
  },
};
const mapValues = <T, R>(values: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));

const label = textOf(/^.{1,128}$/su, '1 to 128 characters');

/**
 * The limits of arguments, by the type of resource. An argument of a nested block has its block before it.
 *
 * They are those of the AWS provider 5.100.0, and of the API references of AWS where that says less. `infra/verify`
 * compares them with the provider's own.
 */
export const argumentLimits: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  aws_apigatewayv2_api: { name: label, protocol_type: oneOf('HTTP', 'WEBSOCKET') },
  aws_apigatewayv2_authorizer: { name: label, authorizer_type: oneOf('JWT', 'REQUEST') },
  aws_apigatewayv2_integration: { payload_format_version: oneOf('1.0', '2.0') },
  aws_apigatewayv2_route: { authorization_type: oneOf('NONE', 'JWT', 'AWS_IAM', 'CUSTOM') },
  aws_apigatewayv2_stage: {
    name: textOf(/^(\$default|[\w-]{1,128})$/, '$default, or 1 to 128 letters, digits and _ -'),
  },
  aws_cloudwatch_event_api_destination: {
    name: eventsName(64),
    description: upTo(512),
    http_method: oneOf('POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'),
    invocation_endpoint: textOf(
      /^(?=.{1,2048}$)https?:\/\/[^\s/{}]+(\/[^\s{}]*)?$/,
      'an address of up to 2,048 characters',
    ),
    invocation_rate_limit_per_second: numbers(1, 300),
  },
  aws_cloudwatch_event_archive: {
    name: eventsName(48),
    description: upTo(512),
    retention_days: numbers(0, 2_147_483_647),
  },
  aws_cloudwatch_event_bus: {
    name: textOf(/^(?!default$)[\w./-]{1,256}$/, '1 to 256 letters, digits and / . _ -, except "default"'),
    description: upTo(512),
  },
  aws_cloudwatch_event_connection: {
    name: eventsName(64),
    description: upTo(512),
    authorization_type: oneOf('API_KEY', 'BASIC', 'OAUTH_CLIENT_CREDENTIALS'),
  },
  aws_cloudwatch_event_rule: {
    name: eventsName(64),
    description: upTo(512),
    state: oneOf('ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'),
  },
  aws_cloudwatch_event_target: {
    target_id: eventsName(64),
    input: {
      takes: 'JSON of up to 8,192 characters',
      fits: (value) => upTo(8_192).fits(value) && json.fits(value),
    },
    input_path: upTo(256),
    'input_transformer.input_template': textOf(/^.{1,8192}$/su, '1 to 8,192 characters'),
    'retry_policy.maximum_event_age_in_seconds': numbers(60, 86_400),
    'retry_policy.maximum_retry_attempts': numbers(0, 185),
  },
  aws_cloudwatch_log_group: {
    name: textOf(/^[\w./#-]{1,512}$/, '1 to 512 letters, digits and _ - / # .'),
    retention_in_days: oneOf(...retentionDays),
  },
  aws_cloudwatch_log_resource_policy: {
    policy_document: {
      takes: 'JSON of up to 5,120 characters',
      fits: (value) => upTo(5_120).fits(value) && json.fits(value),
    },
  },
  aws_dynamodb_table: {
    name: textOf(/^[\w.-]{3,255}$/, '3 to 255 letters, digits and . _ -'),
    billing_mode: oneOf('PROVISIONED', 'PAY_PER_REQUEST'),
  },
  aws_iam_role: { name: iamName(64), name_prefix: iamName(38), description: upTo(1_000) },
  aws_iam_role_policy: { name: iamName(128) },
  aws_lambda_function: {
    function_name: textOf(/^[\w-]{1,64}$/, '1 to 64 letters, digits and _ -'),
    description: upTo(256),
    handler: textOf(/^\S{1,128}$/, '1 to 128 characters without a space'),
    memory_size: numbers(128, 10_240),
    timeout: numbers(1, 900),
    'environment.variables': variables,
    'logging_config.log_format': oneOf('Text', 'JSON'),
  },
  aws_lambda_function_event_invoke_config: {
    maximum_retry_attempts: numbers(0, 2),
    maximum_event_age_in_seconds: numbers(60, 21_600),
  },
  aws_lambda_permission: {
    action: textOf(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/, 'lambda:…'),
    statement_id: textOf(/^[\w-]{1,100}$/, '1 to 100 letters, digits and _ -'),
  },
  aws_sfn_state_machine: {
    name: textOf(/^[\w-]{1,80}$/, '1 to 80 letters, digits and _ -'),
    type: oneOf('STANDARD', 'EXPRESS'),
  },
  aws_sqs_queue: {
    name: textOf(/^[\w-]{1,80}$/, '1 to 80 letters, digits and _ -'),
    ...mapValues(queueRanges, ({ min, max }) => numbers(min, max)),
  },
};

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
 * Checks the arguments of a resource.
 *
 * @throws {UnsupportedError} for what AWS or its provider refuses
 */
export function checkLimits(type: string, { address, attributes }: Checked): void {
  for (const [path, { takes, fits }] of Object.entries(argumentLimits[type] ?? {})) {
    const value = valueAt(attributes, path);
    if (value === undefined || value === null || fits(value)) continue;
    throw new UnsupportedError(`${address}: ${path} is ${shorten(value)}; AWS takes ${takes}`);
  }
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

const shorten = (value: JsonValue | undefined) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}… (${text.length} characters)` : text;
};
