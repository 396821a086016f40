import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../json.ts';
import { type PutEventsEntry, parseEntries } from './put-events.ts';
import { putEventsIntegration } from './put-events-integration.ts';

describe('the integration events:putEvents', () => {
  const execution = {
    arn: 'arn:execution',
    stateMachineArn: 'arn:machine',
    roleArn: 'arn:role',
    flowId: 'flow',
  };
  const entry = { EventBusName: 'Orders', Source: 's', DetailType: 'T' };
  const ok = { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };
  const call = (parameters: JsonObject, outcome: () => typeof ok = () => ok) => {
    const calls: [PutEventsEntry[], string, string][] = [];
    const result = putEventsIntegration((entries, role, flow) => {
      calls.push([parseEntries(entries), role, flow]);
      return outcome();
    })(parameters, execution);
    return { calls, result };
  };

  test('puts the entries in the role and the flow of the execution, and gives what PutEvents gives', async () => {
    const { calls, result } = call({ Entries: [{ ...entry, Detail: { a: 1 } }] });
    await expect(result).resolves.toEqual(ok);
    const Resources = ['arn:execution', 'arn:machine'];
    expect(calls).toEqual([[[{ ...entry, Detail: '{"a":1}', Resources }], 'arn:role', 'flow']]);
  });

  test('takes a detail that is text as it is, and keeps the resources of the entry', async () => {
    const { calls, result } = call({ Entries: [{ ...entry, Detail: '{"b": 2}', Resources: ['arn:own'] }] });
    await result;
    expect(calls[0]?.[0]).toEqual([
      { ...entry, Detail: '{"b": 2}', Resources: ['arn:own', 'arn:execution', 'arn:machine'] },
    ]);
  });

  test('fails with EventBridge.FailedEntry when one entry fails', async () => {
    const failed = { FailedEntryCount: 1, Entries: [{ EventId: 'e' }] };
    const { result } = call({ Entries: [{ ...entry, Detail: {} }] }, () => failed);
    await expect(result).rejects.toMatchObject({
      name: 'EventBridge.FailedEntry',
      message: JSON.stringify(failed),
    });
  });

  test('fails with an error of EventBridge when the request is refused', async () => {
    const { result } = call({ Entries: [{ ...entry, Detail: {} }] }, () => {
      throw new Error('not authorized');
    });
    await expect(result).rejects.toMatchObject({
      name: 'EventBridge.EventBridgeException',
      message: expect.stringContaining('not authorized'),
    });
  });

  test.each<[string, JsonValue]>([
    ['no entries', []],
    ['something else for entries', 'x'],
    ['something else for an entry', ['x']],
    ['eleven entries', Array.from({ length: 11 }, () => ({ ...entry, Detail: {} }))],
    ['more than 256 KiB', [{ ...entry, Detail: { a: 'x'.repeat(256 * 1024) } }]],
  ])('fails for %s, as PutEvents refuses it as a whole', async (_, Entries) => {
    const { calls, result } = call({ Entries });
    await expect(result).rejects.toMatchObject({ name: 'EventBridge.EventBridgeException' });
    expect(calls).toEqual([]);
  });
});
