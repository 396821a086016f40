import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import { failureOf } from '../../failure-of.ts';
import type { JsonValue } from '../../json.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import { createRetriedWork, type WorkItem } from '../../retried-work.ts';
import type { ExhaustedRetryCondition } from '../../retry.ts';
import { shownOf } from '../../trace-entry.ts';
import { isThrottle } from './concurrency.ts';
import { failureRecord } from './failure-record.ts';
import type { AsynchronousConfig } from './function-config.ts';
import { FunctionError } from './function-error.ts';

/** An invocation that nobody waits for. */
export interface AsynchronousInvocation {
  functionArn: string;
  requestId: string;
  payload: JsonValue;
}

/** A function, as far as its asynchronous invocations need it. */
interface Invokable {
  name: string;
  arn: string;
  asynchronous: AsynchronousConfig;
  run: Run;
}

/**
 * Runs the handler of a function once, without a span of its own.
 *
 * @param onOver is called, with what the handler gave, when it is known what an invocation that succeeded has left behind its answer. Its story isn't
 *   complete before that
 */
export type Run = (
  requestId: string,
  payload: unknown,
  flowId: string,
  onOver: (result: unknown) => void,
) => Promise<unknown>;

/** Lambda's pauses before it runs a function again that failed (Lambda developer guide, "Asynchronous invocation"). */
const pausesMs = [60_000, 120_000];

const conditions: Readonly<Record<ExhaustedRetryCondition, string>> = {
  MaximumRetryAttempts: 'RetriesExhausted',
  MaximumEventAgeInSeconds: 'EventAgeExceeded',
};

export interface AsynchronousInvocations {
  /**
   * Begins an invocation.
   *
   * @throws {AwsError} TooManyRequestsException when too many are under way
   */
  begin(invocation: AsynchronousInvocation, flowId: string): void;
  /** Goes on with what was begun before the wiring. */
  resume(): void;
  /** Begins no more attempts. What comes is kept. */
  pause(): void;
  close(): void;
}

/** Runs functions for events that nobody waits for: at least once, with retries, then to the on-failure queue. */
export function createAsynchronousInvocations(
  find: (arn: string) => Invokable | undefined,
  context: Context,
): AsynchronousInvocations {
  const nameOf = ({ functionArn }: AsynchronousInvocation) => find(functionArn)?.name ?? functionArn;

  const countLost = (name: string) =>
    context.metrics.meter(
      'AWS/Lambda',
      dimensionsOf('AWS/Lambda', { function_name: name }),
    )('DestinationDeliveryFailures');

  const work = createRetriedWork<AsynchronousInvocation>(context, {
    items: context.state.collection<WorkItem<AsynchronousInvocation>>('asynchronous invocations'),
    activity: (invocation) => ({
      kind: 'invocation',
      function: nameOf(invocation),
      requestId: invocation.requestId,
      input: shownOf(invocation.payload),
    }),
    describe: (invocation) => `the function ${nameOf(invocation)} for ${idOf(invocation)}`,
    place: (invocation) => placeOf(nameOf(invocation), invocation.payload),
    policy({ functionArn }) {
      const { maxRetries = 0, maxAgeMs = 0 } = find(functionArn)?.asynchronous ?? {};
      return { maxRetries, maxAgeMs, delayMs: (retry) => pausesMs[retry - 1] ?? 120_000 };
    },
    async attempt({ data, flowId }) {
      const target = find(data.functionArn);
      if (!target) throw new FunctionError('ResourceNotFoundException', 'The function is gone');
      const over = Promise.withResolvers<unknown>();
      await target.run(data.requestId, data.payload, flowId, over.resolve);
      return { answer: shownOf(await over.promise) };
    },
    retryOf: (error) => ({
      retry: !(error instanceof FunctionError && error.name === 'ResourceNotFoundException'),
      isThrottle: isThrottle(error),
    }),
    giveUp({ data }, { error, attempts, exhausted = 'MaximumRetryAttempts' }) {
      const record = failureRecord({
        ...data,
        error,
        attempts,
        condition: conditions[exhausted],
        at: context.clock.now(),
      });
      const problem = String(error);
      const config = find(data.functionArn)?.asynchronous;
      const { queue, told } = send(record, config);
      if (queue === undefined && config?.onFailure) countLost(nameOf(data));
      context.onFailure(
        `The function ${nameOf(data)} failed for ${idOf(data)}${attempts > 1 ? ` in ${attempts} attempts` : ''}. ` +
          `${problem}${told}`,
      );
      const { outcome } = failureOf(error);
      return { error: problem, outcome: { ...outcome, ...(queue !== undefined && { queue }) } };
    },
  });

  return {
    begin(invocation, flowId) {
      const { full } = work;
      if (full !== undefined) throw new AwsError('TooManyRequestsException', full);
      work.begin(invocation, flowId);
    },
    resume: work.resume,
    pause: work.pause,
    close: work.close,
  };
}

/** What a function is run for, in words that are the same in each run. */
export function placeOf(functionName: string, payload: unknown): string {
  const { 'detail-type': detailType } = Object(payload) as { 'detail-type'?: unknown };
  return `the function ${functionName}${typeof detailType === 'string' ? ` for ${detailType}` : ''}`;
}

/** What an invocation is about, for people: an event, or the request. */
function idOf({ payload, requestId }: AsynchronousInvocation): string {
  const { id } = Object(payload) as { id?: unknown };
  return typeof id === 'string' ? `the event ${id}` : `the request ${requestId}`;
}

/** Sends the record of a failed invocation to its queue. `told` ends the sentence about the failure. */
function send(record: object, config: AsynchronousConfig | undefined): { queue?: string; told: string } {
  const queue = config?.onFailure;
  if (!queue) return { told: '. The event is lost: the function has no destination for failures' };
  try {
    queue.send(JSON.stringify(record));
    return { queue: queue.name, told: `. The event is in the queue ${queue.name}` };
  } catch (error) {
    return { told: `. The event is lost: the queue ${queue.name} did not take it: ${String(error)}` };
  }
}
