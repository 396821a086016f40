import { aws } from './ask.ts';

/** The tables look whether a request is signed, and not by whom. */
const signature = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
};
const dynamoDb = <T>(operation: string, input: object) =>
  aws<T>(`DynamoDB_20120810.${operation}`, input, signature);

type AttributeValue = Record<string, unknown>;

/**
 * A row as it is now.
 *
 * @param item a row, or the key of one
 * @returns undefined for a row that isn't there any more, and for an item that isn't one row
 */
export async function readRow(TableName: string, item: object): Promise<unknown> {
  const { Table } = await dynamoDb<{
    Table: {
      KeySchema: { AttributeName: string }[];
      AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
    };
  }>('DescribeTable', { TableName });
  const typeOf = new Map(
    Table.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const values = new Map(Object.entries(item));
  const key = Table.KeySchema.map(({ AttributeName: name }) => [
    name,
    { [typeOf.get(name) ?? 'S']: String(values.get(name)) },
  ]);
  const { Item } = await dynamoDb<{ Item?: Record<string, AttributeValue> }>('GetItem', {
    TableName,
    Key: Object.fromEntries(key),
    ConsistentRead: true,
  });
  return Item && Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, plain(value)]));
}

/** A value of DynamoDB as a value of JSON. */
function plain(value: AttributeValue): unknown {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  if (type === 'NULL') return null;
  if (type === 'N') return Number(content);
  if (type === 'L') return (content as AttributeValue[]).map(plain);
  if (type !== 'M') return content;
  const fields = Object.entries(content as Record<string, AttributeValue>);
  return Object.fromEntries(fields.map(([name, each]) => [name, plain(each)]));
}
