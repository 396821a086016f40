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
     * @param abortSignal ends the write; the order may be stored then, or not
     * @returns true if it was written now, false if the table had the same order before
     * @throws {OrderConflictError} if the table has another order under the id
     * @throws {Error} if the table did not answer before the signal; its cause is the reason of the signal
     */
    async store(order: Order, abortSignal: AbortSignal): Promise<boolean> {
      const { orderId } = order;
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: order,
            ConditionExpression: 'attribute_not_exists(orderId)',
          }),
          { abortSignal },
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw inTime(error, abortSignal);
      }

      const read = new GetCommand({ TableName: tableName, Key: { orderId }, ConsistentRead: true });
      const { Item: stored } = await client.send(read, { abortSignal }).catch((error: unknown) => {
        throw inTime(error, abortSignal);
      });
      const same = Object.entries(order).every(([field, value]) => stored?.[field] === value);
      if (!same) throw new OrderConflictError(order, stored);
      return false;
    },
  };

  /** The SDK says of an abort only that there was one. */
  function inTime(error: unknown, { aborted, reason }: AbortSignal): unknown {
    return aborted ? new Error(`The table "${tableName}" did not answer in time`, { cause: reason }) : error;
  }
}
