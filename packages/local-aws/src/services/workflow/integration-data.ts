import { StatesError } from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { TaskCaller } from './integration.ts';

/** The entries are those of PutEvents, except that `Detail` may be an object. The execution is one of each event's resources. */
export function withExecution({ Entries, ...others }: JsonObject, caller: TaskCaller): JsonObject {
  const arns = [caller.executionArn, caller.stateMachineArn];
  const complete = (entry: JsonValue): JsonValue => {
    if (!isObject(entry)) return entry;
    const { Detail, Resources } = entry;
    return {
      ...entry,
      Detail: typeof Detail === 'string' ? Detail : JSON.stringify(Detail ?? {}),
      Resources: [...(Array.isArray(Resources) ? Resources : []), ...arns],
    };
  };
  if (Entries === undefined) return others;
  return { ...others, Entries: Array.isArray(Entries) ? Entries.map(complete) : Entries };
}

export function unlessEntryFailed(answer: JsonObject): JsonObject {
  if (answer.FailedEntryCount === 0) return answer;
  throw new StatesError('EventBridge.FailedEntry', JSON.stringify(answer));
}

/** A payload that is text is JSON already. */
export function withParsedPayload({ Payload, ...others }: JsonObject): JsonObject {
  if (typeof Payload !== 'string') return Payload === undefined ? others : { ...others, Payload };
  try {
    return { ...others, Payload: JSON.parse(Payload) as JsonValue };
  } catch {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: received ${JSON.stringify(Payload.slice(0, 60))}`,
    );
  }
}

/** A function that failed fails the Task: with its own error, and its answer for the cause. */
export function unlessFunctionFailed(answer: JsonObject): JsonObject {
  if (answer.FunctionError === undefined) return answer;
  const { Payload = null } = answer;
  const type = isObject(Payload) ? Payload.errorType : undefined;
  if (typeof type === 'string') throw new StatesError(type, JSON.stringify(Payload));
  throw new StatesError(
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. ' +
      `Returned payload: ${JSON.stringify(Payload)}`,
  );
}

/** The SDK doesn't look into payloads, and doesn't take a function's error for one of its own. */
export const withPayloadAsText = ({ Payload, ...others }: JsonObject): JsonObject =>
  Payload === undefined ? others : { ...others, Payload: JSON.stringify(Payload) };

/** The second SDK for Java writes `Md5` where the service writes `MD5`. */
export const withSdkNames = (answer: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(answer).map(([name, value]) => [name.replace(/^MD5/, 'Md5'), value]));
