/// <reference path="./dynalite.d.ts" />
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { startServer } from './server.ts';

/** DynamoDB on this machine, with one empty table whose partition key is a string. */
export async function startDynamoDb(table: { name: string; partitionKey: string }) {
  const server = await startServer(dynalite({ createTableMs: 0 }));
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      AttributeDefinitions: [{ AttributeName: table.partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: table.partitionKey, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    client,
    endpoint: server.endpoint,
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}
