import { AwsError } from '../../aws-error.ts';
import { AwsTime } from '../../aws-time.ts';
import type { Clock } from '../../clock.ts';
import type { JsonObject } from '../../json.ts';
import { type Operation, operation } from '../../operation.ts';
import type { TableHistory } from './table-history.ts';

/** The tables that can be restored, and those that were. */
export interface Restorable {
  arnOf(table: string): string;
  names(): readonly string[];
  /** Undefined for a table whose earlier rows aren't kept. */
  historyOf(table: string): TableHistory | undefined;
  /** Makes a table as another one is, with these rows. */
  copy(source: string, target: string, rows: Iterable<JsonObject>): Promise<void>;
  /** Deletes a table that was restored. @returns false for one that wasn't */
  remove(table: string): Promise<boolean>;
  describe(table: string): Promise<JsonObject>;
}

const table = { type: 'text', required: true } as const;
/** What DynamoDB takes for the name of a table. */
const tableName = /^[\w.-]{3,255}$/;

/** The operations of DynamoDB that restore a table as it was, and delete it again. */
export function restoreOperations(tables: Restorable, clock: Clock): Record<string, Operation> {
  /** Tables whose restore is under way. */
  const begun = new Set<string>();
  const check = (name: string): void => {
    if (tables.names().includes(name)) return;
    throw new AwsError(
      'TableNotFoundException',
      `Table not found: ${name}. There are ${tables.names().join(', ') || 'none'}`,
    );
  };
  const historyOf = (name: string): TableHistory => {
    check(name);
    const history = tables.historyOf(name);
    if (history) return history;
    throw new AwsError(
      'PointInTimeRecoveryUnavailableException',
      `Point in time recovery is not enabled for table '${name}'`,
    );
  };

  return {
    DescribeContinuousBackups: operation({ TableName: table }, ({ TableName }, { authorize }) => {
      authorize(tables.arnOf(TableName));
      check(TableName);
      const history = tables.historyOf(TableName);
      return {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: history
            ? {
                PointInTimeRecoveryStatus: 'ENABLED',
                EarliestRestorableDateTime: new AwsTime(earliestOf(history)),
                LatestRestorableDateTime: new AwsTime(clock.now()),
              }
            : { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      };
    }),

    RestoreTableToPointInTime: operation(
      {
        SourceTableName: table,
        TargetTableName: table,
        RestoreDateTime: { type: 'time' },
        UseLatestRestorableTime: { type: 'boolean' },
      },
      async (input, { authorize }) => {
        const { SourceTableName: source, TargetTableName: target } = input;
        authorize(tables.arnOf(source));
        const history = historyOf(source);
        const at = restoreTimeOf(input, history, clock.now());
        if (!tableName.test(target)) {
          throw new AwsError(
            'ValidationException',
            `TargetTableName is ${JSON.stringify(target.slice(0, 100))}. It has to have 3 to 255 of the characters a-z, A-Z, 0-9, _, - and .`,
          );
        }
        if (tables.names().includes(target) || begun.has(target)) {
          throw new AwsError('TableAlreadyExistsException', `Table already exists: ${target}`);
        }
        begun.add(target);
        try {
          await tables.copy(source, target, await history.rowsAt(at));
        } finally {
          begun.delete(target);
        }
        return {
          TableDescription: {
            ...(await tables.describe(target)),
            RestoreSummary: {
              SourceTableArn: tables.arnOf(source),
              RestoreDateTime: new AwsTime(at),
              RestoreInProgress: false,
            },
          },
        };
      },
    ),

    DeleteTable: operation({ TableName: table }, async ({ TableName }, { authorize }) => {
      authorize(tables.arnOf(TableName));
      check(TableName);
      const TableDescription = { ...(await tables.describe(TableName)), TableStatus: 'DELETING' };
      if (await tables.remove(TableName)) return { TableDescription };
      throw new AwsError(
        'ValidationException',
        `The table ${TableName} is one of the stack, which Terraform deletes. The local run deletes tables that were restored`,
      );
    }),
  };
}

/** The first whole second of which all is known. */
const earliestOf = ({ since }: TableHistory): number => Math.ceil(since / 1_000) * 1_000;

function restoreTimeOf(
  {
    RestoreDateTime,
    UseLatestRestorableTime = false,
  }: { RestoreDateTime?: number | undefined; UseLatestRestorableTime?: boolean | undefined },
  history: TableHistory,
  now: number,
): number {
  if (UseLatestRestorableTime !== (RestoreDateTime === undefined)) {
    throw new AwsError(
      'ValidationException',
      'One of RestoreDateTime and UseLatestRestorableTime has to be there, and not both',
    );
  }
  if (RestoreDateTime === undefined) return now;
  const at = RestoreDateTime * 1_000;
  const [first, last] = [history.since, now].map((ms) => new Date(ms).toISOString());
  if (at >= history.since && at <= now) return at;
  throw new AwsError(
    'InvalidRestoreTimeException',
    `RestoreDateTime is ${new Date(at).toISOString()}. The local run knows the rows from ${first}, since when it keeps the changes of ` +
      `this table, to ${last}`,
  );
}
