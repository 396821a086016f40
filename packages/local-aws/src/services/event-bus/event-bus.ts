import type { Context, Service } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { operation, parameterErrors } from '../../operation.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import type { BusEvent } from '../../target.ts';
import { createDeliveries } from './deliveries.ts';
import { checkEntry, type EntryFailure, parseEntries } from './put-events.ts';
import { type Rule, type RuleDestinations, readRules } from './rule.ts';
import { testEventPattern } from './test-event-pattern.ts';

interface PutEventsResult {
  FailedEntryCount: number;
  Entries: ({ EventId: string } | EntryFailure)[];
}

interface Bus {
  name: string;
  arn: string;
  rules: readonly Rule[];
}

/** The event buses of the stack, with their rules compiled and their targets bound. */
export function createEventBuses(plan: Plan, context: Context, destinations: RuleDestinations): Service {
  const { trace, clock, ids } = context;
  const rules = readRules(plan, destinations);
  const buses = plan.resources('aws_cloudwatch_event_bus').map((bus): Bus => {
    const name = text(bus, 'name');
    return { name, arn: text(bus, 'arn'), rules: rules.filter(({ busName }) => busName === name) };
  });
  const deliveries = createDeliveries(rules, context);
  deliveries.resume();

  const publish = (bus: Bus, event: BusEvent, flowId: string) => {
    const span = trace.begin(flowId, { kind: 'event', bus: bus.name, event });
    for (const rule of bus.rules) {
      if (!rule.matches(event as unknown as JsonObject)) continue;
      for (const target of rule.targets) deliveries.begin(rule, target, event, flowId, span);
    }
    span.end();
  };

  /** Puts the entries of a request on their buses. The deliveries go on after it returns. */
  const putEvents = (
    received: unknown,
    authorize: (busArn: string) => void,
    flowId: string | undefined,
  ): PutEventsResult => {
    const entries = parseEntries(received);
    const checked = entries.map((entry) => {
      const result = checkEntry(entry, clock.now());
      if ('ErrorCode' in result) return result;
      const bus = buses.find(({ name, arn }) => name === result.busName || arn === result.busName);
      if (bus) return { ...result, bus };
      return {
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Event bus ${result.busName} does not exist.`,
      };
    });
    // Before anything is published: a request that may not publish to one of its buses publishes nothing.
    for (const entry of checked) if ('bus' in entry) authorize(entry.bus.arn);

    const results = checked.map((entry, index) => {
      if (!('bus' in entry)) return entry;
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
      // The flow of the caller, or that of the entry's trace header, or one of its own.
      publish(entry.bus, event, flowId ?? trace.flowOf(entries[index]?.TraceHeader) ?? trace.newFlow());
      return { EventId: event.id };
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };

  return {
    close: deliveries.close,
    operations: {
      target: 'AWSEvents',
      action: 'events',
      errors: parameterErrors('ValidationException'),
      operations: {
        // PutEvents checks its entries by itself, in words of its own.
        PutEvents: operation({ Entries: { type: 'any' } }, ({ Entries }, { authorize, flowId }) =>
          putEvents(Entries, authorize, flowId),
        ),
        TestEventPattern: operation(
          { EventPattern: { type: 'text', required: true }, Event: { type: 'text', required: true } },
          (input, { authorize }) => {
            authorize('*');
            return { Result: testEventPattern(input) };
          },
        ),
      },
    },
  };
}
