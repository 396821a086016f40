import { AwsError } from '../../aws-error.ts';
import type { Context, Service } from '../../context.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { type Call, type Operation, parameterErrors } from '../../operation.ts';
import { block, type Plan, type Resource } from '../../plan/read-plan.ts';
import type { State } from '../../state/state.ts';
import {
  definitionOf,
  ensureTable,
  keyNamesOf,
  makeTable,
  must,
  rowsOf,
  type TableDefinition,
} from './make-table.ts';
import { plain } from './plain-values.ts';
import { restoreOperations } from './restore-operations.ts';
import { forgetTableHistory, openTableHistory, type TableHistory } from './table-history.ts';
import { tableParameters } from './table-parameters.ts';
import { type WrittenRow, writtenRows } from './written-rows.ts';

/** The DynamoDB tables of the stack: those that the state has, and those that it lacks are made. */
export async function createTables(
  plan: Plan,
  { state, trace, clock }: Pick<Context, 'state' | 'trace' | 'clock'>,
): Promise<Service> {
  const { place } = plan;
  const arnOf = (name: string) => `arn:aws:dynamodb:${place.region}:${place.account}:table/${name}`;
  /** A description with the table's own ARN: dynalite takes region and account from the environment of this process. */
  const withArn = (described: JsonObject): JsonObject => ({
    ...described,
    TableArn: arnOf(String(described.TableName)),
  });
  /** Tables that somebody had restored. They outlive the wiring. */
  const restored = state.collection<TableDefinition>('restored tables');
  const definitions = new Map<string, TableDefinition>();
  const histories = new Map<string, TableHistory>();
  const store = openRows(state);

  for (const table of plan.resources('aws_dynamodb_table')) {
    const definition = definitionOf(table);
    const name = definition.TableName;
    await ensureTable(table, state);
    definitions.set(name, definition);
    const restorableDays = restorableDaysOf(table);
    if (restorableDays > 0) {
      const { read, readAll } = store.of(definition);
      histories.set(name, await openTableHistory(name, { state, clock, read, readAll, restorableDays }));
    } else forgetTableHistory(name, state);
  }
  for (const definition of restored.values()) {
    const { TableName } = definition;
    const there = await state.tables.call('DescribeTable', { TableName });
    if (there.status !== 200)
      await makeTable(definition, state, state.collection<JsonObject>(rowsOf(TableName)).values());
  }
  const find = (name: string) => definitions.get(name) ?? restored.get(name);

  const noteWrite = async ({ table, key, row, isPart }: WrittenRow) => {
    const definition = find(table);
    if (!definition) return;
    const history = histories.get(table);
    // A state on disk has every row as it is after the write, so it is known.
    if (state.durable) {
      const kept = await store.of(definition).keep(key);
      history?.note(key, kept);
    } else if (isPart) history?.touch(key);
    else history?.note(key, row);
  };

  const answer = async (name: string, input: JsonObject, { authorize, flowId, roleArn, request }: Call) => {
    const names = tableNames(input);
    for (const arn of names.length > 0 ? names.map(arnOf) : ['*']) authorize(arn);
    const written = writtenRows(name, input, (table) => {
      const definition = find(table);
      return definition && keyNamesOf(definition);
    });
    for (const { table, key } of written) await histories.get(table)?.before(key);
    const response = await state.tables.send(request).catch((error: unknown) => {
      // dynalite fails for a null where DynamoDB expects a value.
      throw new AwsError(
        'com.amazon.coral.service#SerializationException',
        `The request can't be read: ${error}`,
      );
    });
    if (response.status === 200 && name === 'DescribeTable') {
      const { Table } = JSON.parse(response.body.toString()) as { Table: JsonObject };
      return { Table: withArn(Table) };
    }
    if (response.status !== 200 || written.length === 0) return { response };
    for (const row of written) await noteWrite(row);
    const item = plain(input.Item ?? input.Key) ?? input.RequestItems;
    if (flowId !== undefined)
      trace.record(flowId, {
        kind: 'write',
        table: names.join(', '),
        operation: name,
        item,
        ...(roleArn !== undefined && { roleArn }),
      });
    return { response };
  };

  const restorable = {
    arnOf,
    names: () => [...definitions.keys(), ...restored.keys()],
    historyOf: (name: string) => histories.get(name),
    async copy(source: string, target: string, rows: Iterable<JsonObject>) {
      const definition = { ...(find(source) as TableDefinition), TableName: target };
      const all = [...rows];
      await makeTable(definition, state, all);
      restored.set(target, definition);
      if (!state.durable) return;
      const kept = state.collection<JsonObject>(rowsOf(target));
      for (const row of all) kept.set(JSON.stringify(keyOf(definition, row)), row);
    },
    async remove(name: string) {
      if (definitions.has(name) || !restored.delete(name)) return false;
      state.collection(rowsOf(name)).clear();
      await must(state.tables.call('DeleteTable', { TableName: name }), name);
      return true;
    },
    async describe(TableName: string) {
      const { Table } = await must(state.tables.call('DescribeTable', { TableName }), TableName);
      return withArn(Table as JsonObject);
    },
  };

  return {
    operations: {
      target: 'DynamoDB_20120810',
      action: 'dynamodb',
      errors: parameterErrors('ValidationException'),
      operations: {
        ...Object.fromEntries(
          Object.entries(tableParameters).map(([name, parameters]): [string, Operation] => [
            name,
            { parameters, run: (input, call) => answer(name, input, call) },
          ]),
        ),
        ...restoreOperations(restorable, clock),
      },
    },
    async close() {
      for (const history of histories.values()) await history.close();
    },
  };
}

