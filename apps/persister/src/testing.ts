/** What the tests of the persister share: events in a line, a DynamoDB with the table, and what is written. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, jest } from '@jest/globals';
import { source } from '@orders/events';
import type { Context } from 'aws-lambda';
import dynalite from 'dynalite';

const fixturesDir = resolve(import.meta.dirname, '../../../schemas/fixtures/order-processed');

/** The fixtures of Order Processed, by name. */
export const fixtures = (kind: 'valid' | 'invalid'): [name: string, detail: unknown][] =>
  readdirSync(resolve(fixturesDir, kind)).map((file) => [
    file.replace('.json', '').replaceAll('-', ' '),
    JSON.parse(readFileSync(resolve(fixturesDir, kind, file), 'utf8')),
  ]);

export const order = {
  orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
  category: 'office-supplies',
  location: 'eu-west',
  value: 300,
};

/** Order Processed as the workflow publishes it. */
export const processed = { OrderId: order.orderId, OrderDetails: order };

/** An event as EventBridge delivers it: Order Processed, unless told otherwise. */
export const delivered = (detail: unknown, envelope: object = {}) => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'Order Processed',
  source,
  account: '123456789012',
  time: '2026-11-22T12:00:00Z',
  region: 'eu-west-1',
  resources: [] as string[],
  detail,
  ...envelope,
});

/** Starts a server on a free port of the loopback interface. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function close(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

/** A DynamoDB on this machine that has the table OrderDetails, empty. */
export async function startDynamoDb() {
  const server = dynalite({ createTableMs: 0 });
  const endpoint = await listen(server);
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'OrderDetails',
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    client,
    endpoint,
    async stop() {
      client.destroy();
      await close(server);
    },
  };
}

/** Keeps all that the process itself writes, which is what Lambda takes for the log, until mocks are restored. */
export function captureOutput() {
  let written = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      written += chunk;
      return true;
    });
  }
  return {
    /** What was written so far, each line parsed as the JSON that it must be. */
    lines: () =>
      written
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** What Lambda tells the handler of an invocation. */
export const invocation = (awsRequestId = 'invocation-1') =>
  ({ awsRequestId, functionName: 'orders-persister', memoryLimitInMB: '512' }) as Context;

/** A metric as CloudWatch takes it out of a line, embedded metric format, and the ids that the line has beside it. */
export const metricLine = (metric: string, ids: object) => ({
  ...ids,
  _aws: {
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      { Namespace: 'Orders', Dimensions: [['service']], Metrics: [{ Name: metric, Unit: 'Count' }] },
    ],
  },
  service: 'orders-persister',
  [metric]: 1,
});
