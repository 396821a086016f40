import { AwsError } from '../../aws-error.ts';
import { AwsTime } from '../../aws-time.ts';
import type { JsonValue } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { MetricId, MetricStore } from '../../metrics/metric-store.ts';
import { sources } from '../../metrics/sources.ts';
import { statisticNames } from '../../metrics/summary.ts';
import {
  type Input,
  type Operation,
  operation,
  type ParameterErrors,
  type Parameters,
  readParameters,
} from '../../operation.ts';
import { metricOf } from './alarm-operations.ts';
import { evaluateQueries, type MetricQuery, pointsOf, readPeriod, readPeriods } from './metric-queries.ts';

const text = { type: 'text' } as const;
const required = { type: 'text', required: true } as const;
const time = { type: 'time', required: true } as const;
const dimension = { Name: required, Value: required } as const;
const Dimensions = { type: 'list', items: dimension } as const;

/** The most values that GetMetricStatistics gives. */
const maxPoints = 1_440;
/** The most that GetMetricData gives, of all queries. */
const maxPointsOfData = 100_800;

const metric = { Namespace: required, MetricName: required, Dimensions } as const;
const metricStat = {
  Metric: { type: 'object', required: true, items: metric },
  Period: { type: 'integer', required: true, min: 1 },
  Stat: required,
} as const;
const query = {
  Id: required,
  MetricStat: { type: 'object', items: metricStat },
  Expression: text,
  Label: text,
  ReturnData: { type: 'boolean' },
} as const;

/**
 * The operations that read metrics.
 *
 * @param check throws for a metric that isn't counted here
 */
