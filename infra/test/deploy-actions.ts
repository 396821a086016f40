const arn = (service: string, resource: string, region = 'eu-west-1') =>
  `arn:aws:${service}:${region}:123456789012:${resource}`;

/** Reads the text of an attribute, with every reference resolved to the name of the resource that it is to. */
type Read = (attribute: string) => string;

interface Deployed {
  /** The actions that AWS has to allow for Terraform to create, read, change and delete such a resource. */
  actions: readonly string[];
  /** The ARNs that it asks about, by the attributes of the resource. AWS ends some of them with an id of its own. */
  resources: (read: Read) => readonly string[];
}

const named = (service: string, names: string) => names.split(' ').map((name) => `${service}:${name}`);
const anywhere = () => ['*'];
const ofFunction = (read: Read) => [arn('lambda', `function:${read('function_name')}`)];
const ofTopic = (topic: string) => [arn('sns', topic)];
const ofApi = (path: string) => () => [`arn:aws:apigateway:eu-west-1::${path}`];

const role = (names: string): Deployed => ({
  actions: named('iam', names),
  // The name of a role begins with the prefix, and goes on as Terraform likes.
  resources: () => ['arn:aws:iam::123456789012:role/orders-20260101000000000000000001'],
});

const api = (path: string): Deployed => ({
  actions: named('apigateway', 'GET POST PATCH DELETE'),
  resources: ofApi(path),
});

