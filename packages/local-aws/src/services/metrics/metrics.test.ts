import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { createDispatch } from '../../aws.ts';
import { createAwsProtocol } from '../../aws-protocol.ts';
import { createCborProtocol } from '../../cbor-protocol.ts';
import type { JsonObject } from '../../json.ts';
import { minuteMs } from '../../metrics/metric-store.ts';
import { type LocalServer, listen } from '../../server.ts';
import { shown } from '../../shown-by.ts';
import { FakeClock, makeContext, makePlan, sdkConfig } from '../../testing.ts';
import { createXmlProtocols } from '../../xml-protocols.ts';
import { createMetrics } from './metrics.ts';

const alarm = (name: string, changes: JsonObject = {}): JsonObject => ({
  alarm_name: name,
  namespace: 'AWS/Lambda',
  metric_name: 'Errors',
  dimensions: { FunctionName: 'f' },
  statistic: 'Sum',
  period: 60,
  evaluation_periods: 1,
  threshold: 0,
  comparison_operator: 'GreaterThanThreshold',
  treat_missing_data: 'notBreaching',
  ...changes,
});
const {
  namespace: _,
  metric_name: __,
  dimensions: ___,
  statistic: ____,
  period: _____,
  ...withoutMetric
} = alarm('');
const api = (name: string) => ({
  namespace: 'AWS/ApiGateway',
  metric_name: name,
  dimensions: { ApiId: 'a', Stage: 'dev' },
  stat: 'Sum',
  period: 300,
});

const stack: JsonObject = {
  aws_lambda_function: { f: { function_name: 'f', runtime: 'nodejs22.x' } },
  aws_apigatewayv2_stage: { s: { api_id: 'a', name: 'dev', auto_deploy: true } },
  aws_cloudwatch_event_rule: { r: { name: 'R', event_bus_name: 'B', event_pattern: '{"source":["a"]}' } },
  aws_sqs_queue: { q: { name: 'q' } },
  aws_cloudwatch_dashboard: {
    d: {
      dashboard_body: JSON.stringify({
        widgets: [
          { properties: { metrics: [['Orders', 'OrdersPlaced', 'service', 'producer', { stat: 'Sum' }]] } },
        ],
      }),
    },
  },
  aws_cloudwatch_metric_alarm: {
    errors: alarm('f-errors', { alarm_description: 'The function failed.', alarm_actions: ['arn:topic'] }),
    slow: alarm('f-slow', {
      metric_name: 'Duration',
      statistic: undefined as never,
      extended_statistic: 'p95',
      evaluation_periods: 3,
      datapoints_to_alarm: 2,
      threshold: 1_000,
    }),
    quiet: alarm('f-quiet', {
      metric_name: 'Invocations',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    }),
    late: alarm('f-late', {
      namespace: 'Orders',
      metric_name: 'OrdersLate',
      dimensions: { service: 'f' },
      period: 300,
      evaluation_periods: 288,
      datapoints_to_alarm: 1,
    }),
    few: alarm('f-few', {
      metric_name: 'Invocations',
      comparison_operator: 'LessThanThreshold',
      threshold: 5,
      treat_missing_data: 'breaching',
    }),
    unknown: alarm('f-unknown', { treat_missing_data: 'missing' }),
    other: alarm('other', { namespace: 'AWS/DynamoDB', metric_name: 'ThrottledRequests', dimensions: {} }),
    share: {
      ...withoutMetric,
      alarm_name: 'refused',
      threshold: 10,
      metric_query: [
        { id: 'share', expression: 'IF(whole >= 20, 100 * part / whole, 0)', return_data: true },
        { id: 'part', metric: api('4xx') },
        { id: 'whole', metric: api('Count') },
      ],
    },
  },
};

let server: LocalServer;
let client: CloudWatchClient;
let clock: FakeClock;
let context: ReturnType<typeof makeContext>;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  clock = new FakeClock();
  context = makeContext({ clock });
  const { operations } = createMetrics(makePlan(stack), context);
  const services = operations ? [shown(operations)] : [];
  const door = { dispatch: createDispatch(services, context.iam), ...context };
  server.serve([createAwsProtocol(door), createCborProtocol(door), createXmlProtocols(door, services)], []);
  client = new CloudWatchClient(sdkConfig(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const lambda = { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: 'f' }] };
const ofF = () => context.metrics.meter('AWS/Lambda', { FunctionName: 'f' });
const lastMinutes = (minutes: number) => ({
  StartTime: new Date(clock.now() - minutes * minuteMs),
  EndTime: new Date(clock.now()),
});
const statistics = async (input: Partial<GetMetricStatisticsCommandInput>) => {
  const given = { ...lambda, ...lastMinutes(60), Period: 60, MetricName: 'Duration', ...input };
  return (await client.send(new GetMetricStatisticsCommand(given))).Datapoints ?? [];
};

