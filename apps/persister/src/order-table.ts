import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Order } from './dispatch-order.ts';

/** Another order is stored under this order's id. */
export class OrderConflictError extends Error {
  override readonly name = 'OrderConflictError';

  /** @param stored the table's row with the order's id */
  constructor(order: Order, stored: unknown) {
    super(
      `Another order is stored already under the id ${order.orderId}: stored is ${JSON.stringify(stored)}, ` +
        `received ${JSON.stringify(order)}. Nothing was changed. The publisher must give each order its own id`,
    );
  }
}

/**
 * The table of orders: partition key `orderId`, attributes `category`, `location`, `value`.
 *
 * @param client a document client
 * @param tableName the table's name
 */
export function orderTable(client: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
  return {
    /**
     * Writes the order unless its id is in the table.
     *
     * @returns true if it was written now, false if the table had the same order before
     * @throws {OrderConflictError} if the table has another order under the id
     */
    async store(order: Order): Promise<boolean> {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: order,
            ConditionExpression: 'attribute_not_exists(orderId)',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }

      const { Item: stored } = await client.send(
        new GetCommand({ TableName: tableName, Key: { orderId: order.orderId }, ConsistentRead: true }),
      );
      const same = Object.entries(order).every(([field, value]) => stored?.[field] === value);
      if (!same) throw new OrderConflictError(order, stored);
      return false;
    },
  };
}
