import type { ServiceOperations } from '../../operation.ts';
import { messageOperations } from './message-operations.ts';
import { moveTaskOperations } from './move-task-operations.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { queueOperations } from './queue-operations.ts';
import { createOnQueue, sqsParameterErrors } from './sqs-request.ts';

/** The operations of SQS on these queues. */
export function sqsOperations(queues: readonly Queue[], tasks: MoveTasks): ServiceOperations {
  const onQueue = createOnQueue(queues);
  return {
    target: 'AmazonSQS',
    action: 'sqs',
    errors: sqsParameterErrors,
    operations: {
      ...queueOperations(queues, onQueue),
      ...messageOperations(onQueue),
      ...moveTaskOperations(queues, tasks),
    },
  };
}
