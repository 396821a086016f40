import type { Meter, MetricStore } from '../../metrics/metric-store.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import type { Rule } from './rule.ts';

/** Counts for rules, as EventBridge does it. @returns gives the meter of a rule */
export function countRules(metrics: MetricStore): (rule: Rule) => Meter {
  const meters = new Map<string, Meter>();
  return ({ arn, busName, name }) => {
    const meter =
      meters.get(arn) ??
      metrics.meter('AWS/Events', dimensionsOf('AWS/Events', { event_bus_name: busName, name }));
    meters.set(arn, meter);
    return meter;
  };
}
