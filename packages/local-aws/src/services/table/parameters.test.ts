import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { makeCaller, makeContext, makePlan } from '../../testing.ts';
import { tableParameters } from './table-parameters.ts';
import { createTables } from './tables.ts';

/** Each parameter of each operation, on a table of orders that have lines. */
const context = makeContext();
const tables = await createTables(
  makePlan({
    aws_dynamodb_table: {
      lines: {
        name: 'Lines',
        hash_key: 'order',
        range_key: 'line',
        attribute: [
          { name: 'order', type: 'S' },
          { name: 'line', type: 'N' },
        ],
      },
      empty: { name: 'Other', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }] },
    },
  }),
  context,
);
const call = makeCaller([tables], context);
afterAll(() => context.state.close());

async function send(operation: string, input: JsonObject): Promise<JsonObject> {
  const { status, output } = await call(`DynamoDB_20120810.${operation}`, input, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
  });
  return status === 200 ? output : { error: String(output.__type).split('#').at(-1) ?? '' };
}

const key = (order: string, line: number): JsonObject => ({ order: { S: order }, line: { N: String(line) } });
const row = (order: string, line: number, sku: string): JsonObject => ({
  ...key(order, line),
  sku: { S: sku },
});
const rows = [row('a', 1, 'pen'), row('a', 2, 'ink'), row('a', 3, 'pen'), row('b', 1, 'cap')] as const;
const [first, second, third] = rows;
beforeEach(async () => {
  for (const Item of rows) await send('PutItem', { TableName: 'Lines', Item });
});

const TableName = 'Lines';
const ofA = { KeyConditionExpression: '#o = :a', ExpressionAttributeNames: { '#o': 'order' } };
const values = (value: string) => ({ ExpressionAttributeValues: { ':a': { S: value } } });
const isInk = {
  ConditionExpression: '#s = :a',
  ExpressionAttributeNames: { '#s': 'sku' },
  ...values('ink'),
};
const refused = { error: 'ConditionalCheckFailedException' };
const oneUnit = { ConsumedCapacity: { TableName, CapacityUnits: 1 } };
const halfUnit = { ConsumedCapacity: { TableName, CapacityUnits: 0.5 } };
const total = { ReturnConsumedCapacity: 'TOTAL' };

type Case = [what: string, operation: string, input: JsonObject, output: JsonObject];

const writes: Case[] = [
  ['a condition that holds', 'PutItem', { TableName, Item: row('a', 2, 'nib'), ...isInk }, {}],
  ['a condition that fails', 'PutItem', { TableName, Item: row('a', 1, 'nib'), ...isInk }, refused],
  [
    'the row that was there',
    'PutItem',
    { TableName, Item: row('a', 1, 'nib'), ReturnValues: 'ALL_OLD' },
    { Attributes: first },
  ],
  ['what it costs', 'PutItem', { TableName, Item: row('a', 1, 'nib'), ...total }, oneUnit],
  [
    'a value of an update',
    'UpdateItem',
    {
      TableName,
      Key: key('a', 1),
      UpdateExpression: 'SET #s = :a',
      ExpressionAttributeNames: { '#s': 'sku' },
      ...values('nib'),
      ReturnValues: 'ALL_NEW',
    },
    { Attributes: row('a', 1, 'nib') },
  ],
  ['a condition of an update', 'UpdateItem', { TableName, Key: key('a', 1), ...isInk }, refused],
  [
    'what an update costs',
    'UpdateItem',
    { TableName, Key: key('a', 1), UpdateExpression: 'REMOVE sku', ...total },
    oneUnit,
  ],
  ['a condition of a removal', 'DeleteItem', { TableName, Key: key('a', 1), ...isInk }, refused],
  [
    'the row that was removed, and its price',
    'DeleteItem',
    { TableName, Key: key('a', 2), ...isInk, ReturnValues: 'ALL_OLD', ...total },
    { Attributes: second, ...oneUnit },
  ],
  [
    'several puts and removals',
    'BatchWriteItem',
    {
      RequestItems: {
        Lines: [{ PutRequest: { Item: row('c', 1, 'nib') } }, { DeleteRequest: { Key: key('c', 2) } }],
      },
      ...total,
    },
    { UnprocessedItems: {}, ConsumedCapacity: [{ TableName, CapacityUnits: 2 }] },
  ],
];

