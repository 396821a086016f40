import type { Context } from '../../context.ts';
import { type Call, type Operation, operation } from '../../operation.ts';
import type { Plan } from '../../plan/read-plan.ts';
import type { BusEvent } from '../../target.ts';
import { type Bus, findBus, type Publish } from './bus.ts';
import type { Deliveries } from './deliveries.ts';
import { checkEntry, type EntryFailure, parseEntries } from './put-events.ts';
import { testEventPattern } from './test-event-pattern.ts';

/** PutEvents checks its entries by itself, in words of its own. */
export const putEventsParameters = { Entries: { type: 'any' } } as const;

interface PutEventsResult {
  FailedEntryCount: number;
  Entries: ({ EventId: string } | EntryFailure)[];
}

/** What puts events on buses. */
interface Parts {
  plan: Plan;
  buses: readonly Bus[];
  publish: Publish;
  deliveries: Pick<Deliveries, 'full'>;
  context: Context;
}

export const putEventsOperations = (parts: Parts): Record<string, Operation> => ({
  PutEvents: operation(putEventsParameters, ({ Entries }, call) => putEvents(parts, Entries, call)),

  TestEventPattern: operation(
    { EventPattern: { type: 'text', required: true }, Event: { type: 'text', required: true } },
    (input, { authorize }) => {
      authorize('*');
      return { Result: testEventPattern(input) };
    },
  ),
});

/** A name that AWS doesn't have: AWS takes an event for a bus that isn't there, and nobody ever gets it. */
const noSuchBus = 'LocalRun.NoSuchBus';

/** Puts the entries of a request on their buses. The deliveries go on after it returns. */
function putEvents(
  { plan, buses, publish, deliveries, context: { trace, clock, ids, faults } }: Parts,
  received: unknown,
  { authorize, flowId, roleArn }: Pick<Call, 'authorize' | 'flowId' | 'roleArn'>,
): PutEventsResult {
  const entries = parseEntries(received);
  const checked = entries.map((entry) => {
    const result = checkEntry(entry, clock.now());
    if ('ErrorCode' in result) return result;
    const bus = findBus(buses, result.busName);
    if (bus) return { ...result, bus };
    return {
      ErrorCode: noSuchBus,
      ErrorMessage:
        `The event bus ${result.busName} isn't in the stack, which has ${buses.map(({ name }) => name).join(', ') || 'none'}. ` +
        'AWS would take the event, and drop it without a word.',
    };
  });
  // Before anything is published: a request that may not publish to one of its buses publishes nothing.
  for (const entry of checked) if ('bus' in entry) authorize(entry.bus.arn);

  const results = checked.map((entry, index) => {
    if (!('bus' in entry)) return entry;
    const { full } = deliveries;
    if (full !== undefined) return { ErrorCode: 'ThrottlingException', ErrorMessage: full };
    const event: BusEvent = {
      version: '0',
      id: ids.uuid(),
      'detail-type': entry.detailType,
      source: entry.source,
      account: plan.place.account,
      time: `${entry.time.toISOString().slice(0, 19)}Z`,
      region: plan.place.region,
      resources: entry.resources,
      detail: entry.detail,
    };
    const ofItsOwn = () => {
      const newFlowId = trace.newFlow();
      const { source, detailType, detail } = entry;
      faults.nameFlow(newFlowId, JSON.stringify([source, detailType, detail]));
      return newFlowId;
    };
    // The flow of the caller, or that of the entry's trace header.
    publish(entry.bus, event, flowId ?? trace.flowOf(entries[index]?.TraceHeader) ?? ofItsOwn(), { roleArn });
    return { EventId: event.id };
  });
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}
