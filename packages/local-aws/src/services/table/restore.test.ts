import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  RestoreTableToPointInTimeCommand,
  type RestoreTableToPointInTimeCommandInput,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Service } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { type LocalServer, listen } from '../../server.ts';
import { createDiskState } from '../../state/disk-state.ts';
import { createState, type State } from '../../state/state.ts';
import { arnOf, FakeClock, makeContext, makePlan, sdkConfig, serveAws } from '../../testing.ts';
import { openTableHistory } from './table-history.ts';
import { createTables } from './tables.ts';

const table = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  hash_key: 'id',
  attribute: [{ name: 'id', type: 'S' }],
  ...more,
});
const planOf = (recovery: JsonObject) =>
  makePlan({
    aws_dynamodb_table: {
      orders: table('Orders', { point_in_time_recovery: recovery }),
      other: table('Other'),
    },
  });

let server: LocalServer;
let client: DynamoDBClient;
let clock: FakeClock;
let state: State;
let tables: Service;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  client = new DynamoDBClient({ ...sdkConfig(server), maxAttempts: 1 });
  clock = new FakeClock();
  state = createState();
  await wire();
});
afterEach(async () => {
  client.destroy();
  await state.close();
  await server.close();
});
async function wire(recovery: JsonObject = { enabled: true }): Promise<void> {
  await tables?.close?.();
  const context = makeContext({ clock, state });
  tables = await createTables(planOf(recovery), context);
  serveAws(server, [tables], context);
}

const put = (id: string, value: string, TableName = 'Orders') =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, value: { S: value } } }));
const update = (id: string, value: string) =>
  client.send(
    new UpdateItemCommand({
      TableName: 'Orders',
      Key: { id: { S: id } },
      UpdateExpression: 'SET #v = :v',
      ExpressionAttributeNames: { '#v': 'value' },
      ExpressionAttributeValues: { ':v': { S: value } },
    }),
  );
const restore = (at: number | undefined, more: Partial<RestoreTableToPointInTimeCommandInput> = {}) =>
  client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: 'Orders',
      TargetTableName: 'Restored',
      ...(at !== undefined && { RestoreDateTime: new Date(at) }),
      ...more,
    }),
  );
const rowsOf = async (TableName: string) => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  return Object.fromEntries(Items.map(({ id, value }) => [id?.S, value?.S]));
};
const describeBackups = async (TableName: string) =>
  (await client.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
    ?.PointInTimeRecoveryDescription;
/** Moves on by a second, and gives the time before. */
const later = (): number => {
  const at = clock.now();
  clock.advance(1_000);
  return at;
};

describe('a restored table', () => {
  test('has the rows of that time: those that were put, changed, and not yet removed', async () => {
    await put('kept', 'first');
    await put('removed', 'first');
    await put('changed', 'first');
    const before = later();
    await client.send(new DeleteItemCommand({ TableName: 'Orders', Key: { id: { S: 'removed' } } }));
    await put('changed', 'second');
    await update('updated', 'first');
    const between = later();
    await update('updated', 'second');
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          Orders: [
            { PutRequest: { Item: { id: { S: 'batched' }, value: { S: 'first' } } } },
            { DeleteRequest: { Key: { id: { S: 'kept' } } } },
          ],
        },
      }),
    );
    later();

    await restore(before, { TargetTableName: 'Before' });
    await restore(between, { TargetTableName: 'Between' });
    expect(await rowsOf('Before')).toEqual({ kept: 'first', removed: 'first', changed: 'first' });
    expect(await rowsOf('Between')).toEqual({ kept: 'first', changed: 'second', updated: 'first' });
    expect(await rowsOf('Orders')).toEqual({ changed: 'second', updated: 'second', batched: 'first' });
  });

  test('has the rows of now, if that is asked for', async () => {
    await put('a', 'first');
    await update('a', 'second');
    const { TableDescription } = await restore(undefined, { UseLatestRestorableTime: true });
    expect(TableDescription).toMatchObject({
      TableName: 'Restored',
      RestoreSummary: { RestoreInProgress: false, RestoreDateTime: new Date(clock.now()) },
    });
    expect(await rowsOf('Restored')).toEqual({ a: 'second' });
  });

  test('is a table like the first one, and is deleted like one', async () => {
    await restore(undefined, { UseLatestRestorableTime: true });
    await put('a', 'first', 'Restored');
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Restored' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: arnOf('dynamodb', 'table/Restored'),
      KeySchema: [{ AttributeName: 'id' }],
    });
    await client.send(new DeleteTableCommand({ TableName: 'Restored' }));
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toEqual(['Orders', 'Other']);
  });

  test('is there after the stack was swapped, and so are the times before', async () => {
    await put('a', 'first');
    const before = later();
    await update('a', 'second');
    await restore(undefined, { UseLatestRestorableTime: true });
    const between = later();
    await wire();
    await put('a', 'third');
    expect(await rowsOf('Restored')).toEqual({ a: 'second' });
    await restore(before, { TargetTableName: 'Before' });
    await restore(between, { TargetTableName: 'Between' });
    expect([await rowsOf('Before'), await rowsOf('Between')]).toEqual([{ a: 'first' }, { a: 'second' }]);
  });

  test('is there after a restart with the folder of the state, and so are the times before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orders-restore-'));
    try {
      const open = async () => {
        await state.close();
        state = createDiskState(folder, 'small');
        await wire();
      };
      await open();
      await put('a', 'first');
      const before = later();
      await update('a', 'second');
      await restore(undefined, { UseLatestRestorableTime: true });
      await put('b', 'first', 'Restored');
      await open();
      expect(await rowsOf('Restored')).toEqual({ a: 'second', b: 'first' });
      await restore(before, { TargetTableName: 'Before' });
      expect(await rowsOf('Before')).toEqual({ a: 'first' });
      await client.send(new DeleteTableCommand({ TableName: 'Restored' }));
      await open();
      const { TableNames } = await client.send(new ListTablesCommand({}));
      expect(TableNames).toEqual(['Before', 'Orders', 'Other']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a restore is refused', () => {
  test('to a time before the table was there, or that is still to come, with the times that are known', async () => {
    const since = clock.now();
    later();
    for (const at of [since - 1_000, clock.now() + 1_000]) {
      await expect(restore(at)).rejects.toMatchObject({
        name: 'InvalidRestoreTimeException',
        message: expect.stringContaining(
          `knows the rows from ${new Date(since).toISOString()}, since when it keeps the changes of this table, to ` +
            new Date(clock.now()).toISOString(),
        ),
      });
    }
  });

  test('of a table that the stack has without point in time recovery, or does not have', async () => {
    const latest = { UseLatestRestorableTime: true };
    await expect(restore(undefined, { ...latest, SourceTableName: 'Other' })).rejects.toMatchObject({
      name: 'PointInTimeRecoveryUnavailableException',
    });
    await expect(restore(undefined, { ...latest, SourceTableName: 'None' })).rejects.toMatchObject({
      name: 'TableNotFoundException',
      message: expect.stringContaining('There are Orders, Other'),
    });
  });

  test('into a table that is there, and without one time', async () => {
    const latest = { UseLatestRestorableTime: true };
    await expect(restore(undefined, { ...latest, TargetTableName: 'Other' })).rejects.toMatchObject({
      name: 'TableAlreadyExistsException',
    });
    const twice = await Promise.allSettled([restore(undefined, latest), restore(undefined, latest)]);
    const [first, ...others] = twice.sort((a, b) => (a.status < b.status ? -1 : 1));
    expect(first?.status).toBe('fulfilled');
    expect(others).toMatchObject([{ reason: { name: 'TableAlreadyExistsException' } }]);
    await expect(restore(undefined)).rejects.toThrow(/One of RestoreDateTime and UseLatestRestorableTime/);
    await expect(restore(clock.now(), latest)).rejects.toThrow(/and not both/);
  });

  test('into a table whose name DynamoDB does not take', async () => {
    for (const TargetTableName of ['ab', 'a b c', 'a'.repeat(256)]) {
      await expect(
        restore(undefined, { UseLatestRestorableTime: true, TargetTableName }),
      ).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('It has to have 3 to 255'),
      });
    }
  });

  test('to what was before a stack without point in time recovery', async () => {
    await put('a', 'first');
    const before = later();
    await wire({ enabled: false });
    await wire();
    await expect(restore(before)).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' });
    await restore(undefined, { UseLatestRestorableTime: true });
    expect(await rowsOf('Restored')).toEqual({ a: 'first' });
  });
});

