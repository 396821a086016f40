import type { JsonObject, JsonValue } from '../json.ts';

/** For tests: the values at both sides of a limit. */
export interface Edge {
  taken: readonly JsonValue[];
  refused: readonly JsonValue[];
  /** What AWS refuses and its provider would send. */
  refusedByAwsOnly?: readonly JsonValue[];
}

const letters = (count: number) => 'x'.repeat(count);
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:000000000000:${resource}`;
const policy = '{"Version":"2012-10-17","Statement":[]}';
const description: Edge = { taken: ['', letters(512)], refused: [letters(513)] };
const whole = (min: number, max: number): Edge => ({ taken: [min, max], refused: [min - 1, max + 1] });

/** A resource of each type with limits that both AWS and its provider take. */
export const soundResources: Readonly<Record<string, JsonObject>> = {
  aws_apigatewayv2_api: { name: 'a', protocol_type: 'HTTP' },
  aws_apigatewayv2_authorizer: { api_id: 'a', name: 'n', authorizer_type: 'JWT', identity_sources: [] },
  aws_apigatewayv2_integration: { api_id: 'a', integration_type: 'AWS_PROXY', integration_uri: 'x' },
  aws_apigatewayv2_route: { api_id: 'a', route_key: 'GET /' },
  aws_apigatewayv2_stage: { api_id: 'a', name: 's' },
  aws_cloudwatch_event_api_destination: {
    name: 'd',
    connection_arn: arn('events', 'connection/c/1'),
    http_method: 'POST',
    invocation_endpoint: 'https://partner.example/orders',
  },
  aws_cloudwatch_event_archive: { name: 'a', event_source_arn: arn('events', 'event-bus/b') },
  aws_cloudwatch_event_bus: { name: 'b' },
  aws_cloudwatch_event_connection: {
    name: 'c',
    authorization_type: 'API_KEY',
    auth_parameters: { api_key: { key: 'k', value: 'v' } },
  },
  aws_cloudwatch_event_rule: { name: 'r', event_pattern: '{"source":["a"]}' },
  aws_cloudwatch_event_target: { rule: 'r', arn: arn('sqs', 'q') },
  aws_cloudwatch_log_group: { name: 'g' },
  aws_cloudwatch_log_resource_policy: { policy_name: 'p', policy_document: policy },
  aws_dynamodb_table: {
    name: 'Table',
    hash_key: 'id',
    attribute: [{ name: 'id', type: 'S' }],
    billing_mode: 'PAY_PER_REQUEST',
  },
  aws_iam_role: { assume_role_policy: policy },
  aws_iam_role_policy: { role: 'r', policy },
  aws_lambda_function: {
    function_name: 'f',
    role: 'arn:aws:iam::000000000000:role/r',
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    filename: 'f.zip',
  },
  aws_lambda_function_event_invoke_config: { function_name: 'f' },
  aws_lambda_permission: {
    function_name: 'f',
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
  },
  aws_sfn_state_machine: {
    name: 'm',
    role_arn: 'arn:aws:iam::000000000000:role/r',
    definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
  },
  aws_sqs_queue: { name: 'q' },
};

/** Both sides of every limit, by type and argument as the limits have them. */
export const limitEdges: Readonly<Record<string, Readonly<Record<string, Edge>>>> = {
  aws_apigatewayv2_api: {
    name: { taken: [letters(128), 'a b'], refused: ['', letters(129)] },
    protocol_type: { taken: ['HTTP', 'WEBSOCKET'], refused: ['REST'] },
  },
  aws_apigatewayv2_authorizer: {
    name: { taken: [letters(128)], refused: ['', letters(129)] },
    authorizer_type: { taken: ['JWT', 'REQUEST'], refused: ['jwt'] },
  },
  aws_apigatewayv2_integration: { payload_format_version: { taken: ['1.0', '2.0'], refused: ['3.0'] } },
  aws_apigatewayv2_route: {
    authorization_type: { taken: ['NONE', 'JWT', 'AWS_IAM', 'CUSTOM'], refused: ['none'] },
  },
  aws_apigatewayv2_stage: {
    auto_deploy: { taken: [true, 'false'], refused: ['yes'] },
    name: {
      taken: ['$default', letters(128), 'a-b_c'],
      refused: ['', letters(129)],
      refusedByAwsOnly: ['a b', 'a/b', '$other'],
    },
  },
  aws_cloudwatch_event_api_destination: {
    name: { taken: [letters(64), 'a.b_c-d'], refused: ['', letters(65)], refusedByAwsOnly: ['a b', 'a/b'] },
    description,
    http_method: {
      taken: ['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
      refused: ['FOO', 'get', 'TRACE'],
    },
    invocation_endpoint: {
      taken: ['https://partner.example', 'https://partner.example:8443/orders/*?a=b'],
      refused: [],
      refusedByAwsOnly: [
        'partner.example',
        'ftp://partner.example',
        'https://a/{id}',
        'https://a b',
        letters(2_049),
      ],
    },
    invocation_rate_limit_per_second: { taken: [1, 300], refused: [0], refusedByAwsOnly: [301] },
  },
  aws_cloudwatch_event_archive: {
    name: { taken: [letters(48), 'a.b_c-d'], refused: ['', letters(49), 'a b', 'a/b'] },
    description,
    retention_days: { taken: [0, 30], refused: [], refusedByAwsOnly: [-1] },
  },
  aws_cloudwatch_event_bus: {
    name: {
      taken: [letters(256), 'a/b.c_d-e'],
      refused: ['', letters(257), 'default'],
      refusedByAwsOnly: ['a b', 'a:b', 'ü'],
    },
    description,
  },
  aws_cloudwatch_event_connection: {
    name: { taken: [letters(64), 'a.b_c-d'], refused: ['', letters(65)], refusedByAwsOnly: ['a b'] },
    description,
    authorization_type: { taken: ['API_KEY', 'BASIC', 'OAUTH_CLIENT_CREDENTIALS'], refused: ['NONE'] },
  },
  aws_cloudwatch_event_rule: {
    name: { taken: [letters(64), 'a.b_c-d'], refused: ['', letters(65), 'a b', 'a/b'] },
    description,
    state: {
      taken: ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'],
      refused: ['enabled'],
    },
  },
  aws_cloudwatch_event_target: {
    target_id: { taken: [letters(64), 'a.b_c-d'], refused: [letters(65), 'a b', 'a/b'] },
    input: { taken: ['{"a":1}', '"a"', `"${letters(8_190)}"`], refused: ['a', `"${letters(8_191)}"`] },
    input_path: { taken: [`$.${letters(254)}`], refused: [`$.${letters(255)}`] },
    'input_transformer.input_template': {
      taken: [`"${letters(8_190)}"`],
      refused: ['', `"${letters(8_191)}"`],
    },
    'retry_policy.maximum_event_age_in_seconds': {
      ...whole(60, 86_400),
      refused: [86_401],
      refusedByAwsOnly: [59],
    },
    'retry_policy.maximum_retry_attempts': whole(0, 185),
  },
  aws_cloudwatch_log_group: {
    name: { taken: [letters(512), 'a.b-c_d/e#f'], refused: [letters(513), 'a b', 'a:b'] },
    retention_in_days: { taken: [0, 1, 3_653], refused: [2, -1, 3_654] },
  },
  aws_cloudwatch_log_resource_policy: {
    policy_document: {
      taken: [policy],
      refused: ['Allow'],
      refusedByAwsOnly: [JSON.stringify({ Statement: [letters(5_120)] })],
    },
  },
  aws_dynamodb_table: {
    name: {
      taken: ['abc', letters(255), 'a.b-c_d'],
      refused: [],
      refusedByAwsOnly: ['ab', letters(256), 'a b', 'a/b'],
    },
    billing_mode: { taken: ['PAY_PER_REQUEST'], refused: ['FREE'] },
    'point_in_time_recovery.recovery_period_in_days': whole(1, 35),
  },
  aws_iam_role: {
    assume_role_policy: {
      taken: [policy, policy + ' '.repeat(2_048)],
      refused: ['Allow'],
      refusedByAwsOnly: [JSON.stringify({ Statement: letters(2_048) })],
    },
    name: { taken: [letters(64), 'a+=,.@-_b'], refused: ['', letters(65), 'a b', 'a/b'] },
    name_prefix: { taken: [letters(38)], refused: [letters(39), 'a b'] },
    description: { taken: [letters(1_000)], refused: [letters(1_001)] },
  },
  aws_iam_role_policy: {
    name: { taken: [letters(128)], refused: [letters(129), 'a b'] },
    policy: {
      taken: [policy],
      refused: ['Allow'],
      refusedByAwsOnly: [JSON.stringify({ Statement: letters(10_240) })],
    },
  },
  aws_lambda_function: {
    function_name: {
      taken: [letters(64), 'a-b_c'],
      refused: ['', 'a b', 'a.b', 'a/b'],
      refusedByAwsOnly: [letters(65)],
    },
    description: { taken: [letters(256)], refused: [], refusedByAwsOnly: [letters(257)] },
    handler: {
      taken: [letters(128), 'src/index.handler'],
      refused: ['', letters(129)],
      refusedByAwsOnly: ['a b'],
    },
    memory_size: whole(128, 10_240),
    timeout: whole(1, 900),
    'environment.variables': {
      taken: [{}, { A_1: 'x' }, { AA: letters(4_087) }],
      refused: [],
      refusedByAwsOnly: [
        { AWS_REGION: 'x' },
        { _HANDLER: 'x' },
        { A: 'x' },
        { 'A-B': 'x' },
        { AA: letters(4_088) },
      ],
    },
    'logging_config.log_format': { taken: ['JSON', 'Text'], refused: ['json'] },
  },
  aws_lambda_function_event_invoke_config: {
    maximum_retry_attempts: whole(0, 2),
    maximum_event_age_in_seconds: whole(60, 21_600),
  },
  aws_lambda_permission: {
    action: { taken: ['lambda:InvokeFunction', 'lambda:*'], refused: ['InvokeFunction'] },
    statement_id: { taken: [letters(100), 'a-b_c'], refused: [letters(101), 'a b'] },
  },
  aws_sfn_state_machine: {
    name: { taken: [letters(80), 'a-b_c'], refused: ['', letters(81), 'a b', 'a.b'] },
    type: { taken: ['STANDARD', 'EXPRESS'], refused: ['standard'] },
    definition: { taken: ['{}'], refused: [letters(1_048_577)] },
  },
  aws_sqs_queue: {
    name: { taken: [letters(80), 'a-b_c'], refused: [], refusedByAwsOnly: [letters(81), 'a b', 'a.b'] },
    visibility_timeout_seconds: whole(0, 43_200),
    delay_seconds: whole(0, 900),
    message_retention_seconds: whole(60, 1_209_600),
    max_message_size: whole(1_024, 262_144),
    sqs_managed_sse_enabled: { taken: [true, 'false'], refused: ['yes'] },
    receive_wait_time_seconds: { taken: [0, 20], refused: [], refusedByAwsOnly: [-1, 21] },
  },
};

/** A sound resource, but for the argument at a path. */
export function resourceWith(type: string, path: string, value: JsonValue): JsonObject {
  const [name = '', inner] = path.split('.');
  const sound = soundResources[type] ?? {};
  if (inner === undefined) return { ...sound, [name]: value };
  return { ...sound, [name]: { ...besides[path], [inner]: value } };
}

/** What a nested block needs beside the argument at a path. */
const besides: Readonly<Record<string, JsonObject>> = {
  'logging_config.log_format': { log_group: 'g' },
  'point_in_time_recovery.recovery_period_in_days': { enabled: true },
  'retry_policy.maximum_event_age_in_seconds': { maximum_retry_attempts: 1 },
  'retry_policy.maximum_retry_attempts': { maximum_event_age_in_seconds: 60 },
};