/** For how many days the stack has the table restored to earlier times; 0 for a table that isn't. */
function restorableDaysOf(table: Resource): number {
  const recovery = block(table, 'point_in_time_recovery', ['enabled', 'recovery_period_in_days']);
  return recovery.enabled === true ? Number(recovery.recovery_period_in_days ?? 35) : 0;
}

const keyOf = (definition: TableDefinition, row: JsonObject): JsonObject =>
  Object.fromEntries(keyNamesOf(definition).map((name) => [name, row[name] ?? null]));

/** The rows of tables as they are, outside of all requests. */
function openRows({ tables, collection }: State) {
  return {
    of(definition: TableDefinition) {
      const { TableName } = definition;
      const read = async (Key: JsonObject): Promise<JsonObject | undefined> => {
        const { Item } = await must(
          tables.call('GetItem', { TableName, Key, ConsistentRead: true }),
          TableName,
        );
        return isObject(Item) ? Item : undefined;
      };
      return {
        read,
        async readAll() {
          const found: { key: JsonObject; row: JsonObject }[] = [];
          let start: JsonObject = {};
          do {
            const page = await must(tables.call('Scan', { TableName, ...start }), TableName);
            const rows = Array.isArray(page.Items) ? page.Items.filter(isObject) : [];
            found.push(...rows.map((row) => ({ key: keyOf(definition, row), row })));
            start = isObject(page.LastEvaluatedKey) ? { ExclusiveStartKey: page.LastEvaluatedKey } : {};
          } while (Object.keys(start).length > 0);
          return found;
        },
        /** Keeps a row as a write left it. */
        async keep(key: JsonObject): Promise<JsonObject | undefined> {
          const rows = collection<JsonObject>(rowsOf(TableName));
          const row = await read(key);
          if (row) rows.set(JSON.stringify(key), row);
          else rows.delete(JSON.stringify(key));
          return row;
        },
      };
    },
  };
}

function tableNames(input: JsonObject): string[] {
  if (typeof input.TableName === 'string') return [input.TableName];
  return isObject(input.RequestItems) ? Object.keys(input.RequestItems) : [];
}