test('DescribeContinuousBackups says from when to when a table can be restored', async () => {
  const since = later();
  expect(await describeBackups('Orders')).toEqual({
    PointInTimeRecoveryStatus: 'ENABLED',
    EarliestRestorableDateTime: new Date(since),
    LatestRestorableDateTime: new Date(clock.now()),
  });
  expect(await describeBackups('Other')).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
});

test.each([
  [35, { enabled: true }],
  [2, { enabled: true, recovery_period_in_days: 2 }],
])('a table is restored up to %i days back, as %j has it', async (days, recovery) => {
  await wire(recovery);
  await put('kept', 'first');
  const dayMs = 24 * 60 * 60 * 1_000;
  const at = later();
  clock.advance(days * dayMs - 1_000);
  expect((await describeBackups('Orders'))?.EarliestRestorableDateTime).toEqual(new Date(at));
  await restore(at);
  expect(await rowsOf('Restored')).toEqual({ kept: 'first' });
  clock.advance(1_000);
  await expect(restore(at, { TargetTableName: 'Again' })).rejects.toMatchObject({
    name: 'InvalidRestoreTimeException',
  });
});

test('a table of the stack is not deleted', async () => {
  await expect(client.send(new DeleteTableCommand({ TableName: 'Orders' }))).rejects.toThrow(
    /The table Orders is one of the stack, which Terraform deletes/,
  );
});

test('a history keeps so many changes: the times before the oldest one are forgotten, and no row is', async () => {
  const parts = {
    state,
    clock,
    restorableDays: 35,
    maxChanges: 2,
    read: async () => undefined,
    readAll: async () => [],
  };
  const history = await openTableHistory('T', parts);
  const row = (id: string): JsonObject => ({ id: { S: id } });
  const times = ['a', 'b', 'c', 'd'].map((id) => {
    history.note(row(id), row(id));
    return later();
  });
  expect(history.since).toBe(times[1]);
  const ids = async (at: number | undefined) =>
    (await history.rowsAt(at ?? 0)).map(({ id }) => (id as { S: string }).S);
  expect(await ids(times[1])).toEqual(['a', 'b']);
  expect(await ids(times[3])).toEqual(['a', 'b', 'c', 'd']);
});