/** What AWS asks for each type of resource of the stack. */
export const deployed: Readonly<Record<string, readonly Deployed[]>> = {
  aws_apigatewayv2_api: [
    api('/apis'),
    api('/apis/a1b2c3'),
    api('/tags/arn%3Aaws%3Aapigateway%3A%3A%2Fapis%2Fa1'),
  ],
  aws_apigatewayv2_authorizer: [api('/apis/a1b2c3/authorizers')],
  aws_apigatewayv2_integration: [api('/apis/a1b2c3/integrations')],
  aws_apigatewayv2_route: [api('/apis/a1b2c3/routes')],
  aws_apigatewayv2_stage: [
    api('/apis/a1b2c3/stages/prod'),
    // API Gateway puts it and updates it for the log of the requests.
    { actions: ['apigateway:PUT'], resources: ofApi('/tags/arn%3Aaws%3Aapigateway') },
    {
      actions: named(
        'logs',
        'CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries',
      ),
      resources: anywhere,
    },
  ],
  aws_cloudwatch_dashboard: [
    {
      actions: named('cloudwatch', 'PutDashboard GetDashboard DeleteDashboards'),
      resources: (read) => [arn('cloudwatch', `dashboard/${read('dashboard_name')}`, '')],
    },
  ],
  aws_cloudwatch_event_api_destination: [
    {
      actions: named(
        'events',
        'CreateApiDestination DescribeApiDestination UpdateApiDestination DeleteApiDestination',
      ),
      resources: (read) => [arn('events', `api-destination/${read('name')}/0a1b`)],
    },
  ],
  aws_cloudwatch_event_archive: [
    {
      actions: named('events', 'CreateArchive DescribeArchive UpdateArchive DeleteArchive'),
      resources: (read) => [arn('events', `archive/${read('name')}`)],
    },
  ],
  aws_cloudwatch_event_bus: [
    {
      actions: named(
        'events',
        'CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('events', `event-bus/${read('name')}`)],
    },
  ],
  aws_cloudwatch_event_connection: [
    {
      actions: named('events', 'CreateConnection DescribeConnection UpdateConnection DeleteConnection'),
      resources: (read) => [arn('events', `connection/${read('name')}/0a1b`)],
    },
    // EventBridge keeps the key there, in the name of the caller.
    {
      actions: named(
        'secretsmanager',
        'CreateSecret DescribeSecret GetSecretValue PutSecretValue UpdateSecret DeleteSecret',
      ),
      resources: (read) => [arn('secretsmanager', `secret:events!connection/${read('name')}/0a1b`)],
    },
  ],
  aws_cloudwatch_event_rule: [
    {
      actions: named(
        'events',
        'PutRule DescribeRule DeleteRule TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('events', `rule/${read('event_bus_name')}/${read('name')}`)],
    },
  ],
  aws_cloudwatch_event_target: [
    {
      actions: named('events', 'PutTargets ListTargetsByRule RemoveTargets'),
      resources: (read) => [arn('events', `rule/${read('event_bus_name')}/${read('rule')}`)],
    },
  ],
  aws_cloudwatch_log_group: [
    {
      actions: named(
        'logs',
        'CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy DeleteLogGroup TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [
        arn('logs', `log-group:${read('name')}`),
        arn('logs', `log-group:${read('name')}:*`),
      ],
    },
    { actions: ['logs:DescribeLogGroups'], resources: anywhere },
  ],
  aws_cloudwatch_log_resource_policy: [
    {
      actions: named('logs', 'PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy'),
      resources: anywhere,
    },
  ],
  aws_cloudwatch_metric_alarm: [
    {
      actions: named(
        'cloudwatch',
        'PutMetricAlarm DescribeAlarms DeleteAlarms TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('cloudwatch', `alarm:${read('alarm_name')}`)],
    },
  ],
  aws_dynamodb_table: [
    {
      actions: named(
        'dynamodb',
        'CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups ' +
          'DescribeTimeToLive TagResource UntagResource ListTagsOfResource',
      ),
      resources: (read) => [arn('dynamodb', `table/${read('name')}`)],
    },
  ],
  aws_iam_role: [
    role(
      'CreateRole GetRole UpdateRole UpdateAssumeRolePolicy DeleteRole TagRole UntagRole ListRolePolicies ' +
        'ListAttachedRolePolicies ListInstanceProfilesForRole PassRole',
    ),
  ],
  aws_iam_role_policy: [role('GetRolePolicy PutRolePolicy DeleteRolePolicy')],
  aws_kms_key: [
    {
      actions: named(
        'kms',
        'CreateKey DescribeKey GetKeyPolicy PutKeyPolicy UpdateKeyDescription EnableKeyRotation GetKeyRotationStatus ' +
          'ScheduleKeyDeletion TagResource UntagResource ListResourceTags',
      ),
      resources: anywhere,
    },
  ],
  aws_lambda_function: [
    {
      actions: named(
        'lambda',
        'CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction ' +
          'UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction TagResource UntagResource ListTags',
      ),
      resources: ofFunction,
    },
  ],
  aws_lambda_function_event_invoke_config: [
    {
      actions: named(
        'lambda',
        'PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig ' +
          'DeleteFunctionEventInvokeConfig',
      ),
      resources: ofFunction,
    },
  ],
  aws_lambda_permission: [
    { actions: named('lambda', 'AddPermission GetPolicy RemovePermission'), resources: ofFunction },
  ],
  aws_schemas_registry: [
    {
      actions: named(
        'schemas',
        'CreateRegistry DescribeRegistry UpdateRegistry DeleteRegistry TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('schemas', `registry/${read('name')}`)],
    },
  ],
  aws_schemas_schema: [
    {
      actions: named(
        'schemas',
        'CreateSchema DescribeSchema UpdateSchema DeleteSchema TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('schemas', `schema/${read('registry_name')}/${read('name')}`)],
    },
  ],
  aws_sfn_state_machine: [
    {
      actions: named(
        'states',
        'CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine ListStateMachineVersions ' +
          'TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => [arn('states', `stateMachine:${read('name')}`)],
    },
    { actions: ['states:ValidateStateMachineDefinition'], resources: anywhere },
  ],
  aws_sns_topic: [
    {
      actions: named(
        'sns',
        'CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic TagResource UntagResource ListTagsForResource',
      ),
      resources: (read) => ofTopic(read('name')),
    },
  ],
  aws_sns_topic_policy: [
    {
      actions: named('sns', 'GetTopicAttributes SetTopicAttributes'),
      resources: (read) => ofTopic(read('arn')),
    },
  ],
  aws_sns_topic_subscription: [
    {
      actions: named('sns', 'Subscribe Unsubscribe GetSubscriptionAttributes ListSubscriptionsByTopic'),
      resources: (read) => ofTopic(read('topic_arn')),
    },
  ],
  aws_sqs_queue: [
    {
      actions: named(
        'sqs',
        'CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue UntagQueue ListQueueTags',
      ),
      resources: (read) => [arn('sqs', read('name'))],
    },
  ],
  aws_sqs_queue_policy: [
    {
      actions: named('sqs', 'GetQueueAttributes SetQueueAttributes'),
      resources: (read) => [arn('sqs', read('queue_url'))],
    },
  ],
};

/** What AWS asks of every deploy: the state, and the roles that a service makes for itself the first time. */
export const always = (stage: string) => [
  { action: 's3:ListBucket', resource: 'arn:aws:s3:::orders-state-dev-123456789012' },
  ...named('s3', 'GetObject PutObject DeleteObject').map((action) => ({
    action,
    resource: `arn:aws:s3:::orders-state-dev-123456789012/orders-${stage}.tfstate.tflock`,
  })),
  {
    action: 'iam:CreateServiceLinkedRole',
    resource:
      'arn:aws:iam::123456789012:role/aws-service-role/apidestinations.events.amazonaws.com/AWSServiceRoleForX',
  },
];
