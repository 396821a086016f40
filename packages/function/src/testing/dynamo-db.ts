/// <reference path="./dynalite.d.ts" />
import { setImmediate } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { startServer } from './server.ts';
import { withoutConnection } from './without-connection.ts';

/**
 * DynamoDB on this machine, with one empty table whose partition key is a string. Calls of `client` take no connection, those of
 * another client with the `endpoint` do.
 */
export async function startDynamoDb(table: { name: string; partitionKey: string }) {
  const dynamoDb = dynalite({ createTableMs: 0 });
  const server = await startServer(dynamoDb);
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...withoutConnection(dynamoDb),
  });
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      AttributeDefinitions: [{ AttributeName: table.partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: table.partitionKey, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  // dynalite answers while the table is still CREATING. Until it is ACTIVE, nobody finds it.
  const status = async () =>
    (await client.send(new DescribeTableCommand({ TableName: table.name }))).Table?.TableStatus;
  while ((await status()) !== 'ACTIVE') await setImmediate();
  return {
    client,
    endpoint: server.endpoint,
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}
