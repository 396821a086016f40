import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { type Alarm, Monitoring, metricsOf } from './monitoring.ts';

const metric = metricsOf('Shop', { Shelf: 'top' });
const late: Alarm = {
  name: 'late',
  metric: metric('Late'),
  meaning: 'An order is late.',
  runbook: 'late-orders',
};
const slow: Alarm = {
  ...late,
  name: 'slow',
  metric: metric('Time', 'p95'),
  above: 3,
  periodMinutes: 5,
  periods: 2,
};

const monitor = (alarms: Alarm[], withTopic = false) =>
  smallStack((stack) => {
    const topic = withTopic
      ? new AlarmTopic(stack, 'topic', { name: 't', email: 'a@shop.example' })
      : undefined;
    const watch = { title: 'The shelf', graphs: [{ title: 'Late', metrics: [metric('Late')] }], alarms };
    new Monitoring(stack, 'm', { name: 'shop', region: 'eu-west-1', topic, watched: [{ watch }] });
  });

test('an alarm goes off as soon as its metric is above 0, stays quiet without a figure, and names its runbook', () => {
  expect(monitor([late])['m/late']).toEqual({
    resource: 'aws_cloudwatch_metric_alarm',
    alarm_name: 'late',
    alarm_description: 'An order is late. See docs/runbooks/late-orders.md',
    namespace: 'Shop',
    metric_name: 'Late',
    statistic: 'Sum',
    dimensions: { Shelf: 'top' },
    period: 60,
    evaluation_periods: 1,
    comparison_operator: 'GreaterThanThreshold',
    threshold: 0,
    treat_missing_data: 'notBreaching',
  });
});

test('an alarm may look at a percentile, above a bound, for some periods', () => {
  const { 'm/slow': alarm } = monitor([slow]);
  expect(alarm).not.toHaveProperty('statistic');
  expect(alarm).toMatchObject({
    extended_statistic: 'p95',
    threshold: 3,
    period: 300,
    evaluation_periods: 2,
  });
});

test('an alarm may look at the share of a count, in percent, of so many that it means something', () => {
  const share: Alarm = { ...late, shareOf: metric('All'), above: 10 };
  const { 'm/late': alarm } = monitor([share], true);
  for (const name of ['metric_name', 'namespace', 'statistic', 'period', 'dimensions'])
    expect(alarm).not.toHaveProperty(name);
  const query = (id: string, metric_name: string) => ({
    id,
    metric: { namespace: 'Shop', metric_name, dimensions: { Shelf: 'top' }, stat: 'Sum', period: 60 },
  });
  expect(alarm).toMatchObject({
    threshold: 10,
    ok_actions: ['<topic/topic.arn>'],
    metric_query: [
      {
        id: 'share',
        expression: 'IF(whole >= 20, 100 * part / whole, 0)',
        label: 'Late in All (%)',
        return_data: true,
      },
      query('part', 'Late'),
      query('whole', 'All'),
    ],
  });
});

test('an alarm may be on while any of the last periods is above its bound', () => {
  const { 'm/late': alarm } = monitor([{ ...late, periodMinutes: 5, anyOfPeriods: 288 }], true);
  expect(alarm).toMatchObject({ period: 300, evaluation_periods: 288, datapoints_to_alarm: 1, threshold: 0 });
  expect(alarm).not.toHaveProperty('ok_actions');
});

test('an alarm may go off when there is too little, or nothing, to count; a mail says when there is enough again', () => {
  const { 'm/late': alarm } = monitor([{ ...late, below: 1, periodMinutes: 60, periods: 6 }], true);
  expect(alarm).toMatchObject({
    period: 3_600,
    evaluation_periods: 6,
    comparison_operator: 'LessThanThreshold',
    threshold: 1,
    treat_missing_data: 'breaching',
    ok_actions: ['<topic/topic.arn>'],
  });
});

test('a topic gets every alarm, and the end of one on a level; a count that is over is not mended', () => {
  const resources = monitor([late, slow], true);
  const topic = ['<topic/topic.arn>'];
  expect(resources['m/late']).toMatchObject({ alarm_actions: topic });
  expect(resources['m/late']).not.toHaveProperty('ok_actions');
  expect(resources['m/slow']).toMatchObject({ alarm_actions: topic, ok_actions: topic });
});

test('the dashboard has every alarm, and a row of graphs for each part', () => {
  const { 'm/dashboard': dashboard } = monitor([late, slow]);
  expect(dashboard).toMatchObject({
    dashboard_name: 'shop',
    dashboard_body: {
      widgets: [
        { type: 'alarm', properties: { alarms: ['<m/late.arn>', '<m/slow.arn>'] } },
        { type: 'text', properties: { markdown: '## The shelf' } },
        {
          type: 'metric',
          properties: {
            title: 'Late',
            region: 'eu-west-1',
            metrics: [['Shop', 'Late', 'Shelf', 'top', { stat: 'Sum', label: 'Late' }]],
          },
        },
      ],
    },
  });
});
