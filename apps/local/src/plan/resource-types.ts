import { createHash } from 'node:crypto';
import type { JsonValue } from '../json.ts';

/** Where the stack is said to run: what ARNs and data sources are made of. */
export interface Place {
  region: string;
  /** The AWS account, 12 digits. */
  account: string;
  /** The address of this process, `http://127.0.0.1:4000`. */
  endpoint: string;
}

type Computed = (get: (argument: string) => string, place: Place) => JsonValue;

interface ResourceType {
  /** The arguments that the local run acts on. */
  arguments: readonly string[];
  /** The arguments that change nothing here, and why. */
  withoutEffect?: Readonly<Record<string, string>>;
  /** The attributes that AWS would give the resource. */
  computed?: Readonly<Record<string, Computed>>;
}

/** An id for what AWS would number itself: the same for the same name, so that ARNs stay put between runs. */
const idOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 10);

const arn =
  (service: string, resource: (get: (argument: string) => string) => string): Computed =>
  (get, { region, account }) =>
    `arn:aws:${service}:${region}:${account}:${resource(get)}`;

const logs = 'the local run keeps every line until it ends';
const registry = 'people read the schema registry; no event passes through it';

/**
 * Every resource type that the stack may have here: its arguments, and what AWS would compute for it. A type,
 * an argument or an attribute that isn't in this table stops the local run, so that nothing runs here otherwise
 * than it would on AWS without saying so.
 */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  aws_apigatewayv2_api: {
    arguments: ['name', 'protocol_type'],
    computed: {
      id: (get) => idOf(get('name')),
      execution_arn: arn('execute-api', (get) => idOf(get('name'))),
    },
  },
  aws_apigatewayv2_integration: {
    arguments: ['api_id', 'integration_type', 'integration_uri', 'payload_format_version'],
    computed: { id: (get) => idOf(get('integration_uri')) },
  },
  aws_apigatewayv2_route: { arguments: ['api_id', 'route_key', 'target'] },
  aws_apigatewayv2_stage: {
    arguments: ['api_id', 'name', 'auto_deploy'],
    withoutEffect: { default_route_settings: 'nobody is throttled on a laptop' },
    computed: { invoke_url: (get, { endpoint }) => `${endpoint}/${get('name')}` },
  },
  aws_cloudwatch_event_api_destination: {
    arguments: ['name', 'connection_arn', 'http_method', 'invocation_endpoint'],
    withoutEffect: { invocation_rate_limit_per_second: 'the local partner takes whatever comes' },
    computed: { arn: arn('events', (get) => `api-destination/${get('name')}/${idOf(get('name'))}`) },
  },
  aws_cloudwatch_event_bus: {
    arguments: ['name'],
    computed: { arn: arn('events', (get) => `event-bus/${get('name')}`) },
  },
  aws_cloudwatch_event_connection: {
    arguments: ['name', 'authorization_type', 'auth_parameters'],
    computed: { arn: arn('events', (get) => `connection/${get('name')}/${idOf(get('name'))}`) },
  },
  aws_cloudwatch_event_rule: {
    arguments: ['name', 'event_bus_name', 'event_pattern'],
    computed: { arn: arn('events', (get) => `rule/${get('event_bus_name')}/${get('name')}`) },
  },
  aws_cloudwatch_event_target: { arguments: ['rule', 'event_bus_name', 'arn', 'role_arn'] },
  aws_cloudwatch_log_group: {
    arguments: ['name'],
    withoutEffect: { retention_in_days: logs },
    computed: { arn: arn('logs', (get) => `log-group:${get('name')}`) },
  },
  aws_cloudwatch_log_resource_policy: { arguments: ['policy_name', 'policy_document'] },
  aws_dynamodb_table: {
    arguments: ['name', 'hash_key', 'range_key', 'attribute'],
    withoutEffect: { billing_mode: 'nothing is billed here' },
    computed: { arn: arn('dynamodb', (get) => `table/${get('name')}`) },
  },
  aws_iam_role: {
    arguments: ['name_prefix', 'name', 'assume_role_policy'],
    computed: {
      // Without a name AWS makes one up, which can't be told apart here by its prefix alone.
      name: (get) => `${get('name_prefix')}${get('address')}`,
      arn: (get, { account }) => `arn:aws:iam::${account}:role/${get('name')}`,
    },
  },
  aws_iam_role_policy: { arguments: ['role', 'policy'] },
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
    ],
    withoutEffect: {
      architectures: "the code runs on this machine's processor",
      source_code_hash: 'it tells Terraform when to upload',
    },
    computed: {
      arn: arn('lambda', (get) => `function:${get('function_name')}`),
      invoke_arn: (get, { region }) =>
        `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${get('arn')}/invocations`,
    },
  },
  aws_lambda_permission: { arguments: ['function_name', 'action', 'principal', 'source_arn'] },
  aws_schemas_registry: {
    arguments: [],
    withoutEffect: { name: registry, description: registry },
  },
  aws_schemas_schema: {
    arguments: [],
    withoutEffect: {
      registry_name: registry,
      name: registry,
      type: registry,
      content: registry,
      description: registry,
    },
  },
  aws_sfn_state_machine: {
    arguments: ['name', 'role_arn', 'definition'],
    computed: { arn: arn('states', (get) => `stateMachine:${get('name')}`) },
  },
};

/** The data sources that the stack may read here. */
export const dataSources: Readonly<Record<string, Readonly<Record<string, (place: Place) => JsonValue>>>> = {
  aws_caller_identity: { account_id: ({ account }) => account },
  aws_partition: { partition: () => 'aws' },
  aws_region: { name: ({ region }) => region },
};
