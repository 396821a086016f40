import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Order } from './dispatch-order.ts';

/** Another order is stored under the id of this one. */
export class OrderConflictError extends Error {
  override readonly name = 'OrderConflictError';

  /** @param stored what the table has under the order's id */
  constructor(order: Order, stored: unknown) {
    super(
      `The order ${order.orderId} is stored already, and differs: stored is ${JSON.stringify(stored)}, ` +
        `received ${JSON.stringify(order)}. A key or id was used for two orders; nothing was changed`,
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
     * @returns whether it was written now; false when the very same order was there before
     * @throws {OrderConflictError} when what is there is another order
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
