import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Ordered, type OrderStep, orderedIn, type Step, steps } from './order-step.ts';

/** When an order took each of its steps. A step whose event hasn't come is missing. */
export type StepTimes = { [Each in Step as `${Each}At`]?: string };

/** What the table has of an order: nothing before its first event. */
export type KnownOrder = StepTimes & Partial<Ordered>;

/** An order as its events report it. */
export interface TrackedOrder extends StepTimes, Ordered {
  orderId: string;
  /** The last step that the order has taken. */
  status: Step;
}

/**
 * The table of statuses: partition key `orderId`, and the attributes `placedAt`, `processedAt`, `dispatchedAt`,
 * `category`, `location` and `value`. It doesn't store the status, which follows from the times.
 *
 * Events may come in any order and more than once. Each writes its own attribute only, and the earliest event of a step
 * wins, so the item is the same in the end whatever their order. No attribute is ever removed, so the status never goes
 * back.
 *
 * @param client a document client
 * @param tableName the table's name
 */
export function statusTable(client: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
  return {
    /**
     * Records a step of an order, unless the table has the same step with this or an earlier time.
     *
     * @param abortSignal ends the write; the step may be recorded then, or not
     * @returns what the table had of the order before; undefined if nothing changed
     * @throws {Error} if the table did not answer before the signal; its cause is the reason of the signal
     */
    async record(
      { orderId, step, at, ordered }: OrderStep,
      abortSignal: AbortSignal,
    ): Promise<KnownOrder | undefined> {
      const fields = Object.keys(ordered) as (keyof Ordered)[];
      const update = new UpdateCommand({
        TableName: tableName,
        Key: { orderId },
        UpdateExpression: `SET #at = :at, ${fields.map((field) => `#${field} = if_not_exists(#${field}, :${field})`).join(', ')}`,
        // The same time may be written again: see below.
        ConditionExpression: 'attribute_not_exists(#at) OR #at >= :at',
        ExpressionAttributeNames: {
          '#at': `${step}At`,
          ...Object.fromEntries(fields.map((field) => [`#${field}`, field])),
        },
        ExpressionAttributeValues: {
          ':at': at,
          ...Object.fromEntries(fields.map((field) => [`:${field}`, ordered[field]])),
        },
        ReturnValues: 'ALL_OLD',
      });
      try {
        const { Attributes: before = {}, $metadata } = await client.send(update, { abortSignal });
        const { [`${step}At`]: recordedAt, ...others } = before;
        if (recordedAt !== at) return before;
        // The event comes again, unless it is this call that comes again since the answer to its first attempt got lost.
        return ($metadata.attempts ?? 1) > 1 ? others : undefined;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw inTime(error, abortSignal);
      }
    },

    /**
     * Reads an order. The read is consistent: after an answer, no later one has an earlier status.
     *
     * @param abortSignal ends the read
     * @returns undefined if no event of the order has come
     * @throws {Error} if the table did not answer before the signal; its cause is the reason of the signal
     */
    async find(orderId: string, abortSignal: AbortSignal): Promise<TrackedOrder | undefined> {
      const read = new GetCommand({ TableName: tableName, Key: { orderId }, ConsistentRead: true });
      const { Item: item } = await client.send(read, { abortSignal }).catch((error: unknown) => {
        throw inTime(error, abortSignal);
      });
      return item && toOrder(item as Omit<TrackedOrder, 'status'>);
    },
  };

  /** The SDK says of an abort only that there was one. */
  function inTime(error: unknown, { aborted, reason }: AbortSignal): unknown {
    return aborted ? new Error(`The table "${tableName}" did not answer in time`, { cause: reason }) : error;
  }
}

function toOrder(item: Omit<TrackedOrder, 'status'>): TrackedOrder {
  const { orderId } = item;
  const taken = steps.filter((step) => item[`${step}At`] !== undefined);
  const status = taken.at(-1);
  if (!status) throw new Error(`The item of the order ${orderId} has no step: ${JSON.stringify(item)}`);
  return {
    orderId,
    status,
    ...Object.fromEntries(taken.map((step) => [`${step}At`, item[`${step}At`]])),
    ...orderedIn(item),
  };
}
