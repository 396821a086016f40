import type { Collection } from '../../state/state.ts';
import type { QueueConfig } from './queue-config.ts';

/** What is kept of a queue beside its messages. Times are milliseconds since 1970. */
export interface QueueFacts {
  readonly createdAt: number;
  /** When the stack last changed it. */
  readonly modifiedAt: number;
  /** Its configuration since then. */
  readonly config: string;
  readonly purgedAt?: number;
}

/** Keeps the configuration of a queue, and since when it has been so. */
export function noteConfig(
  facts: Collection<QueueFacts>,
  { url: _, ...config }: QueueConfig,
  now: number,
): void {
  const before = facts.get(config.arn);
  const text = JSON.stringify(config);
  if (before?.config === text) return;
  facts.set(config.arn, { createdAt: now, ...before, modifiedAt: now, config: text });
}
