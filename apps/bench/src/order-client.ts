import { Agent, request } from 'node:http';
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

/** Where the system runs: everything that is measured goes through these public interfaces. */
export interface Target {
  /** What answers AWS SDKs: `http://127.0.0.1:4000`. */
  endpoint: string;
  /** The Host header of requests to the API; that of the endpoint if left out. */
  host?: string;
  /** The path of the API's stage: `/dev`. */
  stage: string;
}

/** What orders are asked of: their row, and whether Order Dispatched has reached the tracker. */
export type Place = 'row' | 'dispatched';

const places = {
  row: { table: 'OrderDetails', attribute: 'orderId' },
  dispatched: { table: 'OrderStatus', attribute: 'dispatchedAt' },
} as const;

export type OrderClient = ReturnType<typeof createOrderClient>;

/** Places orders, and looks where they are, as any client of the system could. */
export function createOrderClient({ endpoint, host, stage }: Target) {
  const agent = new Agent({ keepAlive: true });
  const dynamoDb = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { hostname, port, host: ownHost } = new URL(endpoint);
  let count = 0;

  const place = (): Promise<string> =>
    new Promise((resolve, reject) => {
      count += 1;
      const body = JSON.stringify({ category: 'office-supplies', location: 'eu-west-1', value: count });
      const headers = {
        host: host ?? ownHost,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const path = `${stage}/orders`;
      const sent = request({ agent, hostname, port, path, method: 'POST', headers }, async (response) => {
        try {
          let text = '';
          for await (const chunk of response.setEncoding('utf8')) text += chunk;
          if (response.statusCode === 202) resolve((JSON.parse(text) as { orderId: string }).orderId);
          else
            reject(new Error(`POST ${path} got ${response.statusCode} in the place of 202: ${text.trim()}`));
        } catch (error) {
          reject(error);
        }
      });
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    /** Places an order of the EU, each of another value. @returns its id, once it is accepted */
    place,

    /** Whether an order is at a place. */
    async isAt(where: Place, orderId: string): Promise<boolean> {
      const { table, attribute } = places[where];
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: table, Key: { orderId: { S: orderId } } }),
      );
      return Item?.[attribute] !== undefined;
    },

    /** Those of some orders that are at a place; 100 at most are asked for. */
    async areAt(where: Place, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
      const { table, attribute } = places[where];
      const Keys = orderIds.map((orderId) => ({ orderId: { S: orderId } }));
      const { Responses } = await dynamoDb.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }),
      );
      const items = Responses?.[table] ?? [];
      return new Set(items.flatMap((item) => (item[attribute] === undefined ? [] : (item.orderId?.S ?? []))));
    },

    close() {
      agent.destroy();
      dynamoDb.destroy();
    },
  };
}
