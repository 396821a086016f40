import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { type OrderStep, type Step, steps } from './order-step.ts';
import { statusTable } from './status-table.ts';
import { startOrderStatus } from './testing.ts';

let dynamoDb: Awaited<ReturnType<typeof startOrderStatus>>;
let client: DynamoDBDocumentClient;
let table: ReturnType<typeof tableOf>;

const tableOf = (client: Parameters<typeof statusTable>[0], name = 'OrderStatus') => {
  const { record, find } = statusTable(client, name);
  const { signal } = new AbortController();
  return {
    record: (step: OrderStep) => record(step, signal),
    find: (orderId: string) => find(orderId, signal),
  };
};

beforeAll(async () => {
  dynamoDb = await startOrderStatus();
  client = DynamoDBDocumentClient.from(dynamoDb.client);
  table = tableOf(client);
});
afterAll(() => dynamoDb.stop());

const ordered = { category: 'office-supplies', location: 'eu-west', value: 19.99 };
const at = (second: number) => `2026-01-31T12:00:0${second}.000Z`;
const step = (orderId: string, name: Step, second = steps.indexOf(name)): OrderStep => ({
  orderId,
  step: name,
  at: at(second),
  ordered,
});

/** Every order of the three steps. */
const orders = steps.flatMap((first) =>
  steps
    .filter((each) => each !== first)
    .map((second) => [first, second, ...steps.filter((each) => each !== first && each !== second)]),
);

describe('the table of statuses', () => {
  test('has no order before its first event', async () => {
    await expect(table.find(v7())).resolves.toBeUndefined();
  });

  test.each(orders)('has the same order in the end when the steps come as %s, %s, %s', async (...names) => {
    const orderId = v7();
    for (const name of names) await expect(table.record(step(orderId, name))).resolves.toBeDefined();
    await expect(table.find(orderId)).resolves.toEqual({
      orderId,
      status: 'dispatched',
      placedAt: at(0),
      processedAt: at(1),
      dispatchedAt: at(2),
      ...ordered,
    });
  });

  test.each(orders)('never goes back to an earlier status, after %s, then %s, then %s', async (...names) => {
    const orderId = v7();
    let furthest = -1;
    for (const name of names) {
      await table.record(step(orderId, name));
      furthest = Math.max(furthest, steps.indexOf(name));
      expect((await table.find(orderId))?.status).toBe(steps[furthest]);
    }
  });

  test.each(steps)('has only the step %s when no other event came', async (name) => {
    const orderId = v7();
    await table.record(step(orderId, name, 5));
    await expect(table.find(orderId)).resolves.toEqual({
      orderId,
      status: name,
      [`${name}At`]: at(5),
      ...ordered,
    });
  });

  test('is not changed by a step that it has', async () => {
    const orderId = v7();
    await table.record(step(orderId, 'placed'));
    const before = await table.find(orderId);
    await expect(table.record(step(orderId, 'placed'))).resolves.toBeUndefined();
    await expect(table.find(orderId)).resolves.toEqual(before);
  });

  test('gives what it had of the order before a step', async () => {
    const orderId = v7();
    await expect(table.record(step(orderId, 'processed'))).resolves.toEqual({});
    await expect(table.record(step(orderId, 'placed'))).resolves.toEqual({
      orderId,
      processedAt: at(1),
      ...ordered,
    });
  });

  test.each([
    ['later', [3, 7]],
    ['earlier', [7, 3]],
  ])(
    'keeps the earliest time of a step that is published again, when the second one is %s',
    async (_, seconds) => {
      const orderId = v7();
      for (const second of seconds) await table.record(step(orderId, 'dispatched', second));
      await expect(table.find(orderId)).resolves.toMatchObject({ dispatchedAt: at(3) });
    },
  );

  test('keeps what was ordered from the first event that came', async () => {
    const orderId = v7();
    await table.record(step(orderId, 'processed'));
    await table.record({ ...step(orderId, 'placed'), ordered: { ...ordered, value: 1 } });
    await expect(table.find(orderId)).resolves.toMatchObject({ placedAt: at(0), value: 19.99 });
  });

  test('records a step once whose answer gets lost: the next attempt is no redelivery', async () => {
    const orderId = v7();
    let attempts = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        attempts += 1;
        if (attempts === 1) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
        return answer;
      },
      { step: 'deserialize', priority: 'low', name: 'loseFirstAnswer' },
    );
    try {
      await expect(table.record(step(orderId, 'placed'))).resolves.toEqual({ orderId, ...ordered });
      expect(attempts).toBe(2);
      await expect(table.record(step(orderId, 'placed'))).resolves.toBeUndefined();
    } finally {
      client.middlewareStack.remove('loseFirstAnswer');
    }
  });

  test('records a step once that comes ten times at once', async () => {
    const orderId = v7();
    const recorded = await Promise.all(
      Array.from({ length: 10 }, () => table.record(step(orderId, 'placed'))),
    );
    expect(recorded.filter(Boolean)).toHaveLength(1);
  });

  test('is read consistently, since an older answer would show a status that goes back', async () => {
    const orderId = v7();
    await table.record(step(orderId, 'placed'));
    const lagging = {
      send: (async (command: GetCommand) =>
        command.input.ConsistentRead ? client.send(command) : {}) as DynamoDBDocumentClient['send'],
    };
    await expect(tableOf(lagging).find(orderId)).resolves.toMatchObject({ status: 'placed' });
  });

  test('stores no status, which would be a second copy of the times', async () => {
    const orderId = v7();
    await table.record(step(orderId, 'placed'));
    const { Item: item } = await client.send(new GetCommand({ TableName: 'OrderStatus', Key: { orderId } }));
    expect(item).toEqual({ orderId, placedAt: at(0), ...ordered });
  });

  test('rejects with the reason if it does not exist', async () => {
    const missing = tableOf(client, 'NoSuchTable');
    await expect(missing.record(step(v7(), 'placed'))).rejects.toThrow(ResourceNotFoundException);
    await expect(missing.find(v7())).rejects.toThrow(ResourceNotFoundException);
  });
});
