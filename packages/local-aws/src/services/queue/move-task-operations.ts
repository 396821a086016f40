import { isObject } from '../../json.ts';
import { type Operation, operation } from '../../operation.ts';
import type { MoveTask, MoveTasks } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { sourcesOf } from './queue-operations.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

const notFound = (message: string) => sqsError('ResourceNotFoundException', message, undefined, 404);
const SourceArn = { type: 'text', required: true } as const;

/** The operations of SQS that send the messages of a dead-letter queue again. */
export const moveTaskOperations = (queues: readonly Queue[], tasks: MoveTasks): Record<string, Operation> => {
  const queueOf = (parameter: string, arn: string): Queue => {
    const queue = queues.find((candidate) => candidate.arn === arn);
    if (queue) return queue;
    throw notFound(
      `The resource that you specified for the ${parameter} parameter doesn't exist. Received ${arn}; the stack has ` +
        queues.map((known) => known.arn).join(', '),
    );
  };

  return {
    StartMessageMoveTask: operation(
      {
        SourceArn,
        DestinationArn: { type: 'text' },
        MaxNumberOfMessagesPerSecond: { type: 'integer', min: 1, max: 500 },
      },
      (
        { SourceArn: sourceArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond },
        { authorize },
      ) => {
        const source = queueOf('SourceArn', sourceArn);
        for (const action of [
          'StartMessageMoveTask',
          'ReceiveMessage',
          'DeleteMessage',
          'GetQueueAttributes',
        ]) {
          authorize(source.arn, action);
        }
        const sources = sourcesOf(source, queues);
        if (sources.length === 0) {
          throw invalidParameter(
            'Source queue must be configured as a Dead Letter Queue. ' +
              `No queue of the stack has a redrive_policy with ${sourceArn}. A dead-letter queue of a rule or of a ` +
              'function is redriven by what it holds.',
          );
        }
        const destination =
          destinationArn === undefined ? undefined : queueOf('DestinationArn', destinationArn);
        for (const { arn } of destination ? [destination] : sources) authorize(arn, 'SendMessage');
        if (destination === source) {
          throw invalidParameter(`Source queue and destination queue must differ. Both are ${sourceArn}.`);
        }
        if (tasks.ofSource(sourceArn).some(({ status }) => status === 'RUNNING')) {
          throw invalidParameter(
            'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
          );
        }
        const maxPerSecond = MaxNumberOfMessagesPerSecond;
        return { TaskHandle: handleOf(tasks.start(source, { destinationArn, maxPerSecond })) };
      },
    ),

    ListMessageMoveTasks: operation(
      { SourceArn, MaxResults: { type: 'integer', min: 1, max: 10 } },
      ({ SourceArn: sourceArn, MaxResults = 1 }, { authorize }) => {
        authorize(queueOf('SourceArn', sourceArn).arn);
        return { Results: tasks.ofSource(sourceArn).slice(0, MaxResults).map(toResult) };
      },
    ),

    CancelMessageMoveTask: operation(
      { TaskHandle: { type: 'text', required: true } },
      ({ TaskHandle }, { authorize }) => {
        const { taskId, sourceArn } = readHandle(TaskHandle);
        authorize(queueOf('SourceArn', sourceArn).arn);
        const task = tasks.find(taskId);
        if (task?.sourceArn !== sourceArn) throw notFound('Task does not exist.');
        if (task.status !== 'RUNNING') {
          throw invalidParameter(`Only a task that runs can be cancelled. This one is ${task.status}.`);
        }
        return { ApproximateNumberOfMessagesMoved: tasks.cancel(task).moved };
      },
    ),
  };
};

const toResult = (task: MoveTask): object => ({
  ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
  Status: task.status,
  SourceArn: task.sourceArn,
  ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
  ...(task.maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
  StartedTimestamp: task.startedAt,
});

/** A handle as SQS makes it: JSON in base64. */
const handleOf = ({ id, sourceArn }: MoveTask) =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');

function readHandle(handle: string): { taskId: string; sourceArn: string } {
  try {
    const read: unknown = JSON.parse(Buffer.from(handle, 'base64').toString());
    const { taskId, sourceArn } = isObject(read) ? read : {};
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // Reported below, as everything else that isn't a handle.
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}
