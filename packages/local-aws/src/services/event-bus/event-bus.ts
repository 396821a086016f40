import type { Context, Service } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { parameterErrors } from '../../operation.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import { createArchives } from './archive.ts';
import { archiveOperations } from './archive-operations.ts';
import type { Bus, Publish } from './bus.ts';
import { createDeliveries } from './deliveries.ts';
import { explainRoutes } from './explain-routes.ts';
import { createNearMisses } from './near-misses.ts';
import { putEventsOperations } from './put-events-operations.ts';
import { type RuleDestinations, readRules } from './rule.ts';
import { ruleOperations } from './rule-operations.ts';

/** The event buses of the stack, with their rules compiled and their targets bound. */
export function createEventBuses(plan: Plan, context: Context, destinations: RuleDestinations): Service {
  const { trace } = context;
  const rules = readRules(plan, destinations);
  const buses = plan.resources('aws_cloudwatch_event_bus').map((bus): Bus => {
    const name = text(bus, 'name');
    return { name, arn: text(bus, 'arn'), rules: rules.filter(({ busName }) => busName === name) };
  });
  const nearMissesOf = new Map(buses.map((bus) => [bus, createNearMisses(bus.rules)]));
  const deliveries = createDeliveries(rules, context);
  deliveries.resume();

  const publish: Publish = (bus, event, flowId, only) => {
    const span = trace.begin(flowId, { kind: 'event', bus: bus.name, event });
    archives.keep(bus, event);
    const json = event as unknown as JsonObject;
    const matched = bus.rules.filter((rule) => rule.matches(json));
    for (const rule of matched) {
      if (only && !only.includes(rule.arn)) continue;
      for (const target of rule.targets) deliveries.begin(rule, target, event, flowId, span);
    }
    const nearMisses = only ? [] : (nearMissesOf.get(bus)?.(json, matched) ?? []);
    span.end(nearMisses.length > 0 ? { nearMisses } : {});
  };
  const archives = createArchives(plan, buses, publish, context);
  const parts = { plan, buses, publish, context };

  return {
    operations: {
      target: 'AWSEvents',
      action: 'events',
      errors: parameterErrors('ValidationException'),
      operations: {
        ...putEventsOperations(parts),
        ...ruleOperations(buses),
        ...archiveOperations(archives, context),
      },
    },
    routes: explainRoutes(rules),
    close() {
      archives.close();
      deliveries.close();
    },
  };
}
