import { isObject, type JsonValue, mapValues } from '../json.ts';

/** What an argument may be: by AWS, or by the AWS provider where that allows less. */
export interface Limit {
  /** In words. */
  readonly takes: string;
  readonly fits: (value: JsonValue) => boolean;
  /** Reads a value that fits as what it is to Terraform, which takes `"30"` for a number and `"true"` for a truth. */
  readonly read?: (value: JsonValue) => JsonValue;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const toNumber = (value: JsonValue) =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;

const numbers = (min: number, max: number): Limit => ({
  takes: `a whole number from ${min} to ${max}`,
  fits: (value) => {
    const number = toNumber(value);
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max;
  },
  read: toNumber,
});

const truth: Limit = {
  takes: 'true or false',
  fits: (value) => ['true', 'false'].includes(String(value)),
  read: (value) => String(value) === 'true',
};

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
/** IAM doesn't count white space. */
const policyOf = (max: number): Limit => ({
  takes: `JSON of up to ${max} characters, white space not counted`,
  fits: (value) => json.fits(value) && String(value).replace(/\s/g, '').length <= max,
});
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
    auto_deploy: truth,
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
    retention_in_days: { ...oneOf(...retentionDays), read: toNumber },
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
    'point_in_time_recovery.recovery_period_in_days': numbers(1, 35),
  },
  aws_iam_role: {
    assume_role_policy: policyOf(2_048),
    name: iamName(64),
    name_prefix: iamName(38),
    description: upTo(1_000),
  },
  aws_iam_role_policy: { name: iamName(128), policy: policyOf(10_240) },
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
    definition: {
      takes: 'up to 1,048,576 bytes',
      fits: (value) => Buffer.byteLength(String(value)) <= 1_048_576,
    },
  },
  aws_sqs_queue: {
    name: textOf(/^[\w-]{1,80}$/, '1 to 80 letters, digits and _ -'),
    sqs_managed_sse_enabled: truth,
    ...mapValues(queueRanges, ({ min, max }) => numbers(min, max)),
  },
};
