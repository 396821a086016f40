import type { Context, Service } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { parameterErrors } from '../../operation.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import { defaultBus } from '../../plan/resource-types.ts';
import { createArchives } from './archive.ts';
import { archiveOperations } from './archive-operations.ts';
import type { Bus, Publish } from './bus.ts';
import { connectionOperations } from './connection-operations.ts';
import { countRules } from './count-rule.ts';
import { createDeliveries } from './deliveries.ts';
import { explainRoutes } from './explain-routes.ts';
import { createLoopGuard } from './loop-guard.ts';
import { createNearMisses } from './near-misses.ts';
import { permissionRoutes } from './permission-routes.ts';
import { putEventsOperations } from './put-events-operations.ts';
import { redriveRoutes } from './redrive-routes.ts';
import { type RuleDestinations, readRules } from './rule.ts';
import { ruleOperations } from './rule-operations.ts';

const defaultBusArn = ({ place: { region, account } }: Plan) =>
  `arn:aws:events:${region}:${account}:event-bus/${defaultBus}`;

/** The event buses of the stack, with their rules compiled and their targets bound. */
export function createEventBuses(plan: Plan, context: Context, destinations: RuleDestinations): Service {
  const { trace } = context;
  const switched = context.state.collection<string>('states of rules');
  const rules = readRules(plan, destinations, switched);
  const ofDefault = rules.filter(({ busName }) => busName === defaultBus);
  const buses = plan
    .resources('aws_cloudwatch_event_bus')
    .map((bus) => ({ name: text(bus, 'name'), arn: text(bus, 'arn') }))
    // The account's own bus. Without a rule on it, an event that is sent there is taken for one that forgot its bus.
    .concat(ofDefault.length > 0 ? [{ name: defaultBus, arn: defaultBusArn(plan) }] : [])
    .map((bus): Bus => ({ ...bus, rules: rules.filter(({ busName }) => busName === bus.name) }));
  let nearMissesOf = new Map<Bus, ReturnType<typeof createNearMisses>>();
  const lookForNearMisses = () => {
    nearMissesOf = new Map(
      buses.map((bus) => [bus, createNearMisses(bus.rules.filter(({ isEnabled }) => isEnabled))]),
    );
  };
  lookForNearMisses();
  const deliveries = createDeliveries(rules, context);
  deliveries.resume();

  const counterOf = countRules(context.metrics);
  const loopGuard = createLoopGuard(context);
  const publish: Publish = (bus, event, flowId, { only, roleArn } = {}) => {
    const by = roleArn !== undefined && { roleArn };
    const span = trace.begin(flowId, { kind: 'event', bus: bus.name, event, ...by });
    archives.keep(bus, event);
    const stopped = loopGuard.stopsAt(flowId, event);
    if (stopped !== undefined) return span.fail(stopped);
    const json = event as unknown as JsonObject;
    const matched = bus.rules.filter((rule) => rule.matches(json));
    for (const rule of matched) {
      if (only && !only.includes(rule.arn)) continue;
      const count = counterOf(rule);
      count('MatchedEvents');
      count('TriggeredRules');
      for (const target of rule.targets) deliveries.begin(rule, target, event, flowId, span);
    }
    const nearMisses = only ? [] : (nearMissesOf.get(bus)?.(json, matched) ?? []);
    span.end(nearMisses.length > 0 ? { nearMisses } : {});
  };
  const archives = createArchives(plan, buses, publish, context);
  archives.resume();
  const parts = { plan, buses, publish, deliveries, context };

  return {
    operations: {
      target: 'AWSEvents',
      action: 'events',
      errors: parameterErrors('ValidationException'),
      operations: {
        ...putEventsOperations(parts),
        ...ruleOperations(buses, (rule, state) => {
          switched.set(rule.arn, state);
          lookForNearMisses();
        }),
        ...archiveOperations(archives, context),
        ...connectionOperations(plan),
      },
    },
    routes: {
      ...explainRoutes(rules),
      ...permissionRoutes(rules, context),
      ...redriveRoutes(rules, context),
    },
    pause: deliveries.pause,
    close() {
      archives.close();
      deliveries.close();
      loopGuard.close();
    },
  };
}
