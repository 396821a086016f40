import { AwsError, arn, type Calls, type Cloud } from '../cloud.ts';

export function dynamodb(cloud: Cloud): Calls {
  const tables = cloud.shelf('tables');

  return {
    CreateTable: (input) => {
      const TableArn = arn('dynamodb', `table/${input.TableName}`);
      cloud.tag(TableArn, input);
      return {
        TableDescription: tables.add(input.TableName, {
          ...input,
          TableArn,
          TableStatus: 'ACTIVE',
          BillingModeSummary: { BillingMode: input.BillingMode },
        }),
      };
    },
    DescribeTable: ({ TableName }) => ({ Table: tables.get(TableName) }),
    DeleteTable: ({ TableName }) => {
      const TableDescription = tables.get(TableName);
      if (TableDescription.DeletionProtectionEnabled)
        throw new AwsError(400, 'ValidationException', `${TableName} is protected against deletion`);
      tables.remove(TableName);
      return { TableDescription };
    },
    UpdateContinuousBackups: ({ TableName, PointInTimeRecoverySpecification }) => {
      const { PointInTimeRecoveryEnabled } = PointInTimeRecoverySpecification as Record<string, boolean>;
      const status = PointInTimeRecoveryEnabled ? 'ENABLED' : 'DISABLED';
      return { ContinuousBackupsDescription: Object.assign(tables.get(TableName), { status }) };
    },
    DescribeContinuousBackups: ({ TableName }) => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: tables.get(TableName).status ?? 'DISABLED',
          RecoveryPeriodInDays: 35,
        },
      },
    }),
    DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }),
    ListTagsOfResource: ({ ResourceArn }) => ({ Tags: cloud.tagList(ResourceArn) }),
  };
}
