import { isObject, type JsonObject } from '../../json.ts';
import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** A queue as the stack configures it. */
export interface QueueConfig {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  /** The largest message, its attributes included. */
  readonly maxMessageBytes: number;
  readonly receiveWaitSeconds: number;
  readonly sqsManagedSse: boolean;
  /** Where a message goes that was received too often. */
  readonly redrive?: RedrivePolicy;
  readonly redriveAllowPolicy?: string;
  readonly policy?: string;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  /** How often a message is received before it goes there. */
  readonly maxReceiveCount: number;
}

/** The numbers that SQS takes, and those that the AWS provider of the stack sets for an argument that is left out. */
export const queueLimits = {
  visibility_timeout_seconds: { min: 0, max: 43_200, default: 30 },
  delay_seconds: { min: 0, max: 900, default: 0 },
  message_retention_seconds: { min: 60, max: 1_209_600, default: 345_600 },
  // SQS takes 1 MiB since August 2025. The provider keeps the limit of before.
  max_message_size: { min: 1_024, max: 1_048_576, default: 262_144 },
  receive_wait_time_seconds: { min: 0, max: 20, default: 0 },
} as const;

const maxReceiveCounts = { min: 1, max: 1_000 };
const queueName = /^[\w-]{1,80}$/;

/** What the provider sets for a queue that has a name only. */
export const queueDefaults = {
  visibilityTimeoutSeconds: queueLimits.visibility_timeout_seconds.default,
  delaySeconds: queueLimits.delay_seconds.default,
  retentionSeconds: queueLimits.message_retention_seconds.default,
  maxMessageBytes: queueLimits.max_message_size.default,
  receiveWaitSeconds: queueLimits.receive_wait_time_seconds.default,
  sqsManagedSse: true,
} as const;

/**
 * Reads the queues of the stack.
 *
 * @throws {UnsupportedError} for what SQS refuses
 */
export function readQueueConfigs(plan: Plan): QueueConfig[] {
  const resources = plan.resources('aws_sqs_queue');
  const policies = new Map(
    plan
      .resources('aws_sqs_queue_policy')
      .map((policy) => [text(policy, 'queue_url'), text(policy, 'policy')]),
  );
  const configs = resources.map((resource) => readConfig(resource, policies));
  for (const resource of resources) {
    const config = configs.find(({ arn }) => arn === resource.attributes.arn);
    checkName(resource, configs);
    checkRedrive(resource, config?.redrive, configs);
  }
  return configs;
}

function readConfig(resource: Resource, policies: ReadonlyMap<string, string>): QueueConfig {
  const { sqs_managed_sse_enabled: sse = true, redrive_allow_policy: allow } = resource.attributes;
  const url = text(resource, 'url');
  const redrive = readRedrivePolicy(resource);
  const policy = policies.get(url);
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    url,
    visibilityTimeoutSeconds: number(resource, 'visibility_timeout_seconds'),
    delaySeconds: number(resource, 'delay_seconds'),
    retentionSeconds: number(resource, 'message_retention_seconds'),
    maxMessageBytes: number(resource, 'max_message_size'),
    receiveWaitSeconds: number(resource, 'receive_wait_time_seconds'),
    sqsManagedSse: sse === true,
    ...(redrive && { redrive }),
    ...(allow !== undefined && {
      redriveAllowPolicy: JSON.stringify(json(resource, 'redrive_allow_policy')),
    }),
    ...(policy !== undefined && { policy }),
  };
}

function number({ address, attributes }: Resource, argument: keyof typeof queueLimits): number {
  const { min, max, default: left } = queueLimits[argument];
  const value = attributes[argument] ?? left;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UnsupportedError(
    `${address}: ${argument} is ${JSON.stringify(value)}; SQS takes a whole number from ${min} to ${max}`,
  );
}

function readRedrivePolicy(resource: Resource): RedrivePolicy | undefined {
  if (resource.attributes.redrive_policy === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount, ...others } = json(resource, 'redrive_policy');
  const count = Number(maxReceiveCount);
  const { min, max } = maxReceiveCounts;
  const isRight =
    typeof deadLetterTargetArn === 'string' &&
    Number.isInteger(count) &&
    count >= min &&
    count <= max &&
    Object.keys(others).length === 0;
  if (isRight) return { deadLetterTargetArn, maxReceiveCount: count };
  throw new UnsupportedError(
    `${resource.address}: redrive_policy is ${text(resource, 'redrive_policy')}; it has to have the ` +
      `deadLetterTargetArn of a queue and a maxReceiveCount from ${min} to ${max}, and nothing else`,
  );
}

function checkName(resource: Resource, configs: readonly QueueConfig[]): void {
  const name = text(resource, 'name');
  if (!queueName.test(name)) {
    throw new UnsupportedError(
      `${resource.address}: name is ${JSON.stringify(name)}; SQS takes 1 to 80 letters, digits, hyphens and underscores`,
    );
  }
  if (configs.filter((other) => other.name === name).length > 1) {
    throw new UnsupportedError(`${resource.address}: another queue of the stack has the name ${name}, too`);
  }
}

function checkRedrive(
  resource: Resource,
  redrive: RedrivePolicy | undefined,
  configs: readonly QueueConfig[],
): void {
  if (!redrive) return;
  const { address, attributes } = resource;
  const target = configs.find(({ arn }) => arn === redrive.deadLetterTargetArn);
  if (!target) {
    throw new UnsupportedError(
      `${address}: the dead-letter queue ${redrive.deadLetterTargetArn} isn't in the stack. Its queues are ` +
        configs.map(({ name }) => name).join(', '),
    );
  }
  if (target.redriveAllowPolicy === undefined) return;
  const { redrivePermission, sourceQueueArns } = JSON.parse(target.redriveAllowPolicy) as JsonObject;
  const isListed = Array.isArray(sourceQueueArns) && sourceQueueArns.includes(attributes.arn ?? '');
  if (redrivePermission === 'allowAll' || (redrivePermission === 'byQueue' && isListed)) return;
  throw new UnsupportedError(
    `${address}: the redrive_allow_policy of its dead-letter queue ${target.name} doesn't let it in: ` +
      target.redriveAllowPolicy,
  );
}

function json(resource: Resource, argument: string): JsonObject {
  const value = text(resource, argument);
  try {
    const parsed: unknown = JSON.parse(value);
    if (isObject(parsed)) return parsed;
  } catch {
    // Reported below, as everything else that isn't an object.
  }
  throw new UnsupportedError(`${resource.address}: ${argument} has to be a JSON object, received ${value}`);
}