describe('GetMetricStatistics', () => {
  test('gives the figures of each period that has values, from the minute in which the time begins', async () => {
    clock.advance(-clock.now() % minuteMs);
    const count = ofF();
    for (const ms of [100, 200, 600]) count('Duration', ms);
    clock.advance(6 * minuteMs);
    count('Duration', 50);
    clock.advance(4 * minuteMs);
    const [first, second, ...others] = await statistics({
      ...lastMinutes(10),
      Period: 300,
      Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      ExtendedStatistics: ['p50', 'p99.9'],
    });
    const at = new Date(clock.now() - 10 * minuteMs);
    expect(first).toEqual({
      Timestamp: at,
      Sum: 900,
      Average: 300,
      Minimum: 100,
      Maximum: 600,
      SampleCount: 3,
      ExtendedStatistics: { p50: 200, 'p99.9': 600 },
      Unit: 'Milliseconds',
    });
    expect(second).toMatchObject({
      Timestamp: new Date(at.getTime() + 5 * minuteMs),
      Sum: 50,
      SampleCount: 1,
    });
    expect(others).toEqual([]);
  });

  test('gives no figure of a time without values', async () => {
    ofF()('Errors', 0);
    clock.advance(10 * minuteMs);
    expect(await statistics({ ...lastMinutes(5), MetricName: 'Errors', Statistics: ['Sum'] })).toEqual([]);
  });

  test('gives figures of the account, of a metric that is counted for it', async () => {
    context.metrics.meter('AWS/Lambda', {})('ConcurrentExecutions', 4);
    clock.advance(minuteMs);
    const found = await statistics({
      MetricName: 'ConcurrentExecutions',
      Dimensions: [],
      Statistics: ['Maximum'],
    });
    expect(found).toMatchObject([{ Maximum: 4, Unit: 'Count' }]);
  });

  test('gives an empty answer for a metric of the functions that the stack looks at, and nobody has counted', async () => {
    const own = { Namespace: 'Orders', MetricName: 'OrdersPlaced' };
    const Dimensions = [{ Name: 'service', Value: 'producer' }];
    expect(await statistics({ ...own, Dimensions, Statistics: ['Sum'] })).toEqual([]);
    await expect(statistics({ ...own, Statistics: ['Sum'], Dimensions: [] })).rejects.toThrow(
      /knows no metric OrdersPlaced of Orders for the whole account\. .*there are .*OrdersPlaced of Orders for service=producer/,
    );
  });

  test.each<[string, Partial<GetMetricStatisticsCommandInput>, RegExp]>([
    [
      'a metric',
      { MetricName: 'IteratorAge' },
      /doesn't count IteratorAge of AWS\/Lambda\. It counts Invocations, /,
    ],
    ['a namespace', { Namespace: 'AWS/EC2' }, /knows no metric Duration of AWS\/EC2/],
    [
      'another resource',
      { Dimensions: [{ Name: 'FunctionName', Value: 'g' }] },
      /doesn't count Duration of AWS\/Lambda for FunctionName=g\. It counts it for FunctionName=f/,
    ],
    ['the account', { Dimensions: [] }, /doesn't count Duration of AWS\/Lambda for the whole account/],
    [
      'a statistic',
      { Statistics: ['Median' as never] },
      /Statistics is \["Median"\]; allowed is a list of SampleCount/,
    ],
    ['a trimmed mean', { Statistics: [], ExtendedStatistics: ['tm90'] }, /doesn't know the statistic tm90/],
    ['no statistic', { Statistics: [] }, /must contain the parameter Statistics/],
    ['seconds', { Period: 10 }, /The period has 10 seconds\. It has to be a multiple of 60/],
    ['too many periods', { StartTime: new Date(0), Period: 60 }, /exceeds the limit of 1440/],
    ['a time that is over before it begins', { EndTime: new Date(0) }, /StartTime must be less than/],
    ['a unit', { Unit: 'Count' }, /doesn't know the parameter Unit/],
  ])('refuses %s by name', async (_, input, message) => {
    await expect(statistics({ Statistics: ['Sum'], ...input })).rejects.toThrow(message);
  });
});

describe('GetMetricData', () => {
  test('gives metrics and expressions of them, the newest value first', async () => {
    const count = context.metrics.meter('AWS/Lambda', { FunctionName: 'f' });
    for (let minute = 1; minute <= 2; minute += 1) {
      for (let n = 0; n < 10 * minute; n += 1) count('Invocations');
      count('Errors', minute);
      clock.advance(minuteMs);
    }
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { ...lambda, MetricName }, Period: 60, Stat: 'Sum' },
    });
    const query = {
      MetricDataQueries: [
        { Id: 'share', Expression: '100 * errors / all', Label: 'Errors (%)' },
        metric('errors', 'Errors'),
        { ...metric('all', 'Invocations'), ReturnData: true },
      ],
      ...lastMinutes(5),
    };
    const { MetricDataResults } = await client.send(new GetMetricDataCommand(query));
    expect(MetricDataResults).toMatchObject([
      { Id: 'share', Label: 'Errors (%)', Values: [10, 10], StatusCode: 'Complete' },
      { Id: 'all', Label: 'Invocations', Values: [20, 10] },
    ]);
    expect(MetricDataResults?.[1]?.Timestamps?.[0]?.getTime()).toBe(
      Math.floor(clock.now() / minuteMs - 1) * minuteMs,
    );
    const ascending = await client.send(new GetMetricDataCommand({ ...query, ScanBy: 'TimestampAscending' }));
    expect(ascending.MetricDataResults?.[1]?.Values).toEqual([10, 20]);
  });

  test('refuses more values than CloudWatch gives', async () => {
    const MetricStat = { Metric: { ...lambda, MetricName: 'Errors' }, Period: 60, Stat: 'Sum' };
    const forever = { StartTime: new Date(0), EndTime: new Date(clock.now()) };
    const command = new GetMetricDataCommand({ MetricDataQueries: [{ Id: 'm', MetricStat }], ...forever });
    await expect(client.send(command)).rejects.toThrow(/exceeds the limit of 100800/);
  });

  test('refuses an expression that refers to itself, and a query that is neither', async () => {
    const send = (...MetricDataQueries: { Id: string; Expression?: string }[]) =>
      client.send(
        new GetMetricDataCommand({
          MetricDataQueries: [
            ...MetricDataQueries,
            { Id: 'm', MetricStat: { Metric: { ...lambda, MetricName: 'Errors' }, Period: 60, Stat: 'Sum' } },
          ],
          ...lastMinutes(5),
        }),
      );
    await expect(send({ Id: 'a', Expression: 'b + m' }, { Id: 'b', Expression: 'a' })).rejects.toThrow(
      /The query a refers to itself/,
    );
    await expect(send({ Id: 'a' })).rejects.toThrow(/The query a has to have MetricStat or Expression/);
    await expect(send({ Id: 'a', Expression: 'SUM(m)' })).rejects.toThrow(/has to give one time series/);
  });

  test.each(['m', 'Sum', '1'])(
    'refuses the id %s, which another query has, or no query can have',
    async (Id) => {
      const MetricStat = { Metric: { ...lambda, MetricName: 'Errors' }, Period: 60, Stat: 'Sum' };
      const command = new GetMetricDataCommand({
        MetricDataQueries: [
          { Id: 'm', MetricStat },
          { Id, MetricStat },
        ],
        ...lastMinutes(5),
      });
      await expect(client.send(command)).rejects.toThrow(`The id "${Id}" isn't one of a query`);
    },
  );
});

