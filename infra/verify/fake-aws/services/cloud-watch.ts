import { arn, type Calls, type Cloud, type Json } from '../cloud.ts';

export function cloudWatch(cloud: Cloud): Calls {
  const alarms = cloud.shelf('alarms');
  const dashboards = cloud.shelf('dashboards');
  const removeEach = (shelf: typeof alarms, names: unknown) => {
    for (const name of names as string[]) shelf.remove(name);
    return undefined;
  };
  const named = ({ AlarmNames }: Json) =>
    (AlarmNames as string[]).flatMap((name) => alarms.items.get(name) ?? []);

  return {
    PutMetricAlarm: ({ Tags, ...input }) => {
      const AlarmArn = arn('cloudwatch', `alarm:${input.AlarmName}`);
      alarms.add(input.AlarmName, { ...input, AlarmArn });
      cloud.tag(AlarmArn, { Tags });
      return undefined;
    },
    DescribeAlarms: (input) => ({ MetricAlarms: named(input) }),
    DeleteAlarms: ({ AlarmNames }) => removeEach(alarms, AlarmNames),
    PutDashboard: (input) => {
      dashboards.add(input.DashboardName, {
        ...input,
        DashboardArn: `arn:aws:cloudwatch::123456789012:dashboard/${input.DashboardName}`,
      });
      return {};
    },
    GetDashboard: ({ DashboardName }) => dashboards.get(DashboardName),
    DeleteDashboards: ({ DashboardNames }) => removeEach(dashboards, DashboardNames),
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: cloud.tagList(ResourceARN) }),
  };
}
