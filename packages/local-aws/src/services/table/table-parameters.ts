import type { Parameters } from '../../operation.ts';

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
