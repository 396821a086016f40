import { isObject, type JsonObject } from '../../json.ts';
import {
  type Call,
  type Input,
  type Operation,
  operation,
  type ParameterErrors,
  type Parameters,
  readParameters,
} from '../../operation.ts';
import { pageOf } from '../../page.ts';
import type { Queue } from './queue.ts';
import { invalidParameter, missingParameter, simpleQueueError, sqsError } from './sqs-error.ts';

/** SQS's words for the range of some parameters, where they aren't the usual ones. */
const ranges: Readonly<Record<string, (min: number, max: number) => string>> = {
  DelaySeconds: (min, max) => `DelaySeconds must be >= ${min} and <= ${max}`,
  WaitTimeSeconds: (min, max) => `Must be >= ${min} and <= ${max}, if provided`,
};

/** SQS's answers to parameters that it doesn't take. */
export const sqsParameterErrors: ParameterErrors = {
  missing: missingParameter,
  invalid(name, value, allowed, { min, max }) {
    const range = ranges[name];
    const reason =
      min === undefined || max === undefined
        ? `Must be ${allowed}, if provided`
        : (range?.(min, max) ?? `Must be between ${min} and ${max}, if provided`);
    return invalidParameter(
      `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: ${reason}.`,
    );
  },
  unknown: (names, known) =>
    sqsError(
      'UnsupportedOperation',
      `The local run doesn't know the parameter ${names.join(', ')} of this operation. It knows ${known.join(', ')}`,
      'AWS.SimpleQueueService.UnsupportedOperation',
    ),
};

/** SQS's answer to a name or a URL that no queue has. */
export const noSuchQueue = (named: string, queues: readonly Queue[]) =>
  sqsError(
    'QueueDoesNotExist',
    `The specified queue does not exist. The stack has ${queues.map(({ name }) => name).join(', ')}; received ${named}`,
    'AWS.SimpleQueueService.NonExistentQueue',
  );

export const QueueUrl = { type: 'text', required: true } as const;

/** What an operation on a queue does. */
type Act<P extends Parameters> = (queue: Queue, input: Input<P>, call: Call) => object | Promise<object>;

/** Makes operations on the queue of their `QueueUrl`, with further parameters. */
export type OnQueue = <const P extends Parameters>(parameters: P, act: Act<P>) => Operation;

export const createOnQueue =
  (queues: readonly Queue[]): OnQueue =>
  <const P extends Parameters>(parameters: P, act: Act<P>) =>
    operation({ QueueUrl, ...parameters }, (received, call) => {
      const input = received as { QueueUrl: string } & Input<P>;
      // By account and name: a client may call this process by its other name, `localhost`.
      const queue = queues.find(({ url }) => input.QueueUrl.endsWith(new URL(url).pathname));
      if (!queue) throw noSuchQueue(input.QueueUrl, queues);
      call.authorize(queue.arn);
      return act(queue, input, call);
    });

/** What paged operations take. */
export const pageParameters = {
  MaxResults: { type: 'integer', min: 1, max: 1_000 },
  NextToken: { type: 'text' },
} as const;

/**
 * One page of a list, and the token of the next one. As on AWS, there is one page for a caller without MaxResults.
 *
 * @throws {AwsError} for a token that no page gave
 */
export function pageOfResults<T>(
  items: readonly T[],
  { MaxResults = pageParameters.MaxResults.max, NextToken }: Input<typeof pageParameters>,
): { page: readonly T[]; next: { NextToken?: string } } {
  const found = pageOf(items, MaxResults, NextToken);
  if (found)
    return { page: found.page, next: found.nextToken === undefined ? {} : { NextToken: found.nextToken } };
  throw invalidParameter(
    `Value ${NextToken} for parameter NextToken is invalid. It has to come from the page before.`,
  );
}

const entryId = /^[\w-]{1,80}$/;
const maxEntries = 10;

/** An entry of a batch, and what reading it threw. */
export type Entry<P extends Parameters> = { id: string } & ({ input: Input<P> } | { error: unknown });

/**
 * Reads the entries of a batch. A value that SQS doesn't take fails its entry; anything else fails the request.
 *
 * @throws {AwsError}
 */
export function readEntries<const P extends Parameters>(
  received: readonly unknown[],
  parameters: P,
): Entry<P>[] {
  if (received.length === 0) {
    throw simpleQueueError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (received.length > maxEntries) {
    throw simpleQueueError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${maxEntries}. You have sent ${received.length}.`,
    );
  }
  const ids = new Set<string>();
  return received.map((entry) => {
    const { Id, ...others } = isObject(entry) ? entry : ({} as JsonObject);
    if (typeof Id !== 'string' || !entryId.test(Id)) {
      throw simpleQueueError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 ' +
          `letters long. Received ${JSON.stringify(Id)}.`,
      );
    }
    if (ids.has(Id)) throw simpleQueueError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
    const problems: unknown[] = [];
    const errors: ParameterErrors = {
      ...sqsParameterErrors,
      invalid(...what) {
        const error = sqsParameterErrors.invalid(...what);
        problems.push(error);
        return error;
      },
    };
    try {
      return { id: Id, input: readParameters(others, parameters, errors) as Input<P> };
    } catch (error) {
      if (problems.includes(error)) return { id: Id, error };
      throw error;
    }
  });
}