test('ListMetrics gives what was counted', async () => {
  ofF()('Errors');
  context.metrics.meter('Orders', { service: 'producer' })('OrdersPlaced');
  const list = async (input: object) =>
    ((await client.send(new ListMetricsCommand(input))).Metrics ?? []).map(({ MetricName }) => MetricName);
  expect(await list({})).toEqual(['Errors', 'OrdersPlaced']);
  expect(await list({ Namespace: 'Orders' })).toEqual(['OrdersPlaced']);
  expect(await list({ MetricName: 'Errors' })).toEqual(['Errors']);
  expect(await list({ Dimensions: [{ Name: 'service' }] })).toEqual(['OrdersPlaced']);
  expect(await list({ Dimensions: [{ Name: 'FunctionName', Value: 'g' }] })).toEqual([]);
});

describe('DescribeAlarms', () => {
  const states = async (input = {}) => {
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand(input));
    return Object.fromEntries(MetricAlarms.map(({ AlarmName = '', StateValue }) => [AlarmName, StateValue]));
  };
  const stateOf = async (name: string) => (await states({ AlarmNames: [name] }))[name];

  test('says what an alarm looks at, how it is and why', async () => {
    ofF()('Errors', 2);
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: ['f-errors', 'refused'] }),
    );
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: 'f-errors',
        AlarmDescription: 'The function failed.',
        AlarmActions: ['arn:topic'],
        StateValue: 'ALARM',
        StateReason: `Threshold Crossed: 1 datapoints [2 (2026-11-22T12:00:00.000Z)] were greater than the threshold (0).`,
        StateUpdatedTimestamp: new Date(clock.now()),
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: lambda.Dimensions,
        Statistic: 'Sum',
        Period: 60,
        TreatMissingData: 'notBreaching',
      },
      {
        AlarmName: 'refused',
        StateValue: 'OK',
        Metrics: [{ Id: 'share', ReturnData: true }, { Id: 'part' }, {}],
      },
    ]);
  });

  test('of a count are on at once, for the rest of the minute and the next one', async () => {
    expect(await stateOf('f-errors')).toBe('OK');
    ofF()('Errors', 1);
    expect(await stateOf('f-errors')).toBe('ALARM');
    clock.advance(minuteMs);
    expect(await stateOf('f-errors')).toBe('ALARM');
    clock.advance(minuteMs);
    expect(await stateOf('f-errors')).toBe('OK');
  });

  test('of several periods are on once enough of them are', async () => {
    const count = ofF();
    count('Duration', 3_000);
    expect(await stateOf('f-slow')).toBe('OK');
    clock.advance(minuteMs);
    count('Duration', 10);
    clock.advance(minuteMs);
    count('Duration', 2_000);
    expect(await stateOf('f-slow')).toBe('ALARM');
    clock.advance(2 * minuteMs);
    expect(await stateOf('f-slow')).toBe('OK');
  });

  test('of a count that is for a time to come are off until then, and on until the count is taken back', async () => {
    const count = context.metrics.meter('Orders', { service: 'f' });
    const due = clock.now() + 2 * minuteMs;
    count('OrdersLate', 1, due);
    expect(await stateOf('f-late')).toBe('OK');
    clock.advance(minuteMs);
    expect(await stateOf('f-late')).toBe('OK');
    clock.advance(minuteMs);
    expect(await stateOf('f-late')).toBe('ALARM');
    clock.advance(60 * minuteMs);
    expect(await stateOf('f-late')).toBe('ALARM');
    count('OrdersLate', -1, due);
    expect(await stateOf('f-late')).toBe('OK');
  });

  test('of a share are on for a large one, of enough', async () => {
    const count = context.metrics.meter('AWS/ApiGateway', { ApiId: 'a', Stage: 'dev' });
    const request = (refused: number) => {
      count('Count');
      count('4xx', refused);
    };
    for (let n = 0; n < 19; n += 1) request(1);
    expect(await stateOf('refused')).toBe('OK');
    request(0);
    expect(await stateOf('refused')).toBe('ALARM');
    for (let n = 0; n < 200; n += 1) request(0);
    expect(await stateOf('refused')).toBe('OK');
  });

  test('take a period without data as the stack says', async () => {
    expect(await states()).toMatchObject({
      'f-quiet': 'ALARM',
      'f-unknown': 'INSUFFICIENT_DATA',
      'f-errors': 'OK',
    });
    for (let minute = 0; minute < 3; minute += 1) {
      ofF()('Invocations');
      clock.advance(minuteMs);
    }
    expect(await stateOf('f-quiet')).toBe('OK');
    clock.advance(minuteMs);
    expect(await stateOf('f-quiet')).toBe('ALARM');
  });

  test('on too little wait for the end of a period, and are over as soon as there is enough', async () => {
    const invoke = (times: number) => {
      for (let n = 0; n < times; n += 1) ofF()('Invocations');
    };
    invoke(5);
    clock.advance(minuteMs);
    invoke(4);
    expect(await stateOf('f-few')).toBe('OK');
    clock.advance(minuteMs);
    invoke(4);
    expect(await stateOf('f-few')).toBe('ALARM');
    invoke(1);
    expect(await stateOf('f-few')).toBe('OK');
  });

  test('on a metric that is not counted here have no data, and say so', async () => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['other'] }));
    expect(MetricAlarms).toMatchObject([
      {
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: expect.stringContaining('knows no metric ThrottledRequests of AWS/DynamoDB'),
      },
    ]);
  });

  test('are selected by the beginning of their names, and by their state', async () => {
    expect(await states({ AlarmNamePrefix: 'f-', StateValue: 'OK' })).toEqual({
      'f-errors': 'OK',
      'f-late': 'OK',
      'f-slow': 'OK',
    });
  });

  test.each<[string, JsonObject, RegExp]>([
    [
      'comparison',
      { comparison_operator: 'GreaterThanUpperThreshold' },
      /comparison_operator is "GreaterThanUpper/,
    ],
    [
      'treatment of missing data',
      { treat_missing_data: 'ok' },
      /treat_missing_data is "ok"; the local run knows/,
    ],
    [
      'treatment that needs its past',
      { treat_missing_data: 'ignore' },
      /treat_missing_data is "ignore"; the local run knows missing, breaching, notBreaching/,
    ],
    ['statistic', { statistic: 'IQM' }, /aws_cloudwatch_metric_alarm\.a: .* the statistic IQM/],
    [
      'expression',
      { metric_query: [{ id: 'a', expression: 'SEARCH("x")', return_data: true }] },
      /aws_cloudwatch_metric_alarm\.a: Error in expression .* SEARCH/,
    ],
  ])('refuse a stack with an unknown %s at its start', (_, changes, message) => {
    const plan = makePlan({ aws_cloudwatch_metric_alarm: { a: alarm('a', changes) } });
    expect(() => createMetrics(plan, context)).toThrow(message);
  });
});

