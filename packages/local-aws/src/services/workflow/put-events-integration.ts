import { StatesError } from '@orders/states-language';
import type { CallAws } from '../../context.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { Integration } from './machine.ts';

/**
 * What a workflow's Task `events:putEvents` calls. The entries are those of PutEvents, except that `Detail` is an
 * object. The ARNs of execution and state machine are added to each event's resources.
 */
export const putEventsIntegration =
  (callAws: CallAws): Integration =>
  async ({ Entries, ...others }, { executionArn, stateMachineArn, roleArn, flowId }) => {
    const entries = Array.isArray(Entries)
      ? Entries.map((entry) => complete(entry, [executionArn, stateMachineArn]))
      : Entries;
    const input = { ...others, ...(entries !== undefined && { Entries: entries }) };
    let result: JsonObject;
    try {
      result = await callAws('AWSEvents.PutEvents', input, { roleArn, flowId });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new StatesError('EventBridge.EventBridgeException', message);
    }
    if (result.FailedEntryCount !== 0)
      throw new StatesError('EventBridge.FailedEntry', JSON.stringify(result));
    return result;
  };

function complete(entry: JsonValue, arns: string[]): JsonValue {
  if (!isObject(entry)) return entry;
  const { Detail, Resources } = entry;
  return {
    ...entry,
    Detail: typeof Detail === 'string' ? Detail : JSON.stringify(Detail ?? {}),
    Resources: [...(Array.isArray(Resources) ? Resources : []), ...arns],
  };
}
