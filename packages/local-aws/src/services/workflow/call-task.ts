import type { TaskResource } from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { Parameters } from '../../operation.ts';
import type { Integration, TaskCaller } from './integration.ts';
import { unlessFunctionFailed } from './integration-data.ts';
import { findIntegration } from './integrations.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { statesErrorOf } from './service-errors.ts';

/**
 * Calls what a Task state calls, in the role of its execution.
 *
 * @throws {StatesError} for what `Retry` and `Catch` may handle
 */
export type CallResource = (
  resource: TaskResource,
  parameters: JsonValue,
  caller: TaskCaller,
) => Promise<JsonValue>;

export function createCallResource({
  callAws,
  ids,
  clock,
}: Pick<Context, 'callAws' | 'ids' | 'clock'>): CallResource {
  const send = async (
    { target, errors, form }: Integration,
    readInput: () => JsonObject,
    { roleArn, flowId }: TaskCaller,
    requestId: string,
  ): Promise<JsonObject> => {
    try {
      return await callAws(target, readInput(), { roleArn, flowId });
    } catch (error) {
      throw error instanceof AwsError ? statesErrorOf(error, errors, form, requestId) : error;
    }
  };

  return async (resource, parameters, caller) => {
    const requestId = ids.uuid();
    const integration = findIntegration(resource);
    if (!integration) throw new Error(`The local run doesn't know ${resource.arn}`);
    if (resource.kind === 'function') {
      const input = { FunctionName: resource.arn, Payload: parameters };
      const answer = await send(integration, () => input, caller, requestId);
      return unlessFunctionFailed(answer).Payload ?? null;
    }
    const { toInput = asItIs, toResult = asItIs, form } = integration;
    const given = readTexts(isObject(parameters) ? parameters : {}, integration.parameters);
    const answer = await send(integration, () => toInput(given, caller), caller, requestId);
    const result = toResult(answer);
    if (form === 'second') return result;
    return { ...result, ...sdkMetadata(Number(answer.StatusCode ?? 200), requestId, clock.now()) };
  };
}

const asItIs = (value: JsonObject): JsonObject => value;

/**
 * Writes objects and lists as JSON where the operation takes text, as Step Functions does.
 *
 * @throws an Error in AWS's words for a number or a boolean, which it doesn't take there
 */
function readTexts(given: JsonObject, parameters: Parameters): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (parameters[name]?.type !== 'text' || typeof value === 'string' || value === null)
        return [name, value];
      if (typeof value === 'object') return [name, JSON.stringify(value)];
      throw new Error(
        `The Parameters '${JSON.stringify(given)}' could not be used to start the Task: ` +
          `[The value for the field '${name}' must be a STRING]`,
      );
    }),
  );
}
