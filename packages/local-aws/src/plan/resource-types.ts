import type { JsonValue } from '../json.ts';
import { inertTypes, nobody } from './inert-types.ts';
import { arn, idOf, type Place, type ResourceType } from './resource-type.ts';

export type { Place, ResourceType } from './resource-type.ts';

/** The bus of a rule that names none. Every account has it. */
export const defaultBus = 'default';

const nothingIsDestroyed = 'the local run destroys nothing';
/** What is said to people only. */
const forPeople = {
  description: 'it is for people',
  tags: 'nothing is looked up or billed by its tags here',
} as const;
const { description, tags } = forPeople;

/** The types that run here. */
const runningTypes: Readonly<Record<string, ResourceType>> = {
  aws_apigatewayv2_api: {
    arguments: ['name', 'protocol_type'],
    withoutEffect: {
      ...forPeople,
      version: description,
      cors_configuration: 'pages of other sites are refused here',
    },
    computed: {
      id: (get) => idOf(get('name')),
      execution_arn: arn('execute-api', (get) => idOf(get('name'))),
    },
  },
  aws_apigatewayv2_authorizer: {
    arguments: ['api_id', 'authorizer_type', 'identity_sources', 'jwt_configuration'],
    withoutEffect: { name: 'people know an authorizer by it' },
    computed: { id: (get) => idOf(get('address')) },
  },
  aws_apigatewayv2_integration: {
    arguments: ['api_id', 'integration_type', 'integration_uri', 'payload_format_version'],
    computed: { id: (get) => idOf(get('integration_uri')) },
  },
  aws_apigatewayv2_route: {
    arguments: ['api_id', 'route_key', 'target', 'authorization_type', 'authorizer_id'],
  },
  aws_apigatewayv2_stage: {
    arguments: ['api_id', 'name', 'auto_deploy'],
    withoutEffect: {
      ...forPeople,
      access_log_settings: 'the trace tells of every request',
      default_route_settings: 'nobody is throttled on a laptop',
    },
    computed: {
      invoke_url: (get, { endpoint }) => `${endpoint}/${get('name') === '$default' ? '' : get('name')}`,
    },
  },
  aws_cloudwatch_event_api_destination: {
    arguments: [
      'name',
      'connection_arn',
      'http_method',
      'invocation_endpoint',
      'invocation_rate_limit_per_second',
    ],
    withoutEffect: { description },
    computed: { arn: arn('events', (get) => `api-destination/${get('name')}/${idOf(get('name'))}`) },
  },
  aws_cloudwatch_event_archive: {
    arguments: ['name', 'event_source_arn', 'event_pattern', 'retention_days'],
    withoutEffect: { description },
    computed: { arn: arn('events', (get) => `archive/${get('name')}`) },
  },
  aws_cloudwatch_event_bus: {
    arguments: ['name'],
    withoutEffect: forPeople,
    computed: { arn: arn('events', (get) => `event-bus/${get('name')}`) },
  },
  aws_cloudwatch_event_connection: {
    arguments: ['name', 'authorization_type', 'auth_parameters'],
    withoutEffect: { description },
    computed: { arn: arn('events', (get) => `connection/${get('name')}/${idOf(get('name'))}`) },
  },
  aws_cloudwatch_event_rule: {
    arguments: ['name', 'event_bus_name', 'event_pattern', 'state'],
    withoutEffect: { ...forPeople, force_destroy: nothingIsDestroyed },
    computed: {
      arn: arn('events', (get) => {
        const bus = get('event_bus_name');
        return bus === defaultBus ? `rule/${get('name')}` : `rule/${bus}/${get('name')}`;
      }),
      event_bus_name: () => defaultBus,
    },
  },
  aws_cloudwatch_event_target: {
    arguments: [
      'rule',
      'event_bus_name',
      'target_id',
      'arn',
      'role_arn',
      'input',
      'input_path',
      'input_transformer',
      'http_target',
      'dead_letter_config',
      'retry_policy',
    ],
    withoutEffect: { force_destroy: nothingIsDestroyed },
    computed: { event_bus_name: () => defaultBus },
  },
  aws_cloudwatch_log_group: {
    arguments: ['name', 'retention_in_days'],
    withoutEffect: { skip_destroy: nothingIsDestroyed, tags },
    computed: { arn: arn('logs', (get) => `log-group:${get('name')}`) },
  },
  aws_cloudwatch_metric_alarm: {
    arguments: [
      'alarm_name',
      'namespace',
      'metric_name',
      'dimensions',
      'statistic',
      'extended_statistic',
      'period',
      'metric_query',
      'evaluation_periods',
      'datapoints_to_alarm',
      'comparison_operator',
      'threshold',
      'treat_missing_data',
    ],
    withoutEffect: {
      tags,
      alarm_description: description,
      actions_enabled: nobody,
      alarm_actions: nobody,
      ok_actions: nobody,
      insufficient_data_actions: nobody,
    },
    computed: { arn: arn('cloudwatch', (get) => `alarm:${get('alarm_name')}`) },
  },
  aws_cloudwatch_log_resource_policy: { arguments: ['policy_name', 'policy_document'] },
  aws_dynamodb_table: {
    arguments: ['name', 'hash_key', 'range_key', 'attribute', 'point_in_time_recovery'],
    withoutEffect: {
      tags,
      billing_mode: 'nothing is billed here',
      deletion_protection_enabled: nothingIsDestroyed,
      table_class: 'nothing is billed here',
    },
    computed: { arn: arn('dynamodb', (get) => `table/${get('name')}`) },
  },
  aws_iam_role: {
    arguments: ['name_prefix', 'name', 'assume_role_policy'],
    withoutEffect: {
      ...forPeople,
      force_detach_policies: nothingIsDestroyed,
      max_session_duration: 'sessions last as long as the local run',
    },
    computed: {
      // Without a name AWS makes one up, which can't be told apart here by its prefix alone.
      name: (get) => `${get('name_prefix')}${get('address')}`,
      arn: (get, { account }) => `arn:aws:iam::${account}:role/${get('name')}`,
    },
  },
  aws_iam_role_policy: {
    arguments: ['role', 'policy'],
    withoutEffect: { name: 'a role has all of its policies, whatever they are called' },
  },
  aws_lambda_function: {
    arguments: [
      'function_name',
      'role',
      'runtime',
      'handler',
      'filename',
      'memory_size',
      'timeout',
      'environment',
      'logging_config',
      'tracing_config',
    ],
    withoutEffect: {
      ...forPeople,
      publish: 'nobody can call a version but $LATEST here',
      skip_destroy: nothingIsDestroyed,
      architectures: "the code runs on this machine's processor",
      source_code_hash: 'it tells Terraform when to upload',
    },
    notEnforced: {
      memory_size:
        'a process ends when the heap of JavaScript exceeds it. What it takes beside its heap has no limit, and its line REPORT says how much it used',
      '/tmp':
        'code may fill the disk of this machine, and finds there what others wrote. On AWS, it has 512 MB of its own',
    },
    computed: {
      arn: arn('lambda', (get) => `function:${get('function_name')}`),
      invoke_arn: (get, { region }) =>
        `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${get('arn')}/invocations`,
    },
  },
  aws_lambda_function_event_invoke_config: {
    arguments: [
      'function_name',
      'destination_config',
      'maximum_retry_attempts',
      'maximum_event_age_in_seconds',
    ],
  },
  aws_lambda_permission: {
    arguments: ['function_name', 'action', 'principal', 'source_arn'],
    withoutEffect: { statement_id: 'a function has all of its permissions, whatever they are called' },
  },
  aws_sfn_state_machine: {
    arguments: ['name', 'type', 'role_arn', 'definition', 'tracing_configuration'],
    withoutEffect: { tags },
    computed: { arn: arn('states', (get) => `stateMachine:${get('name')}`) },
  },
  aws_sqs_queue: {
    arguments: [
      'name',
      'visibility_timeout_seconds',
      'delay_seconds',
      'message_retention_seconds',
      'max_message_size',
      'receive_wait_time_seconds',
      'redrive_policy',
      'redrive_allow_policy',
    ],
    withoutEffect: {
      sqs_managed_sse_enabled: 'nothing is encrypted here; GetQueueAttributes reports it',
      tags,
    },
    computed: {
      arn: arn('sqs', (get) => get('name')),
      url: (get, { endpoint, account }) => `${endpoint}/${account}/${get('name')}`,
    },
  },
  aws_sqs_queue_policy: { arguments: ['queue_url', 'policy'] },
};

/**
 * Every resource type that the stack may have here: its arguments, and what AWS would compute for it. A type,
 * an argument or an attribute that isn't in this table stops the local run, so that nothing runs here otherwise
 * than it would on AWS without saying so.
 */
export const resourceTypes: Readonly<Record<string, ResourceType>> = { ...runningTypes, ...inertTypes };

/** The data sources that the stack may read here. */
export const dataSources: Readonly<Record<string, Readonly<Record<string, (place: Place) => JsonValue>>>> = {
  aws_caller_identity: { account_id: ({ account }) => account },
  aws_partition: { partition: () => 'aws' },
};
