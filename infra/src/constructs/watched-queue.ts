import type { Construct } from 'constructs';
import type { Watch, Watched } from './monitoring.ts';
import { Queue } from './queue.ts';

export interface WatchedQueueProps {
  name: string;
  /** What a waiting message means, as a sentence. */
  meaning: string;
}

/** A queue that a rule fills and people empty. It has a row on the dashboard, and alarms of its own. */
export class WatchedQueue extends Queue implements Watched {
  readonly watch: Watch;

  constructor(scope: Construct, id: string, { name, meaning }: WatchedQueueProps) {
    super(scope, id, { name });
    this.watch = {
      title: `The queue ${name}`,
      graphs: [{ title: 'Messages that wait', metrics: [this.depth] }],
      alarms: this.alarms({ name: `${name}-waiting`, meaning, runbook: 'waiting-messages' }),
    };
  }
}
