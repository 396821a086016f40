import type { Grant } from './iam.ts';
import type { JsonObject } from './json.ts';

/** What a target and a queue are to a rule. Services implement them; the bus knows nothing else of a service. */

/** An event as EventBridge delivers it. */
export interface BusEvent {
  version: string;
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: JsonObject;
}

/** EventBridge's codes for a delivery that failed (user guide, "Using dead-letter queues"), as far as they occur here. */
export type DeliveryErrorCode =
  | 'CONNECTION_FAILURE'
  | 'ERROR_FROM_TARGET'
  | 'FAILED_TO_ASSUME_ROLE'
  | 'INVALID_JSON'
  | 'INVALID_PARAMETER'
  | 'NO_PERMISSIONS'
  | 'NO_RESOURCE'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_LIMIT_EXCEEDED'
  | 'SDK_CLIENT_ERROR'
  | 'THROTTLING'
  | 'TIMEOUT';

/** A target didn't take an event. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code: DeliveryErrorCode;
  /** Whether the same delivery may succeed later. */
  readonly retry: boolean;
  /** The shortest time until then, in milliseconds, for a target that asked for one. */
  readonly notBeforeMs: number;

  constructor(
    code: DeliveryErrorCode,
    message: string,
    { retry, notBeforeMs = 0, cause }: { retry: boolean; notBeforeMs?: number; cause?: unknown },
  ) {
    super(message, { cause });
    this.code = code;
    this.retry = retry;
    this.notBeforeMs = notBeforeMs;
  }
}

/** Where a rule's events go. */
export interface Target {
  /** The kind and the name, `function orders-persister`. */
  description: string;
  /** Why the target can't get anything but the event; undefined for one that can. */
  takesEventsOnly?: string;
  /**
   * Asks for every permission that a delivery of an event needs. Left out by a target that needs none.
   *
   * @param eventId the id of the event, which a log group has in its permissions
   * @returns what allows them
   * @throws {AccessDeniedError} for one that is missing
   */
  authorize?(eventId: string): readonly Grant[];
  /**
   * Delivers one event of a flow.
   *
   * @param input what the target gets of the event: its JSON, unless the rule's target says otherwise
   * @throws {DeliveryError} for a failure that the target has a code for
   * @throws {AccessDeniedError} for a permission that is missing
   */
  deliver(event: BusEvent, flowId: string, input: string): Promise<void>;
}

/** A rule's target as the stack configures it. */
export interface TargetOf {
  /** The ARN of the rule. */
  ruleArn: string;
  /** The role in which EventBridge calls the target. Functions, queues and log groups have none. */
  roleArn: string | undefined;
  /** What the target adds to a request, for an API destination. */
  http?: HttpParameters | undefined;
}

/** What a request of an API destination gets from a rule's target. A value that begins with `$.` is a path in the event. */
export interface HttpParameters {
  /** In the place of each `*` of the endpoint. */
  path: readonly string[];
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

/** Makes the target that an ARN names, for a rule; undefined when the ARN isn't of the service's kind. */
export type BindTarget = (arn: string, of: TargetOf) => Target | undefined;

/** A queue as EventBridge sees it for one rule. */
export interface RuleQueue {
  name: string;
  /**
   * @param attributes message attributes of type String, by name
   * @throws {AccessDeniedError} unless the queue's policy lets EventBridge send for the rule
   * @throws {AwsError} for a message that SQS doesn't take
   */
  send(body: string, attributes?: Readonly<Record<string, string>>): void;
  /** The messages that wait, the oldest first. */
  waiting(): readonly WaitingMessage[];
  /** Takes a message away. */
  remove(id: string): void;
}

/** A message that waits in a queue. */
export interface WaitingMessage {
  id: string;
  body: string;
  /** Message attributes of type String, by name. */
  attributes: Readonly<Record<string, string>>;
}

/** Finds the queue with an ARN, for the rule with an ARN; undefined when the stack has no such queue. */
export type FindRuleQueue = (queueArn: string, ruleArn: string) => RuleQueue | undefined;
