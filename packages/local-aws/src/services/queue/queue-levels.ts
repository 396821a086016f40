import type { Clock } from '../../clock.ts';
import { type MetricStore, maxMinutes, minuteMs } from '../../metrics/metric-store.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import type { Collection } from '../../state/state.ts';
import type { Message } from './message.ts';

/** A queue, as far as its levels need it. */
export interface LevelledQueue {
  name: string;
  retentionSeconds: number;
  messages: Collection<Message>;
}

/** The levels of a queue as metrics: how many messages wait, and how old the oldest is, at the end of every minute. */
export interface QueueLevels {
  /** The messages, for whoever changes them: the levels before a change are put first. */
  messages: Collection<Message>;
  /** Puts the levels of the minutes that are over, and those of now for the one that runs. */
  catchUp(): void;
}

/**
 * Follows the levels of a queue. Between two changes they depend on the time alone, so they are put before the next change,
 * or when somebody asks. As on AWS, a queue that is empty and that nothing happens in has none.
 */
export function createQueueLevels(
  { name, retentionSeconds, messages }: LevelledQueue,
  { metrics, clock }: { metrics: MetricStore; clock: Clock },
): QueueLevels {
  const put = metrics.gauge('AWS/SQS', dimensionsOf('AWS/SQS', { name }));
  /** The end of the last minute that has its levels. */
  let until = Math.floor(clock.now() / minuteMs) * minuteMs;
  let changed = false;

  const putLevels = ({ visible, oldestMs }: Levels, at: number) => {
    put('ApproximateNumberOfMessagesVisible', visible, at);
    put('ApproximateAgeOfOldestMessage', Math.floor(oldestMs / 1_000), at);
  };
  const putEnded = () => {
    const ended = Math.floor(clock.now() / minuteMs) * minuteMs;
    if (ended <= until) return;
    const levelsAt = readLevels(messages, retentionSeconds * 1_000);
    for (let begin = Math.max(until, ended - maxMinutes * minuteMs); begin < ended; begin += minuteMs) {
      if (!changed && messages.size === 0) break;
      putLevels(levelsAt(begin + minuteMs - 1), begin);
      changed = false;
    }
    until = ended;
  };
  const before = <Given extends unknown[], Answer>(change: (...given: Given) => Answer) => {
    return (...given: Given): Answer => {
      putEnded();
      changed = true;
      return change(...given);
    };
  };

  return {
    messages: {
      get size() {
        return messages.size;
      },
      get: (key) => messages.get(key),
      keys: () => messages.keys(),
      values: () => messages.values(),
      set: before((key: string, value: Message) => messages.set(key, value)),
      delete: before((key: string) => messages.delete(key)),
      clear: before(() => messages.clear()),
    },
    catchUp() {
      putEnded();
      const now = clock.now();
      if (changed || messages.size > 0) putLevels(readLevels(messages, retentionSeconds * 1_000)(now), now);
    },
  };
}

interface Levels {
  visible: number;
  /** How old the oldest message is, in milliseconds; 0 without one. */
  oldestMs: number;
}

/** @returns gives the levels at a time, as long as the messages are these; ask in the order of time */
function readLevels(messages: Collection<Message>, retentionMs: number): (at: number) => Levels {
  const sorted = (times: number[]) => times.sort((a, b) => a - b);
  const all = [...messages.values()].map(({ sentAt, visibleAt }) => ({
    sentAt,
    visibleAt,
    expiresAt: sentAt + retentionMs,
  }));
  const shown = all.filter(({ visibleAt, expiresAt }) => visibleAt < expiresAt);
  const appear = countUntil(sorted(shown.map(({ visibleAt }) => visibleAt)));
  const disappear = countUntil(sorted(shown.map(({ expiresAt }) => expiresAt)));
  const sent = sorted(all.map(({ sentAt }) => sentAt));
  const expired = countUntil(sent.map((at) => at + retentionMs));
  return (at) => {
    const oldest = sent[expired(at)];
    return {
      visible: appear(at) - disappear(at),
      oldestMs: oldest === undefined ? 0 : Math.max(0, at - oldest),
    };
  };
}

/** @returns gives how many of the times are over; ask in their order */
function countUntil(times: readonly number[]): (at: number) => number {
  let count = 0;
  return (at) => {
    while (count < times.length && (times[count] ?? 0) <= at) count += 1;
    return count;
  };
}
