/// <reference path="./dynalite.d.ts" />
import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { startServer } from './server.ts';

/**
 * DynamoDB on this machine, with one empty table whose partition key is a string.
 *
 * @param answers called with the number of each request to the table, from 1. `false` leaves the request without an
 *   answer.
 */
export async function startDynamoDb(
  table: { name: string; partitionKey: string },
  answers: (request: number) => boolean = () => true,
) {
  const database = dynalite({ createTableMs: 0 });
  // The first request is the one that creates the table.
  let requests = -1;
  const server = await startServer(
    createServer((incoming, outgoing) => {
      requests += 1;
      if (requests === 0 || answers(requests)) database.emit('request', incoming, outgoing);
    }),
  );
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
