import { setImmediate } from 'node:timers/promises';
import { AwsError } from '../aws-error.ts';
import type { Context, Service } from '../context.ts';
import type { HttpResponse } from '../http.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { type Call, type Operation, type Parameters, parameterErrors } from '../operation.ts';
import { type Plan, type Resource, text } from '../plan/read-plan.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import type { State } from '../state/state.ts';

/** The DynamoDB tables of the stack: those that the state has, and those that it lacks are made. */
export async function createTables(
  plan: Plan,
  { state, trace }: Pick<Context, 'state' | 'trace'>,
): Promise<Service> {
  const tables = plan.resources('aws_dynamodb_table');
  const arnOf = (name: string) =>
    tables.find((table) => text(table, 'name') === name)?.attributes.arn ??
    `arn:aws:dynamodb:${plan.place.region}:${plan.place.account}:table/${name}`;

  for (const table of tables) await ensureTable(table, state);
  const keep = state.durable ? rowKeeper(tables, state) : async () => {};

  const answer = async (name: string, input: JsonObject, { authorize, flowId, roleArn, request }: Call) => {
    const names = tableNames(input);
    for (const arn of names.length > 0 ? names.map(arnOf) : ['*']) authorize(String(arn));
    const response = await state.tables.send(request).catch((error: unknown) => {
      // dynalite fails for a null where DynamoDB expects a value.
      throw new AwsError(
        'com.amazon.coral.service#SerializationException',
        `The request can't be read: ${error}`,
      );
    });
    if (response.status === 200 && writes.has(name)) {
      await keep(input);
      const item = plain(input.Item ?? input.Key) ?? input.RequestItems;
      if (flowId !== undefined)
        trace.record(flowId, {
          kind: 'write',
          table: names.join(', '),
          operation: name,
          item,
          ...(roleArn !== undefined && { roleArn }),
        });
    }
    return { response };
  };

  return {
    operations: {
      target: 'DynamoDB_20120810',
      action: 'dynamodb',
      errors: parameterErrors('ValidationException'),
      operations: Object.fromEntries(
        Object.entries(tableParameters).map(([name, parameters]): [string, Operation] => [
          name,
          { parameters, run: (input, call) => answer(name, input, call) },
        ]),
      ),
    },
  };
}

/** DynamoDB reads its parameters by itself: here they are known by name only. */
const named = (names: string): Parameters =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, { type: 'any' }]));

const condition = 'ConditionExpression ExpressionAttributeNames ExpressionAttributeValues';
const returned = 'ReturnValues ReturnConsumedCapacity';
const read = 'ProjectionExpression ExpressionAttributeNames ReturnConsumedCapacity';
const search = 'Select Limit ExclusiveStartKey FilterExpression ExpressionAttributeValues ConsistentRead';

/**
 * What the local run takes of DynamoDB: what dynalite knows, less what is the stack's to do (other operations end its
 * process), less the parameters that DynamoDB calls legacy, and those of indexes, which no table has here.
 */
export const tableParameters = {
  PutItem: named(`TableName Item ${condition} ${returned}`),
  UpdateItem: named(`TableName Key UpdateExpression ${condition} ${returned}`),
  DeleteItem: named(`TableName Key ${condition} ${returned}`),
  BatchWriteItem: named('RequestItems ReturnConsumedCapacity'),
  GetItem: named(`TableName Key ConsistentRead ${read}`),
  BatchGetItem: named('RequestItems ReturnConsumedCapacity'),
  Query: named(`TableName KeyConditionExpression ScanIndexForward ${search} ${read}`),
  Scan: named(`TableName Segment TotalSegments ${search} ${read}`),
  DescribeTable: named('TableName'),
  ListTables: named('Limit ExclusiveStartTableName'),
} satisfies Record<string, Parameters>;

const writes: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

