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

const maxReceiveCounts = { min: 1, max: 1_000 };

/** What the AWS provider sets for a queue that has a name only. */
export const queueDefaults = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 345_600,
  maxMessageBytes: 262_144,
  receiveWaitSeconds: 0,
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
    checkRedrive(resource, config?.redrive, configs);
  }
  return configs;
}

function readConfig(resource: Resource, policies: ReadonlyMap<string, string>): QueueConfig {
  const { attributes } = resource;
  const { sqs_managed_sse_enabled: sse = true, redrive_allow_policy: allow } = attributes;
  const url = text(resource, 'url');
  const redrive = readRedrivePolicy(resource);
  const policy = policies.get(url);
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    url,
    visibilityTimeoutSeconds: Number(
      attributes.visibility_timeout_seconds ?? queueDefaults.visibilityTimeoutSeconds,
    ),
    delaySeconds: Number(attributes.delay_seconds ?? queueDefaults.delaySeconds),
    retentionSeconds: Number(attributes.message_retention_seconds ?? queueDefaults.retentionSeconds),
    maxMessageBytes: Number(attributes.max_message_size ?? queueDefaults.maxMessageBytes),
    receiveWaitSeconds: Number(attributes.receive_wait_time_seconds ?? queueDefaults.receiveWaitSeconds),
    sqsManagedSse: sse === true,
    ...(redrive && { redrive }),
    ...(allow !== undefined && {
      redriveAllowPolicy: JSON.stringify(json(resource, 'redrive_allow_policy')),
    }),
    ...(policy !== undefined && { policy }),
  };
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
