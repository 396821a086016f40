import { AwsError } from '../../aws-error.ts';
import type { Dimensions, MetricId, MetricStore } from '../../metrics/metric-store.ts';
import { dimensionsOf, sources } from '../../metrics/sources.ts';
import type { Plan } from '../../plan/read-plan.ts';
import { metricsInStack } from './stack-metrics.ts';

/** How many metrics an error names. A function may count thousands. */
const maxNames = 20;

/**
 * Refuses a metric that isn't counted here: no value of it would look like none of what it counts.
 *
 * @returns throws an AwsError that names the metric, and what there is
 */
export function checkMetrics(plan: Plan, store: MetricStore): (id: MetricId) => void {
  return ({ namespace, name, dimensions }) => {
    const source = Object.hasOwn(sources, namespace) ? sources[namespace] : undefined;
    if (!source) return checkOwn({ namespace, name, dimensions });
    if (!source.names.includes(name)) {
      throw refuse(
        `The local run doesn't count ${name} of ${namespace}. It counts ${source.names.join(', ')}`,
      );
    }
    const isOfAccount = Object.keys(dimensions).length === 0;
    if (isOfAccount && source.ofAccount?.includes(name)) return;
    const all = plan.resources(source.type).map((resource) => dimensionsOf(namespace, resource.attributes));
    if (all.some((each) => isSame(each, dimensions))) return;
    throw refuse(
      `The local run doesn't count ${name} of ${namespace} for ${write(dimensions)}. It counts it for ` +
        (all.map(write).join(', ') || 'none: the stack has no such resource'),
    );
  };

  /** A metric of the functions' own: known once it was counted, or because the stack looks at it. */
  function checkOwn(id: MetricId): void {
    const known = [...store.all(), ...metricsInStack(plan)].filter(
      ({ namespace }) => !namespace.startsWith('AWS/'),
    );
    if (known.some((each) => isSameMetric(each, id))) return;
    const names = [
      ...new Set(known.map((each) => `${each.name} of ${each.namespace} for ${write(each.dimensions)}`)),
    ];
    const others = names.splice(maxNames).length;
    throw refuse(
      `The local run knows no metric ${id.name} of ${id.namespace} for ${write(id.dimensions)}. Of AWS's own, it counts ` +
        `those of ${Object.keys(sources).join(', ')}; of the functions' own, there are ${names.join('; ') || 'none'}${others > 0 ? `, and ${others} others: ListMetrics gives them` : ''}`,
    );
  }
}

const refuse = (message: string) => new AwsError('InvalidParameterValue', message);

export const isSameMetric = (a: MetricId, b: MetricId): boolean =>
  a.namespace === b.namespace && a.name === b.name && isSame(a.dimensions, b.dimensions);

const isSame = (a: Dimensions, b: Dimensions): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => b[name] === value);

const write = (dimensions: Dimensions) =>
  Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .join(',') || 'the whole account';
