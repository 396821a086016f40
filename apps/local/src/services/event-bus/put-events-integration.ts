import { isObject, type JsonValue } from '../../json.ts';
import { type Integration, TaskError } from '../workflow/machine.ts';
import type { PutEventsResult } from './event-bus.ts';

/**
 * What a workflow's Task `events:putEvents` calls: the entries as PutEvents takes them, but for `Detail`, which is
 * an object here; the ARNs of execution and state machine are added to each event's resources.
 *
 * @param putEvents puts entries on their buses, in the role of the state machine
 */
export const putEventsIntegration =
  (putEvents: (entries: unknown, roleArn: string, flowId: string) => PutEventsResult): Integration =>
  async ({ Entries }, { arn, stateMachineArn, roleArn, flowId }) => {
    const entries = Array.isArray(Entries)
      ? Entries.map((entry) => complete(entry, [arn, stateMachineArn]))
      : Entries;
    let result: PutEventsResult;
    try {
      result = putEvents(entries, roleArn, flowId);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new TaskError('EventBridge.EventBridgeException', message);
    }
    if (result.FailedEntryCount > 0) throw new TaskError('EventBridge.FailedEntry', JSON.stringify(result));
    return { ...result } as unknown as JsonValue;
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
