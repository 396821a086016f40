import { setImmediate } from 'node:timers/promises';
import type { HttpResponse } from '../../http.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { State } from '../../state/state.ts';

/** What makes a table, by the parameters of CreateTable. */
export interface TableDefinition {
  TableName: string;
  KeySchema: readonly { AttributeName: string; KeyType: string }[];
  AttributeDefinitions: readonly object[];
  BillingMode: string;
}

/** The names of a table's key. */
export const keyNamesOf = ({ KeySchema }: TableDefinition): string[] =>
  KeySchema.map(({ AttributeName }) => AttributeName);

/** The collection with the rows of a table, where the state is durable. */
export const rowsOf = (tableName: string): string => `rows of ${tableName}`;

/**
 * Makes a table of the stack with the rows that the state has of it, unless it is there.
 *
 * @throws {UnsupportedError} for one that is there with another key
 */
export async function ensureTable(table: Resource, state: State): Promise<void> {
  const wanted = definitionOf(table);
  const there = await state.tables.call('DescribeTable', { TableName: wanted.TableName });
  if (there.status === 200) return refuseOtherKey(table, there, wanted.KeySchema);
  await makeTable(
    wanted,
    state,
    state.collection<JsonObject>(rowsOf(wanted.TableName)).values(),
    table.address,
  );
}

/**
 * Makes a table with these rows.
 *
 * @param what what an error begins with; the name of the table if left out
 */
export async function makeTable(
  definition: TableDefinition,
  { tables }: Pick<State, 'tables'>,
  rows: Iterable<JsonObject>,
  what = definition.TableName,
): Promise<void> {
  const { TableName } = definition;
  await must(tables.call('CreateTable', definition), what);
  // dynalite answers while the table is still CREATING. Until it is ACTIVE, nobody finds it.
  const isActive = ({ body }: HttpResponse) => body.includes('"TableStatus":"ACTIVE"');
  while (!isActive(await tables.call('DescribeTable', { TableName }))) await setImmediate();
  for (const Item of rows) await must(tables.call('PutItem', { TableName, Item }), what);
}

/** The answer to a request of our own, which has to succeed. */
export async function must(sent: Promise<HttpResponse>, what: string): Promise<JsonObject> {
  const { status, body } = await sent;
  if (status !== 200) throw new Error(`${what}: ${body.toString()}`);
  return JSON.parse(body.toString()) as JsonObject;
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

/** A table of the stack. */
export function definitionOf(table: Resource): TableDefinition {
  const { hash_key: hash, range_key: range, attribute } = table.attributes;
  const keys = [
    { AttributeName: String(hash), KeyType: 'HASH' },
    ...(range ? [{ AttributeName: String(range), KeyType: 'RANGE' }] : []),
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