const page = { Count: 1, ScannedCount: 1 };
const reads: Case[] = [
  [
    'some fields of a row, read after all writes',
    'GetItem',
    {
      TableName,
      Key: key('a', 1),
      ConsistentRead: true,
      ProjectionExpression: '#s',
      ExpressionAttributeNames: { '#s': 'sku' },
      ...total,
    },
    { Item: { sku: { S: 'pen' } }, ...oneUnit },
  ],
  [
    'several rows',
    'BatchGetItem',
    { RequestItems: { Lines: { Keys: [key('a', 1), key('x', 1)] } }, ...total },
    {
      Responses: { Lines: [first] },
      UnprocessedKeys: {},
      ConsumedCapacity: [{ TableName, CapacityUnits: 1 }],
    },
  ],
  [
    'the rows of an order, the last one first',
    'Query',
    { TableName, ...ofA, ...values('a'), ScanIndexForward: false },
    { Items: [third, second, first], Count: 3, ScannedCount: 3 },
  ],
  [
    'a page, and where the next one begins',
    'Query',
    { TableName, ...ofA, ...values('a'), Limit: 1 },
    { Items: [first], ...page, LastEvaluatedKey: key('a', 1) },
  ],
  [
    'the next page',
    'Query',
    { TableName, ...ofA, ...values('a'), Limit: 1, ExclusiveStartKey: key('a', 1) },
    { Items: [second], ...page, LastEvaluatedKey: key('a', 2) },
  ],
  [
    'the rows of an order that pass a filter, some of their fields, and the price of a consistent read',
    'Query',
    {
      TableName,
      KeyConditionExpression: '#o = :a',
      FilterExpression: 'sku = :pen',
      ProjectionExpression: 'sku',
      ExpressionAttributeNames: { '#o': 'order' },
      ExpressionAttributeValues: { ':a': { S: 'a' }, ':pen': { S: 'pen' } },
      ConsistentRead: true,
      ...total,
    },
    { Items: [{ sku: { S: 'pen' } }, { sku: { S: 'pen' } }], Count: 2, ScannedCount: 3, ...oneUnit },
  ],
  [
    'the number of rows of an order',
    'Query',
    { TableName, ...ofA, ...values('a'), Select: 'COUNT' },
    { Count: 3, ScannedCount: 3 },
  ],
  [
    'the rows of a table that pass a filter, some of their fields, and the price',
    'Scan',
    {
      TableName,
      FilterExpression: '#s = :a',
      ProjectionExpression: '#s',
      ExpressionAttributeNames: { '#s': 'sku' },
      ...values('cap'),
      ConsistentRead: false,
      ...total,
    },
    { Items: [{ sku: { S: 'cap' } }], Count: 1, ScannedCount: 4, ...halfUnit },
  ],
  ['the number of rows of a table', 'Scan', { TableName, Select: 'COUNT' }, { Count: 4, ScannedCount: 4 }],
];

describe('DynamoDB takes', () => {
  test.each([...writes, ...reads])('%s: %s', async (_, operation, input, output) => {
    await send('DeleteItem', { TableName, Key: key('c', 1) });
    expect(await send(operation, input)).toEqual(output);
  });

  test('a scan in pages and in segments, which have every row once', async () => {
    await send('DeleteItem', { TableName, Key: key('c', 1) });
    const found: unknown[] = [];
    for (const Segment of [0, 1]) {
      let from: JsonObject = {};
      do {
        const input = { TableName, Segment, TotalSegments: 2, Limit: 1, ...from };
        const { Items, LastEvaluatedKey } = await send('Scan', input);
        found.push(...(Items as JsonObject[]));
        from = LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: LastEvaluatedKey };
      } while ('ExclusiveStartKey' in from);
    }
    expect(found).toHaveLength(rows.length);
    expect(found).toEqual(expect.arrayContaining([...rows]));
  });

  test('a list of tables in pages', async () => {
    expect(await send('ListTables', { Limit: 1 })).toEqual({
      TableNames: ['Lines'],
      LastEvaluatedTableName: 'Lines',
    });
    expect(await send('ListTables', { ExclusiveStartTableName: 'Lines' })).toEqual({ TableNames: ['Other'] });
  });
});

test.each([
  ['PutItem', 'Expected'],
  ['Query', 'KeyConditions'],
  ['Query', 'IndexName'],
  ['UpdateItem', 'AttributeUpdates'],
])('%s refuses %s by name', async (operation, parameter) => {
  expect(Object.keys(tableParameters)).toContain(operation);
  expect(await send(operation, { TableName, [parameter]: {} })).toEqual({ error: 'ValidationException' });
});