async function ensureTable(table: Resource, state: State): Promise<void> {
  const name = text(table, 'name');
  const describe = () => state.tables.call('DescribeTable', { TableName: name });
  const wanted = createTableInput(table);
  const there = await describe();
  if (there.status === 200) return refuseOtherKey(table, there, wanted.KeySchema);
  await must(state.tables.call('CreateTable', wanted), table.address);
  // dynalite answers while the table is still CREATING. Until it is ACTIVE, nobody finds it.
  const isActive = ({ body }: HttpResponse) => body.includes('"TableStatus":"ACTIVE"');
  while (!isActive(await describe())) await setImmediate();
  for (const Item of state.collection<JsonObject>(rowsOf(name)).values()) {
    await must(state.tables.call('PutItem', { TableName: name, Item }), table.address);
  }
}

const rowsOf = (tableName: string) => `rows of ${tableName}`;

async function must(sent: Promise<HttpResponse>, what: string): Promise<JsonObject> {
  const { status, body } = await sent;
  if (status !== 200) throw new Error(`${what}: ${body.toString()}`);
  return JSON.parse(body.toString()) as JsonObject;
}

/** Keeps the rows that a write left, each as it is after the write. */
function rowKeeper(tables: readonly Resource[], { tables: store, collection }: State) {
  const keyNames = new Map(
    tables.map((table) => [
      text(table, 'name'),
      [table.attributes.hash_key, table.attributes.range_key].filter((name) => typeof name === 'string'),
    ]),
  );
  const keepRow = async (TableName: string, item: JsonValue | undefined) => {
    const names = keyNames.get(TableName);
    if (!names || !isObject(item)) return;
    const Key = Object.fromEntries(names.map((name) => [name, item[name] ?? null]));
    const got = await must(store.call('GetItem', { TableName, Key, ConsistentRead: true }), TableName);
    const rows = collection<JsonObject>(rowsOf(TableName));
    const id = JSON.stringify(Key);
    if (isObject(got.Item)) rows.set(id, got.Item);
    else rows.delete(id);
  };
  return async (input: JsonObject): Promise<void> => {
    if (typeof input.TableName === 'string') return keepRow(input.TableName, input.Item ?? input.Key);
    for (const [name, requests] of Object.entries(isObject(input.RequestItems) ? input.RequestItems : {})) {
      for (const request of Array.isArray(requests) ? requests.filter(isObject) : []) {
        const [put, remove] = [request.PutRequest, request.DeleteRequest];
        await keepRow(name, isObject(put) ? put.Item : isObject(remove) ? remove.Key : undefined);
      }
    }
  };
}

/** A table whose rows are there can't get another key. */
function refuseOtherKey({ address }: Resource, there: HttpResponse, wanted: unknown): void {
  const { Table } = JSON.parse(there.body.toString()) as { Table: { KeySchema: unknown } };
  if (JSON.stringify(Table.KeySchema) === JSON.stringify(wanted)) return;
  throw new UnsupportedError(
    `${address}: its key is ${JSON.stringify(wanted)}, and that of the table that is there ${JSON.stringify(Table.KeySchema)}. ` +
      'Terraform would replace the table, and its rows would be gone: start again, without the state that is kept',
  );
}

function createTableInput(table: Resource) {
  const { hash_key: hash, range_key: range, attribute } = table.attributes;
  const keys = [
    { AttributeName: hash, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
  ];
  const attributes = (Array.isArray(attribute) ? attribute : [attribute]).filter(
    (item) => item !== undefined,
  );
  return {
    TableName: text(table, 'name'),
    KeySchema: keys,
    AttributeDefinitions: attributes
      .filter(isObject)
      .map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    BillingMode: 'PAY_PER_REQUEST',
  };
}

function tableNames(input: JsonObject): string[] {
  if (typeof input.TableName === 'string') return [input.TableName];
  return isObject(input.RequestItems) ? Object.keys(input.RequestItems) : [];
}

/** DynamoDB's typed values as plain ones, for reading: `{ S: 'a' }` is `'a'`. */
const plain = (item: unknown): unknown =>
  isObject(item)
    ? Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))
    : item;

function plainValue(value: unknown): unknown {
  const [type, content] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  if (type === 'N') return Number(content);
  if (type === 'NULL') return null;
  if (type === 'M') return plain(content);
  if (type === 'L' && Array.isArray(content)) return content.map(plainValue);
  if (type === 'NS' && Array.isArray(content)) return content.map(Number);
  return content;
}
