import type { Context } from '../../context.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

/** A task that moves the messages of a dead-letter queue. */
export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** Left out, each message goes back to the queue that gave it up. */
  readonly destinationArn?: string;
  readonly maxPerSecond?: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly toMove: number;
  readonly moved: number;
  readonly failureReason?: string;
}

export interface MoveTasks {
  /** Starts a task: moves all messages at once, or the first one, and the others at their rate. */
  start(
    source: Queue,
    options: { destinationArn?: string | undefined; maxPerSecond?: number | undefined },
  ): MoveTask;
  /** Ends a task that runs. What it has moved stays moved. */
  cancel(task: MoveTask): MoveTask;
  find(id: string): MoveTask | undefined;
  /** The tasks of a dead-letter queue, the newest first. */
  ofSource(sourceArn: string): MoveTask[];
  /** Goes on with the tasks that ran before the wiring. */
  resume(): void;
  close(): void;
}

/** How many tasks of a queue are kept: as many as SQS lists. */
const maxKept = 10;

export function createMoveTasks(
  findQueue: (arn: string) => Queue | undefined,
  { state, clock, ids }: Pick<Context, 'state' | 'clock' | 'ids'>,
): MoveTasks {
  const tasks = state.collection<MoveTask>('message move tasks');
  const scheduled = new Map<string, () => void>();

  const keep = (task: MoveTask): MoveTask => {
    tasks.set(task.id, task);
    return task;
  };

  /** Moves what is due now, and comes back for the rest. */
  const proceed = (task: MoveTask): MoveTask => {
    const waiting = findQueue(task.sourceArn)?.waiting() ?? [];
    const due = waiting.slice(0, task.maxPerSecond === undefined ? waiting.length : 1);
    let { moved } = task;
    for (const message of due) {
      const failureReason = move(message, task);
      if (failureReason !== undefined) return keep({ ...task, moved, status: 'FAILED', failureReason });
      moved += 1;
    }
    if (due.length === waiting.length) return keep({ ...task, moved, status: 'COMPLETED' });
    const running = keep({ ...task, moved });
    schedule(running);
    return running;
  };

  const schedule = (task: MoveTask) => {
    const cancel = clock.after(
      1000 / (task.maxPerSecond ?? 1),
      () => {
        scheduled.delete(task.id);
        proceed(task);
      },
      `the next message of ${task.sourceArn} is moved`,
    );
    scheduled.set(task.id, cancel);
  };

  /** Moves a message: it is a new one there, with an id and an age of its own. Says why it couldn't be moved. */
  const move = (message: Message, task: MoveTask): string | undefined => {
    const { DeadLetterQueueSourceArn: origin, ...system } = message.system;
    const destinationArn = task.destinationArn ?? origin;
    if (destinationArn === undefined) return 'CouldNotDetermineMessageSource';
    const destination = findQueue(destinationArn);
    if (!destination) return 'AWS.SimpleQueueService.NonExistentQueue';
    try {
      destination.send(message.body, { attributes: message.attributes, system });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    findQueue(task.sourceArn)?.remove(message);
    return undefined;
  };

  const ofSource = (sourceArn: string) =>
    [...tasks.values()].filter((task) => task.sourceArn === sourceArn).reverse();

  return {
    start(source, { destinationArn, maxPerSecond }) {
      const task: MoveTask = {
        id: ids.uuid(),
        sourceArn: source.arn,
        ...(destinationArn !== undefined && { destinationArn }),
        ...(maxPerSecond !== undefined && { maxPerSecond }),
        startedAt: clock.now(),
        status: 'RUNNING',
        toMove: source.waiting().length,
        moved: 0,
      };
      keep(task);
      for (const { id } of ofSource(source.arn).slice(maxKept)) tasks.delete(id);
      return proceed(task);
    },
    cancel(task) {
      scheduled.get(task.id)?.();
      scheduled.delete(task.id);
      return keep({ ...task, status: 'CANCELLED' });
    },
    find: (id) => tasks.get(id),
    ofSource,
    resume() {
      for (const task of tasks.values()) if (task.status === 'RUNNING') schedule(task);
    },
    close() {
      for (const cancel of scheduled.values()) cancel();
      scheduled.clear();
    },
  };
}
