import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { dispatchOrder, type Order } from './dispatch-order.ts';
import { OrderConflictError, orderTable } from './order-table.ts';
import { delivered, order, startOrderDetails } from './testing.ts';

let dynamoDb: Awaited<ReturnType<typeof startOrderDetails>>;
let client: DynamoDBDocumentClient;
let table: ReturnType<typeof tableOf>;

const tableOf = (client: Parameters<typeof orderTable>[0], name = 'OrderDetails') => {
  const { store } = orderTable(client, name);
  return { store: (order: Order) => store(order, new AbortController().signal) };
};

beforeAll(async () => {
  dynamoDb = await startOrderDetails();
  client = DynamoDBDocumentClient.from(dynamoDb.client);
  table = tableOf(client);
});
afterAll(() => dynamoDb.stop());

/** An order with a new id, so that no two tests share a row. */
const newOrder = (fields: object = {}) => ({ ...order, orderId: v7(), ...fields });
const rowOf = async (orderId: string) =>
  (await client.send(new GetCommand({ TableName: 'OrderDetails', Key: { orderId } }))).Item;

describe('the table of orders', () => {
  test('has a written order under its id', async () => {
    const written = newOrder();
    await expect(table.store(written)).resolves.toBe(true);
    await expect(rowOf(written.orderId)).resolves.toEqual(written);
  });

  test('is not changed when the same order is written again', async () => {
    const written = newOrder();
    await table.store(written);
    await expect(table.store({ ...written })).resolves.toBe(false);
    await expect(rowOf(written.orderId)).resolves.toEqual(written);
  });

  test('keeps the fields that another writer added when the same order is written again', async () => {
    const row = newOrder({ dispatchedBy: 'van 7' });
    await client.send(new PutCommand({ TableName: 'OrderDetails', Item: row }));
    const { dispatchedBy: _, ...same } = row as typeof row & { dispatchedBy: string };
    await expect(table.store(same)).resolves.toBe(false);
    await expect(rowOf(row.orderId)).resolves.toEqual(row);
  });

  test.each([
    ['category', { category: 'general-supplies' }],
    ['location', { location: 'us-east-1' }],
    ['value', { value: 300.000001 }],
  ])('is not changed by another order under the same id, which differs in %s', async (_, difference) => {
    const written = newOrder();
    const conflicting = { ...written, ...difference };
    await table.store(written);

    const error: unknown = await table.store(conflicting).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(OrderConflictError);
    for (const text of [written.orderId, String(Object.values(difference)[0])]) {
      expect((error as OrderConflictError).message).toContain(text);
    }
    await expect(rowOf(written.orderId)).resolves.toEqual(written);
  });

  test('stores an order once that is written ten times at once', async () => {
    const written = newOrder();
    const results = await Promise.all(Array.from({ length: 10 }, () => table.store(written)));
    expect(results.filter((isNew) => isNew)).toHaveLength(1);
  });

  test('recognizes a row that only a consistent read returns', async () => {
    const written = newOrder();
    await table.store(written);
    // An eventually consistent read may miss a row that was just written.
    const lagging = {
      send: (async (command: GetCommand | PutCommand) =>
        command instanceof GetCommand && !command.input.ConsistentRead
          ? {}
          : client.send(command as GetCommand)) as DynamoDBDocumentClient['send'],
    };
    await expect(tableOf(lagging).store(written)).resolves.toBe(false);
  });

  test.each([0.1 + 0.2, 5_000_000_000, 0.000001, 19.99, 300, 4_999_999_999.999999])(
    'returns the number %d unchanged, and recognizes the order by it',
    async (value) => {
      const written = newOrder({ value });
      await table.store(written);
      await expect(rowOf(written.orderId)).resolves.toEqual(written);
      await expect(table.store(written)).resolves.toBe(false);
    },
  );

  test('rejects with the reason if it does not exist', async () => {
    const missing = tableOf(client, 'NoSuchTable');
    await expect(missing.store(newOrder())).rejects.toThrow(ResourceNotFoundException);
  });

  test('rejects with the reason if the order is too large', async () => {
    const tooLarge = newOrder({ category: 'x'.repeat(500_000) });
    await expect(table.store(tooLarge)).rejects.toThrow('Item size has exceeded the maximum allowed size');
  });

  test('has one row for an event that is delivered five times at once', async () => {
    const event = delivered({ OrderDetails: { ...order, category: 'delivered-five-times' } });
    const published: unknown[] = [];
    const persister = {
      store: table.store,
      publish: async (outgoing: { detail: object }) => [`event-${published.push(outgoing.detail)}`],
      log: { info: () => {}, error: () => {} },
      count: () => {},
    };

    await Promise.all(Array.from({ length: 5 }, () => dispatchOrder(event, persister)));

    const { Items: rows = [] } = await client.send(new ScanCommand({ TableName: 'OrderDetails' }));
    const [row, ...others] = rows.filter(({ category }) => category === 'delivered-five-times');
    expect(others).toEqual([]);
    expect(published).toEqual(Array(5).fill(row));
  });
});
