import { elementsOf, type StackJson } from '../scripts/stack-json.ts';

/** One safeguard less in a synthesized stack. */
export interface Removal {
  kind: string;
  /** What is gone: `bus/USOrdertoAPI/target.retry_policy`, or a whole resource, `bus/archive`. */
  what: string;
  /** What a message that names it has in it: the path of its resource, or Terraform's address. */
  names: readonly string[];
  /** The stack without it. */
  stack(): StackJson;
}

/** The resources that are safeguards by themselves. Any other that is gone leaves references that lead nowhere. */
const resources: Record<string, string> = {
  aws_sqs_queue: 'queue',
  aws_lambda_permission: 'permission',
  aws_iam_role_policy: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_cloudwatch_log_resource_policy: 'policy',
  aws_lambda_function_event_invoke_config: 'retry policy',
  aws_cloudwatch_metric_alarm: 'alarm',
  aws_cloudwatch_event_archive: 'archive',
  aws_sns_topic: 'topic of the alarms',
  aws_sns_topic_subscription: 'topic of the alarms',
  aws_kms_key: 'encryption',
  aws_apigatewayv2_authorizer: 'door',
};

/** The safeguards inside a resource, by their place in it; JSON inside a string is looked through. */
const attributes: [kind: string, place: RegExp][] = [
  ['dead-letter queue', /^(dead_letter_config|destination_config)$/],
  ['permission', /^(source_arn|role|role_arn)$/],
  ['policy', /^(policy|policy_document|assume_role_policy)$/],
  ['policy statement', /\.Statement\.\d+$/],
  [
    'part of a policy statement',
    /\.Statement\.\d+\.(Action|Resource|Principal\.Service|Condition)(\.\w+)?(\.\d+)?$/,
  ],
  ['retry policy', /^retry_policy(\.\w+)?$|^maximum_(retry_attempts|event_age_in_seconds)$|\.Retry$/],
  [
    'alarm',
    /^(alarm_actions|ok_actions|treat_missing_data|threshold|datapoints_to_alarm|alarm_description|metric_query\.\d+(\.(expression|metric|return_data))?)$/,
  ],
  ['archive', /^retention_days$/],
  ['encryption', /^(sqs_managed_sse_enabled|kms_master_key_id|enable_key_rotation)$/],
  ['order of the deploy', /^depends_on\.\d+$/],
  [
    'retention',
    /^(message_retention_seconds|retention_in_days|point_in_time_recovery|deletion_protection_enabled|lifecycle|lifecycle\.prevent_destroy)$/,
  ],
  [
    'door',
    /^(authorization_type|authorizer_id|authorizer_type|identity_sources|jwt_configuration(\.(issuer|audience))?)$/,
  ],
  ['throttle', /^default_route_settings(\.\w+)?$/],
  ['log or trace', /^(access_log_settings|logging_config|tracing_config|tracing_configuration)$/],
];

/** Every safeguard of a stack, to be removed one at a time. */
export function removalsOf(stack: StackJson): Removal[] {
  const elements = elementsOf(stack).filter(({ type }) => !type.startsWith('data.'));
  return [
    ...elements.flatMap(({ path, address, type }): Removal[] => {
      const kind = resources[type];
      const [, id = ''] = address.split('.');
      const place = ['resource', type, id];
      return kind ? [{ kind, what: path, names: [path, address], stack: () => without(stack, place) }] : [];
    }),
    ...elements.flatMap(({ path, address, type, attributes: value }) => {
      const place = ['resource', type, address.slice(type.length + 1)];
      return placesIn(value).flatMap((inner): Removal[] => {
        const name = inner.join('.');
        const kind = attributes.find(([, pattern]) => pattern.test(name))?.[0];
        const what = `${path}.${name}`;
        return kind ? [{ kind, what, names: [path], stack: () => without(stack, [...place, ...inner]) }] : [];
      });
    }),
    ...placesIn(stack.provider)
      .filter((place) => place.includes('default_tags'))
      .map((place) => ({
        kind: 'tag',
        what: ['provider', ...place].join('.'),
        names: ['provider.aws'],
        stack: () => without(stack, ['provider', ...place]),
      })),
  ];
}

/** Every place in a value, as the keys that lead there; the JSON in a string is a value as well. */
function placesIn(value: unknown): string[][] {
  const inside = opened(value);
  if (typeof inside !== 'object' || inside === null) return [];
  return Object.entries(inside).flatMap(([key, inner]) => [
    [key],
    ...placesIn(inner).map((place) => [key, ...place]),
  ]);
}

const opened = (value: unknown) =>
  typeof value === 'string' && value.startsWith('{') ? (JSON.parse(value) as unknown) : value;

/** A copy of a value, with nothing at a place. */
function without<T>(value: T, [key = '', ...rest]: readonly string[]): T {
  const inside = opened(value);
  const copy = (Array.isArray(inside) ? [...inside] : { ...(inside as object) }) as Record<string, unknown>;
  if (rest.length > 0) copy[key] = without(copy[key], rest);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return (typeof value === 'string' ? JSON.stringify(copy) : copy) as T;
}
