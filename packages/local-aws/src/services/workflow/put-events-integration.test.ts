import { describe, expect, test } from '@jest/globals';
import { createDispatch } from '../../aws.ts';
import type { CallAws } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { arnOf, makeContext, makeIam, makePlan } from '../../testing.ts';
import { createEventBuses } from '../event-bus/event-bus.ts';
import { putEventsIntegration } from './put-events-integration.ts';

const execution = {
  executionArn: 'arn:execution',
  stateMachineArn: 'arn:machine',
  roleArn: 'arn:role',
  flowId: 'flow',
};
const entry = { EventBusName: 'Orders', Source: 's', DetailType: 'T' };
const ok = { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };

describe('the integration events:putEvents', () => {
  const call = (parameters: JsonObject, outcome: () => JsonObject = () => ok) => {
    const calls: Parameters<CallAws>[] = [];
    const result = putEventsIntegration(async (...what) => {
      calls.push(what);
      return outcome();
    })(parameters, execution);
    return { calls, result };
  };

  test('puts the entries in the role and the flow of the execution, and gives what PutEvents gives', async () => {
    const { calls, result } = call({ Entries: [{ ...entry, Detail: { a: 1 } }] });
    await expect(result).resolves.toEqual(ok);
    const Entries = [{ ...entry, Detail: '{"a":1}', Resources: ['arn:execution', 'arn:machine'] }];
    expect(calls).toEqual([['AWSEvents.PutEvents', { Entries }, { roleArn: 'arn:role', flowId: 'flow' }]]);
  });

  test('takes a detail that is text as it is, and keeps the resources of the entry', async () => {
    const { calls, result } = call({ Entries: [{ ...entry, Detail: '{"b": 2}', Resources: ['arn:own'] }] });
    await result;
    expect(calls[0]?.[1]).toEqual({
      Entries: [{ ...entry, Detail: '{"b": 2}', Resources: ['arn:own', 'arn:execution', 'arn:machine'] }],
    });
  });

  test('fails with EventBridge.FailedEntry when one entry fails', async () => {
    const failed = { FailedEntryCount: 1, Entries: [{ EventId: 'e' }] };
    const { result } = call({ Entries: [{ ...entry, Detail: {} }] }, () => failed);
    await expect(result).rejects.toMatchObject({
      error: 'EventBridge.FailedEntry',
      cause: JSON.stringify(failed),
    });
  });

  test("fails with EventBridge's error when the request is refused", async () => {
    const { result } = call({ Entries: [{ ...entry, Detail: {} }] }, () => {
      throw new Error('not authorized');
    });
    await expect(result).rejects.toMatchObject({
      error: 'EventBridge.EventBridgeException',
      cause: expect.stringContaining('not authorized'),
    });
  });
});

describe('the integration events:putEvents before a bus', () => {
  const busArn = arnOf('events', 'event-bus/Orders');
  const makeBus = (...denied: string[]) => {
    const context = makeContext({ iam: makeIam(...denied) });
    const { operations } = createEventBuses(
      makePlan({ aws_cloudwatch_event_bus: { b: { name: 'Orders' } } }),
      context,
      { targets: [], findQueue: () => undefined },
    );
    const dispatch = createDispatch(operations ? [operations] : [], context.iam);
    const request = { headers: {}, body: Buffer.alloc(0) };
    const events: object[] = [];
    context.trace.subscribe((traced) => {
      if (traced.type === 'begun' && traced.activity.kind === 'event') events.push(traced.activity.event);
    });
    const put = (parameters: JsonObject) =>
      putEventsIntegration(
        async (target, input, caller) => (await dispatch(target, input, caller, request)) as JsonObject,
      )(parameters, execution);
    return { put, events };
  };

  test('publishes the entries, with the ARNs of the execution and its state machine', async () => {
    const { put, events } = makeBus();
    await expect(put({ Entries: [{ ...entry, Detail: { a: 1 } }] })).resolves.toMatchObject({
      FailedEntryCount: 0,
    });
    expect(events).toEqual([
      expect.objectContaining({ detail: { a: 1 }, resources: ['arn:execution', 'arn:machine'] }),
    ]);
  });

  test.each<[string, JsonObject]>([
    ['no entries', { Entries: [] }],
    ['no Entries at all', {}],
    ['something else for entries', { Entries: 'x' }],
    ['something else for an entry', { Entries: ['x'] }],
    ['eleven entries', { Entries: Array.from({ length: 11 }, () => ({ ...entry, Detail: {} })) }],
    ['more than 256 KiB', { Entries: [{ ...entry, Detail: { a: 'x'.repeat(256 * 1024) } }] }],
    [
      'a parameter that the local run does not know',
      { Entries: [{ ...entry, Detail: {} }], EndpointId: 'a.b' },
    ],
  ])('fails for %s, as PutEvents refuses the whole request', async (_, parameters) => {
    const { put, events } = makeBus();
    await expect(put(parameters)).rejects.toMatchObject({ error: 'EventBridge.EventBridgeException' });
    expect(events).toEqual([]);
  });

  test("publishes nothing without the permission of the state machine's role", async () => {
    const { put, events } = makeBus('events:PutEvents');
    await expect(put({ Entries: [{ ...entry, Detail: {} }] })).rejects.toMatchObject({
      error: 'EventBridge.EventBridgeException',
      cause: `denied: arn:role events:PutEvents ${busArn}`,
    });
    expect(events).toEqual([]);
  });
});
