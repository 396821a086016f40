import { InvalidEventError } from './invalid-event-error.ts';
import { valueAt } from './json-pointer.ts';
import type { Parser } from './parser.ts';
import { unwrap } from './unwrap.ts';
import { describe } from './validate.ts';
import { wrapperOf } from './wrappers.ts';

/** What a function answers to a batch: the records that Lambda delivers again. All others are done. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * A Lambda handler for batches from SQS or Kinesis: it takes the events out of each record, parses them, and calls
 * `handle` for each. A record with an invalid event, and one whose `handle` rejects, is reported as a failure of its own,
 * and logged by `console.error`. So a bad record doesn't bring back the good ones.
 *
 * The records of a standard queue are handled at the same time. Those of a group of a FIFO queue, and those of a shard, are
 * handled one after the other; after a failure, the rest of the group or shard is reported too, because its order counts.
 *
 * The event source mapping needs `FunctionResponseTypes: [ReportBatchItemFailures]`. Without it, Lambda ignores the
 * report, and a failed record is lost.
 *
 * @param parser the parser of the events: `parseOrderPlaced` and its siblings, or `parse` for all of them
 * @param handle gets a typed event and the context of the invocation
 * @throws {InvalidEventError} for what isn't a batch from SQS or Kinesis
 * @example
 * export const handler = onBatch(parseOrderDispatched, async ({ detail }) => console.info(detail.orderId));
 */
export const onBatch =
  <Event, Context>(parser: Parser<Event>, handle: (event: Event, context: Context) => Promise<unknown>) =>
  async (received: unknown, context: Context): Promise<BatchResponse> => {
    const handleOne = async (record: unknown) => {
      for (const event of unwrap(record, parser)) await handle(event, context);
    };
    const failed = await Promise.all(groupsOf(received).map((group) => handleInOrder(group, handleOne)));
    return { batchItemFailures: failed.flat().map(({ id }) => ({ itemIdentifier: id })) };
  };

/** A record of a batch, and the id that Lambda knows it by. */
interface BatchRecord {
  id: string;
  record: unknown;
}

/** @returns the records from the first that failed */
async function handleInOrder(
  group: readonly BatchRecord[],
  handleOne: (record: unknown) => Promise<void>,
): Promise<readonly BatchRecord[]> {
  for (const [index, { id, record }] of group.entries()) {
    try {
      await handleOne(record);
    } catch (error) {
      const after = group.length - index - 1;
      const rest = after > 0 ? `, with ${after} after it, whose order counts` : '';
      console.error(`The record ${id} failed and is reported${rest}:`, error);
      return group.slice(index);
    }
  }
  return [];
}

/** The records whose order counts, together; each of the others alone. */
function groupsOf(received: unknown): BatchRecord[][] {
  const records = valueAt(received, '/Records');
  if (!Array.isArray(records)) throw notABatch('', received);
  const groups = new Map<string, BatchRecord[]>();
  for (const [index, record] of records.entries()) {
    const { id, group } = identify(record) ?? {};
    if (id === undefined) throw notABatch(`/Records/${index}`, record);
    const key = group ?? `alone ${index}`;
    groups.set(key, [...(groups.get(key) ?? []), { id, record }]);
  }
  return [...groups.values()];
}

/** The id of a record, and the name of the group in which its order counts. */
function identify(record: unknown): { id?: string; group?: string | undefined } | undefined {
  const text = (pointer: string) => {
    const value = valueAt(record, pointer);
    return typeof value === 'string' ? value : undefined;
  };
  const sequenceNumber = text('/kinesis/sequenceNumber');
  // A batch has records of one shard, which Lambda delivers again from the first that failed.
  if (sequenceNumber !== undefined) return { id: sequenceNumber, group: 'shard' };
  const messageId = text('/messageId');
  if (messageId === undefined) return undefined;
  const group = text('/attributes/MessageGroupId');
  // A standard queue may have groups too, for fairness, and keeps no order in them.
  const isOrdered = group !== undefined && text('/eventSourceARN')?.endsWith('.fifo');
  return { id: messageId, group: isOrdered ? `group ${group}` : undefined };
}

const notABatch = (path: string, received: unknown) =>
  new InvalidEventError('batch of SQS or Kinesis', [
    {
      path,
      received: wrapperOf(received)?.name ?? describe(received),
      allowed:
        path === ''
          ? 'a batch of records, as Lambda delivers it from SQS or Kinesis; for anything else, use unwrap'
          : 'a record from SQS with its messageId, or from Kinesis with its sequenceNumber; for anything else, use unwrap',
    },
  ]);
