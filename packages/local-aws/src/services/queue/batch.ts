import { AwsError } from '../../aws-error.ts';
import type { Call, Input, Operation, Parameters } from '../../operation.ts';
import type { Queue } from './queue.ts';
import { type OnQueue, readEntries } from './sqs-request.ts';

/** What a batch does with each entry, and how it checks all of them first. */
interface Batch<P extends Parameters> {
  /** The permission of the operation on a single message, which AWS asks for here, too. */
  action: string;
  entry: P;
  /** @throws {AwsError} for a batch that fails as a whole */
  check?(entries: readonly Input<P>[]): void;
  /** @throws {AwsError} for an entry that fails by itself */
  act(queue: Queue, input: Input<P>, call: Call): object;
}

/** Makes an operation on several messages: it answers for each of them. */
export const batch = <const P extends Parameters>(
  onQueue: OnQueue,
  { action, entry, check, act }: Batch<P>,
): Operation => ({
  action,
  ...onQueue(
    { Entries: { type: 'list', required: true, items: { Id: { type: 'text', required: true }, ...entry } } },
    (queue, { Entries }, call) => {
      const entries = readEntries(Entries, entry);
      check?.(entries.flatMap((read) => ('input' in read ? [read.input] : [])));
      const successful: object[] = [];
      const failed: object[] = [];
      for (const read of entries) {
        try {
          if ('error' in read) throw read.error;
          successful.push({ Id: read.id, ...act(queue, read.input, call) });
        } catch (error) {
          failed.push({ Id: read.id, ...failure(error) });
        }
      }
      return {
        ...(successful.length > 0 && { Successful: successful }),
        ...(failed.length > 0 && { Failed: failed }),
      };
    },
  ),
});

function failure(error: unknown): object {
  if (!(error instanceof AwsError)) throw error;
  return {
    Code: error.queryCode ?? error.name,
    // As SQS words it for an entry.
    Message: error.message.replace(
      'One or more parameters are invalid.',
      'One or more parameters cannot be validated.',
    ),
    SenderFault: true,
  };
}
