import { expect, test } from '@jest/globals';
import { MetricStore } from '../../metrics/metric-store.ts';
import { countEmbedded } from './embedded-metrics.ts';

const hour = 60 * 60 * 1_000;
const day = 24 * hour;
/** Time was moved a day ahead; the clock of the functions wasn't. */
const clock = { now: 31 * day, ofFunctions: 30 * day };

const count = (...lines: unknown[]) => {
  const metrics = new MetricStore(() => clock.now);
  for (const line of lines)
    countEmbedded(typeof line === 'string' ? line : JSON.stringify(line), metrics, clock);
  return metrics.all().map(({ namespace, name, dimensions, minutes }) => ({
    namespace,
    name,
    dimensions,
    minutes: [...minutes.values()].map(({ count, sum }) => [count, sum]),
  }));
};
const directive = (Dimensions: string[][], ...names: string[]) => ({
  Namespace: 'Orders',
  Dimensions,
  Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
});

test('a line counts its metrics for each set of dimensions', () => {
  const _aws = {
    CloudWatchMetrics: [directive([['service'], ['service', 'stage']], 'Placed')],
  };
  const line = { _aws, service: 'producer', stage: 'dev', Placed: 2, Other: 7 };
  expect(count(line, line)).toEqual([
    { namespace: 'Orders', name: 'Placed', dimensions: { service: 'producer' }, minutes: [[2, 4]] },
    {
      namespace: 'Orders',
      name: 'Placed',
      dimensions: { service: 'producer', stage: 'dev' },
      minutes: [[2, 4]],
    },
  ]);
});

test('a metric may have several values, and no dimensions', () => {
  const line = { _aws: { CloudWatchMetrics: [directive([], 'Ms')] }, Ms: [1, 2, 3] };
  expect(count(line)).toEqual([{ namespace: 'Orders', name: 'Ms', dimensions: {}, minutes: [[3, 6]] }]);
});

test.each([
  ['of now, by the clock of the functions', clock.ofFunctions + 5_000, clock.now],
  ['that is named, ahead', clock.now + hour, clock.now + hour],
  ['that is named, and over', clock.now - 13 * day, clock.now - 13 * day],
  ['that is more than two hours ahead', clock.now + 3 * hour, undefined],
  ['that is more than two weeks over', clock.now - 15 * day, undefined],
])('a metric is counted in the minute of a time %s', (_, Timestamp, at) => {
  const metrics = new MetricStore(() => clock.now);
  const line = { _aws: { Timestamp, CloudWatchMetrics: [directive([], 'Late')] }, Late: -1 };
  countEmbedded(JSON.stringify(line), metrics, clock);
  expect(metrics.all().flatMap(({ minutes }) => [...minutes.keys()])).toEqual(
    at === undefined ? [] : [at / 60_000],
  );
});

test('a time that is near keeps its minute', () => {
  const now = 30 * day + 45_000;
  const metrics = new MetricStore(() => now);
  const line = { _aws: { Timestamp: now + 30_000, CloudWatchMetrics: [directive([], 'Late')] }, Late: -1 };
  countEmbedded(JSON.stringify(line), metrics, { now, ofFunctions: now });
  expect(metrics.all().flatMap(({ minutes }) => [...minutes.keys()])).toEqual([30 * 24 * 60 + 1]);
});

test.each([
  ['a line of text', 'about "CloudWatchMetrics"'],
  ['a line without the format', { message: 'placed', Placed: 1 }],
  ['directives that are no list', { _aws: { CloudWatchMetrics: 'all' }, Placed: 1 }],
  ['a metric that the line lacks', { _aws: { CloudWatchMetrics: [directive([], 'Placed')] } }],
  [
    'a dimension that the line lacks',
    { _aws: { CloudWatchMetrics: [directive([['service']], 'Placed')] }, Placed: 1 },
  ],
  ['a value that is no number', { _aws: { CloudWatchMetrics: [directive([], 'Placed')] }, Placed: 'many' }],
])('%s counts nothing', (_, line) => {
  expect(count(line)).toEqual([]);
});