export function metricsOperations(
  store: MetricStore,
  check: (id: MetricId) => void,
  errors: ParameterErrors,
): Record<string, Operation> {
  const read = <const P extends Parameters>(value: JsonValue, parameters: P, what: string): Input<P> => {
    if (!isObject(value)) throw errors.invalid(what, value, 'an object', { type: 'object' });
    return readParameters(value, parameters, errors) as Input<P>;
  };
  const readDimensions = (given: readonly JsonValue[] = []): MetricId['dimensions'] =>
    Object.fromEntries(
      given.map((each) => {
        const { Name, Value } = read(each, dimension, 'Dimensions');
        return [Name, Value];
      }),
    );
  const readQuery = (value: JsonValue) => {
    const { Id, MetricStat, Expression, Label, ReturnData = true } = read(value, query, 'MetricDataQueries');
    if ((MetricStat === undefined) === (Expression === undefined)) {
      throw new AwsError(
        'ValidationError',
        `The query ${Id} has to have MetricStat or Expression, and not both`,
      );
    }
    if (MetricStat === undefined) {
      const what: MetricQuery['what'] = { expression: Expression ?? '' };
      return { id: Id, what, label: Label ?? Id, isReturned: ReturnData, periodMs: undefined };
    }
    const { Metric, Period, Stat } = read(MetricStat, metricStat, 'MetricStat');
    const { Namespace, MetricName, Dimensions: given } = read(Metric, metric, 'Metric');
    const id = { namespace: Namespace, name: MetricName, dimensions: readDimensions(given) };
    check(id);
    const what: MetricQuery['what'] = { metric: id, statistic: Stat };
    return { id: Id, what, label: Label ?? MetricName, isReturned: ReturnData, periodMs: readPeriod(Period) };
  };

  return {
    GetMetricStatistics: operation(
      {
        ...metric,
        StartTime: time,
        EndTime: time,
        Period: { type: 'integer', required: true, min: 1 },
        Statistics: { type: 'texts', oneOf: statisticNames },
        ExtendedStatistics: { type: 'texts' },
      },
      ({ Statistics = [], ExtendedStatistics = [], ...input }, { authorize }) => {
        authorize('*');
        const { Namespace, MetricName, Dimensions, StartTime, EndTime, Period } = input;
        if (Statistics.length + ExtendedStatistics.length === 0) throw errors.missing('Statistics');
        const periods = readPeriods(StartTime, EndTime, { periodMs: readPeriod(Period), most: maxPoints });
        const id = { namespace: Namespace, name: MetricName, dimensions: readDimensions(Dimensions) };
        check(id);
        const points = new Map(
          [...Statistics, ...ExtendedStatistics].map((name) => [name, pointsOf(store, id, name, periods)]),
        );
        const times = [...(points.values().next().value?.keys() ?? [])];
        const figures = (names: readonly string[], at: number) =>
          Object.fromEntries(names.map((name) => [name, points.get(name)?.get(at)]));
        return {
          Label: MetricName,
          Datapoints: times.map((at) => ({
            Timestamp: new AwsTime(at),
            ...figures(Statistics, at),
            ...(ExtendedStatistics.length > 0 && { ExtendedStatistics: figures(ExtendedStatistics, at) }),
            ...unitOf(id),
          })),
        };
      },
    ),

    GetMetricData: operation(
      {
        MetricDataQueries: { type: 'list', required: true, items: query },
        StartTime: time,
        EndTime: time,
        ScanBy: { type: 'text', oneOf: ['TimestampAscending', 'TimestampDescending'] },
      },
      ({ MetricDataQueries, StartTime, EndTime, ScanBy = 'TimestampDescending' }, { authorize }) => {
        authorize('*');
        const queries = MetricDataQueries.map(readQuery);
        checkIds(queries.map(({ id }) => id));
        const lengths = [...new Set(queries.flatMap(({ periodMs }) => periodMs ?? []))];
        if (lengths.length !== 1) {
          throw new AwsError(
            'ValidationError',
            `The local run takes queries of one period; received ${lengths.map((ms) => ms / 1_000).join(', ') || 'none'}`,
          );
        }
        const periods = readPeriods(StartTime, EndTime, {
          periodMs: lengths[0] ?? 0,
          most: maxPointsOfData / queries.length,
        });
        const points = evaluateQueries(store, queries, periods);
        return {
          MetricDataResults: queries
            .filter(({ isReturned }) => isReturned)
            .map(({ id, label }) => {
              const found = [...points(id)].sort(([a], [b]) =>
                ScanBy === 'TimestampAscending' ? a - b : b - a,
              );
              return {
                Id: id,
                Label: label,
                Timestamps: found.map(([at]) => new AwsTime(at)),
                Values: found.map(([, value]) => value),
                StatusCode: 'Complete',
              };
            }),
          Messages: [],
        };
      },
    ),

    ListMetrics: operation(
      {
        Namespace: text,
        MetricName: text,
        Dimensions: { type: 'list', items: { Name: required, Value: text } },
      },
      ({ Namespace, MetricName, Dimensions = [] }, { authorize }) => {
        authorize('*');
        const wanted = Dimensions.map((each) => read(each, { Name: required, Value: text }, 'Dimensions'));
        const found = store
          .all()
          .filter(
            ({ namespace, name, dimensions }) =>
              (Namespace === undefined || namespace === Namespace) &&
              (MetricName === undefined || name === MetricName) &&
              wanted.every(({ Name, Value }) =>
                Value === undefined ? Object.hasOwn(dimensions, Name) : dimensions[Name] === Value,
              ),
          );
        return { Metrics: found.map(metricOf) };
      },
    ),
  };
}

/** @throws {AwsError} ValidationError for an id that an expression couldn't use, or that two queries have */
function checkIds(ids: readonly string[]): void {
  const wrong = ids.find((id, index) => !/^[a-z]\w*$/.test(id) || ids.indexOf(id) !== index);
  if (wrong === undefined) return;
  throw new AwsError(
    'ValidationError',
    `The id ${JSON.stringify(wrong)} isn't one of a query: it begins with a lower-case letter, has letters, digits and _, and ` +
      'belongs to one query alone',
  );
}

/** The unit of a metric of AWS's own. Functions may count in any. */
function unitOf({ namespace, name }: MetricId): { Unit?: string } {
  if (!Object.hasOwn(sources, namespace)) return {};
  return { Unit: units[name] ?? 'Count' };
}

const units: Readonly<Record<string, string>> = {
  Duration: 'Milliseconds',
  IngestionToInvocationSuccessLatency: 'Milliseconds',
  Latency: 'Milliseconds',
  ExecutionTime: 'Milliseconds',
  ApproximateAgeOfOldestMessage: 'Seconds',
};