describe('the protocol in CBOR, by which later clients ask', () => {
  const inCbor = (then: (client: CloudWatchClient) => Promise<void>) => async () => {
    const cbor = new CloudWatchClient({ ...sdkConfig(server), protocol: SmithyRpcV2CborProtocol });
    try {
      await then(cbor);
    } finally {
      cbor.destroy();
    }
  };
  const given = () => ({
    ...lambda,
    MetricName: 'Errors',
    Period: 60,
    Statistics: ['Sum' as const],
    ...lastMinutes(5),
  });

  test(
    'takes times and numbers, and gives them',
    inCbor(async (cbor) => {
      ofF()('Errors', 0.5);
      clock.advance(minuteMs);
      const { Datapoints } = await cbor.send(new GetMetricStatisticsCommand(given()));
      expect(Datapoints).toEqual([{ Timestamp: new Date(clock.now() - minuteMs), Sum: 0.5, Unit: 'Count' }]);
    }),
  );

  test(
    'gives errors by their names',
    inCbor(async (cbor) => {
      await expect(
        cbor.send(new GetMetricStatisticsCommand({ ...given(), MetricName: 'X' })),
      ).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining("doesn't count X"),
      });
    }),
  );
});

describe('the query protocol, by which earlier clients ask', () => {
  const ask = async (form: Record<string, string>) => {
    const response = await fetch(server.endpoint, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20261122/eu-west-1/monitoring/aws4_request, SignedHeaders=host, Signature=s',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      },
      body: new URLSearchParams({ Version: '2010-08-01', ...form }),
    });
    return { status: response.status, xml: await response.text() };
  };
  const form = () => ({
    Action: 'GetMetricStatistics',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    'Dimensions.member.1.Name': 'FunctionName',
    'Dimensions.member.1.Value': 'f',
    'Statistics.member.1': 'Sum',
    'Statistics.member.2': 'Maximum',
    StartTime: new Date(clock.now() - minuteMs).toISOString(),
    EndTime: new Date(clock.now() + 1).toISOString(),
    Period: '60',
  });

  test('takes lists, times and numbers from a form, and answers in XML', async () => {
    ofF()('Errors', 2);
    const { status, xml } = await ask(form());
    expect(status).toBe(200);
    expect(xml).toContain(
      '<Label>Errors</Label><Datapoints><member><Timestamp>2026-11-22T12:00:00.000Z</Timestamp><Sum>2</Sum>' +
        '<Maximum>2</Maximum><Unit>Count</Unit></member></Datapoints>',
    );
  });

  test('takes a query inside of a query', async () => {
    ofF()('Errors', 3);
    const query = 'MetricDataQueries.member.1';
    const { StartTime, EndTime } = form();
    const { xml } = await ask({
      Action: 'GetMetricData',
      StartTime,
      EndTime,
      [`${query}.Id`]: 'm',
      [`${query}.ReturnData`]: 'true',
      [`${query}.MetricStat.Period`]: '60',
      [`${query}.MetricStat.Stat`]: 'Sum',
      [`${query}.MetricStat.Metric.Namespace`]: 'AWS/Lambda',
      [`${query}.MetricStat.Metric.MetricName`]: 'Errors',
      [`${query}.MetricStat.Metric.Dimensions.member.1.Name`]: 'FunctionName',
      [`${query}.MetricStat.Metric.Dimensions.member.1.Value`]: 'f',
    });
    expect(xml).toContain('<Values><member>3</member></Values>');
  });

  test('refuses what is not of its type', async () => {
    const { status, xml } = await ask({ ...form(), Period: 'sixty' });
    expect([status, xml]).toEqual([400, expect.stringContaining('<Code>InvalidParameterValue</Code>')]);
  });
});
