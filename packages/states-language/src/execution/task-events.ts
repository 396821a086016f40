import type { TaskResource } from '../definition/task-resource.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { errorDetails, inputDetails, outputDetails } from './history.ts';
import type { TaskProgress } from './progress.ts';

/** The history events of a call: `type` and details, as `emit` takes them. */
export interface TaskEvents {
  scheduled(task: TaskProgress): [type: string, details: Record<string, JsonObject>];
  started(): [type: string, details: Record<string, JsonObject>];
  submitted(output: JsonValue): [type: string, details: Record<string, JsonObject>];
  succeeded(output: JsonValue): [type: string, details: Record<string, JsonObject>];
  failed(
    error: string | undefined,
    cause: string | undefined,
  ): [type: string, details: Record<string, JsonObject>];
  timedOut(error: string): [type: string, details: Record<string, JsonObject>];
}

const limits = ({ timeoutSeconds, heartbeatSeconds }: TaskProgress): JsonObject => ({
  ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
  ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
});

/** A function by its ARN has events of its own; everything else has those of a task. */
export function taskEvents(resource: TaskResource, region: string): TaskEvents {
  return resource.kind === 'function'
    ? functionEvents(resource.arn)
    : serviceEvents(nameOf(resource), region);
}

/** What a call is named in messages about its size. */
export const taskName = (resource: TaskResource): string =>
  resource.kind === 'function' ? resource.arn : nameOf(resource).resourceType;

interface ResourceName extends JsonObject {
  /** `sendMessage.waitForTaskToken` */
  resource: string;
  /** `sqs`, `aws-sdk:dynamodb` */
  resourceType: string;
}

function nameOf(resource: Exclude<TaskResource, { kind: 'function' }>): ResourceName {
  const parts = resource.arn.split(':').slice(5);
  const isSdk = resource.kind === 'sdk';
  return {
    resource: parts.slice(isSdk ? 2 : 1).join(':'),
    resourceType: parts.slice(0, isSdk ? 2 : 1).join(':'),
  };
}

function functionEvents(arn: string): TaskEvents {
  const event = (type: string, details?: JsonObject): [string, Record<string, JsonObject>] => [
    `LambdaFunction${type}`,
    details === undefined ? {} : { [`lambdaFunction${type}EventDetails`]: details },
  ];
  return {
    scheduled: (task) =>
      event('Scheduled', { resource: arn, ...inputDetails(task.parameters), ...limits(task) }),
    started: () => event('Started'),
    submitted: () => {
      throw new Error('a function that is called by its ARN has no task token');
    },
    succeeded: (output) => event('Succeeded', outputDetails(output)),
    failed: (error, cause) => event('Failed', errorDetails(error, cause)),
    timedOut: (error) => event('TimedOut', { error }),
  };
}

function serviceEvents(name: ResourceName, region: string): TaskEvents {
  const event = (type: string, details: JsonObject = {}): [string, Record<string, JsonObject>] => [
    `Task${type}`,
    { [`task${type}EventDetails`]: { ...name, ...details } },
  ];
  return {
    scheduled: (task) =>
      event('Scheduled', { region, parameters: JSON.stringify(task.parameters), ...limits(task) }),
    started: () => event('Started'),
    submitted: (output) => event('Submitted', outputDetails(output)),
    succeeded: (output) => event('Succeeded', outputDetails(output)),
    failed: (error, cause) => event('Failed', errorDetails(error, cause)),
    timedOut: (error) => event('TimedOut', { error }),
  };
}
